package dev.tocsin.command;

import dev.tocsin.configuration.InvalidConfigurationException;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.operator.TocsinOperator;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the operator until it is told to stop. */
@Command(
        name = "operator",
        description = "Runs the operator in a cluster.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class OperatorCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorCommand.class);
    private static final int BAD_CONFIGURATION = 2;
    private static final int CONCURRENT_REQUESTS = 64;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "The operator's configuration, YAML.")
    private Path config = Path.of("");

    @Option(
            names = "--namespace",
            defaultValue = "${env:POD_NAMESPACE:-tocsin-system}",
            paramLabel = "NAME",
            description = "The namespace that the operator works in. Default: $POD_NAMESPACE, else tocsin-system.")
    private String namespace = "";

    @Option(
            names = "--pod",
            defaultValue = "${env:POD_NAME:-tocsin-operator}",
            paramLabel = "NAME",
            description = "The name of this replica. Default: $POD_NAME.")
    private String pod = "";

    @Option(
            names = "--owner-deployment",
            defaultValue = "${env:OPERATOR_DEPLOYMENT}",
            paramLabel = "NAME",
            description = "The Deployment with which everything that the operator makes is deleted."
                    + " Default: $OPERATOR_DEPLOYMENT, else nothing is.")
    private @Nullable String ownerDeployment;

    @Option(
            names = "--port",
            defaultValue = "8080",
            paramLabel = "PORT",
            description = "Port of /metrics, /healthz and /readyz. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--engines",
            defaultValue = "/usr/local/bin",
            paramLabel = "FOLDER",
            description = "Folder with the binaries vmalert and amtool. Default: ${DEFAULT-VALUE}.")
    private Path engines = Path.of("");

    @Option(
            names = "--no-leader-election",
            description = "Leads at once: for one replica outside a cluster, such as a developer's.")
    private boolean noLeaderElection;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OperatorConfiguration configuration;
        try {
            configuration = OperatorConfiguration.read(config);
        } catch (InvalidConfigurationException e) {
            LOG.error("{}: {}", config, e.getMessage());
            return BAD_CONFIGURATION;
        }
        LOG.info("configuration: {}", configuration.toJson());
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(metrics);
        new ProcessorMetrics().bindTo(metrics);
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        try (KubernetesClient client = client(metrics);
                TocsinOperator operator = new TocsinOperator(
                        client,
                        configuration,
                        new TocsinOperator.Environment(namespace, pod, owner(client), engines, !noLeaderElection),
                        metrics,
                        Clock.systemUTC());
                WebEndpoint web = new WebEndpoint(port, metrics, operator::isReady)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                stop.countDown();
                try {
                    // Not the end of the main thread: that one ends in System.exit, which waits for this hook.
                    stopped.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            operator.start();
            LOG.info("started, /metrics, /healthz and /readyz on port {}", web.port());
            stop.await();
            LOG.info("stopping");
        } finally {
            stopped.countDown();
        }
        return 0;
    }

    /** Requests are limited here and not by the client's library defaults: a storm of statuses must not starve slots. */
    private KubernetesClient client(MeterRegistry metrics) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withNamespace(namespace)
                        .withMaxConcurrentRequests(CONCURRENT_REQUESTS)
                        .withMaxConcurrentRequestsPerHost(CONCURRENT_REQUESTS)
                        .withRequestRetryBackoffLimit(3)
                        .build())
                .withHttpClientBuilderConsumer(
                        http -> http.addOrReplaceInterceptor(ApiErrors.NAME, new ApiErrors(metrics)))
                .build();
    }

    private Optional<OwnerReference> owner(KubernetesClient client) {
        if (ownerDeployment == null || ownerDeployment.isEmpty()) {
            return Optional.empty();
        }
        Deployment deployment = client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName(ownerDeployment)
                .get();
        return Optional.ofNullable(deployment)
                .map(found -> new OwnerReferenceBuilder()
                        .withApiVersion("apps/v1")
                        .withKind("Deployment")
                        .withName(found.getMetadata().getName())
                        .withUid(found.getMetadata().getUid())
                        .build());
    }
}
