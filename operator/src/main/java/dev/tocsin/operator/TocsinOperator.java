package dev.tocsin.operator;

import dev.tocsin.adopt.PrometheusRuleAdoption;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.observe.EvaluatorState;
import dev.tocsin.publish.AlertmanagerAlerts;
import dev.tocsin.publish.AnnotationPodTouch;
import dev.tocsin.publish.ClusterNames;
import dev.tocsin.publish.ConfigMapSlots;
import dev.tocsin.publish.EvaluatorCluster;
import dev.tocsin.publish.EvaluatorControl;
import dev.tocsin.publish.EvaluatorWorkloads;
import dev.tocsin.publish.PodReadinessGate;
import dev.tocsin.publish.PublishedSlots;
import dev.tocsin.publish.Replica;
import dev.tocsin.publish.ReplicaWatch;
import dev.tocsin.publish.SlotWatch;
import dev.tocsin.status.EventWriter;
import dev.tocsin.status.StatusWriter;
import dev.tocsin.vet.DatasourceExpressionCheck;
import dev.tocsin.vet.RuleVetter;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole operator: joins the informers, the rule loop and the delivery loop, and starts them when this process
 * leads. A process that does not lead keeps its caches warm and touches nothing.
 */
public final class TocsinOperator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TocsinOperator.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final String LEASE = "tocsin-operator";
    private static final Duration TERMINATION_TIMEOUT = Duration.ofSeconds(5);

    private final KubernetesClient client;
    private final Environment environment;
    private final Operator operator;
    private final RuleLoop rules;
    private final DeliveryLoop delivery;
    private final FailureAlerts failures;
    private final AlertRuleReconciler ruleReconciler;
    private final StatusWriter statusWriter;
    private final EventWriter eventWriter;
    private final EvaluatorCluster evaluators;
    private final Optional<PrometheusRuleAdoption> adoption;
    private final List<AutoCloseable> whileLeading = new ArrayList<>();
    private volatile boolean leading;
    private volatile boolean closing;

    /**
     * Where this process runs.
     *
     * @param namespace in which the operator and everything that it makes live
     * @param pod name of this pod, unique among the operator's replicas
     * @param owner what the operator's objects are deleted with, if anything
     * @param engines folder with the binaries vmalert and amtool, which vet rules and delivery
     * @param leaderElection whether other replicas may be there; false in tests
     */
    public record Environment(
            String namespace, String pod, Optional<OwnerReference> owner, Path engines, boolean leaderElection) {}

    public TocsinOperator(
            KubernetesClient client,
            OperatorConfiguration configuration,
            Environment environment,
            MeterRegistry metrics,
            Clock clock) {
        this.client = client;
        this.environment = environment;
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
        this.adoption = Optional.ofNullable(configuration.adopt())
                .map(adopt -> new PrometheusRuleAdoption(client, adopt, metrics));
        this.statusWriter = new StatusWriter(client, metrics);
        this.eventWriter = new EventWriter(client, environment.pod(), clock);
        this.evaluators = new EvaluatorCluster(
                client,
                environment.namespace(),
                new EvaluatorWorkloads(configuration, environment.namespace(), environment.owner()));
        this.rules = new RuleLoop(
                configuration,
                new RuleVetter(
                        environment.engines().resolve("vmalert"),
                        configuration,
                        new DatasourceExpressionCheck(configuration, http)),
                new ConfigMapSlots(client, environment.namespace(), environment.owner()),
                new PublishedSlots(),
                new EvaluatorFleet.Engines(
                        new EvaluatorControl(http),
                        new EvaluatorState(http),
                        new AnnotationPodTouch(client, environment.namespace()),
                        new PodReadinessGate(client, environment.namespace(), clock)),
                statusWriter,
                eventWriter,
                evaluators,
                metrics,
                clock);
        this.delivery = DeliveryLoop.inCluster(
                client,
                environment.namespace(),
                environment.owner(),
                configuration,
                environment.engines().resolve("amtool"),
                http,
                statusWriter,
                rules,
                metrics,
                clock);
        this.failures = new FailureAlerts(
                delivery::alertmanagers, new AlertmanagerAlerts(http), clock, FailureAlerts.Timing.DEFAULT);
        rules.tellFailures(failures);
        this.ruleReconciler = new AlertRuleReconciler(new RuleCompiler(configuration), rules, metrics);
        this.operator = new Operator(overrider -> {
            overrider
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .checkingCRDAndValidateLocalModel(false)
                    .withStopOnInformerErrorDuringStartup(false)
                    .withReconciliationTerminationTimeout(TERMINATION_TIMEOUT)
                    .withMetrics(MicrometerMetricsV2.newBuilder(metrics).build());
            if (environment.leaderElection()) {
                overrider.withLeaderElectionConfiguration(
                        LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
                                .withLeaseNamespace(environment.namespace())
                                .withIdentity(environment.pod())
                                .withLeaderCallbacks(new LeaderCallbacks(
                                        this::lead, this::stopLeading, leader -> LOG.info("{} leads", leader)))
                                // JOSDK's own exit is called from within operator.stop(), and waits there for
                                // itself: stopLeading() ends the process. Not for tests only.
                                .buildForTest(false));
            }
        });
        operator.register(ruleReconciler, overrider -> overrider.withItemStore(SlimObjects.store()));
        operator.register(
                new ContactPointReconciler(delivery), overrider -> overrider.withItemStore(SlimObjects.store()));
        operator.register(
                new NotificationPolicyReconciler(delivery), overrider -> overrider.withItemStore(SlimObjects.store()));
    }

    /** Begins: returns when the caches are filled; leads as soon as no other does. */
    public void start() {
        operator.start();
        if (!environment.leaderElection()) {
            lead();
        }
    }

    /** Whether this process can do its work, or could take over. */
    public boolean isReady() {
        return operator.getRuntimeInfo().isStarted()
                && operator.getRuntimeInfo().allEventSourcesAreHealthy()
                && (!leading || rules.isWorking());
    }

    private void lead() {
        LOG.info("this replica leads");
        leading = true;
        statusWriter.start();
        eventWriter.start();
        rules.start(ruleReconciler::keys);
        delivery.start();
        failures.start();
        Thread.ofVirtual().name("evaluators").start(this::runEvaluators);
    }

    private void runEvaluators() {
        whileLeading.add(new ReplicaWatch(
                client,
                environment.namespace(),
                ClusterNames.selector("evaluator"),
                pod -> pod.getMetadata().getLabels().getOrDefault(ClusterNames.SHARD_LABEL, ""),
                ClusterNames.EVALUATOR_PORT,
                new ReplicaWatch.Listener() {
                    @Override
                    public void appeared(Replica replica) {
                        rules.appeared(replica);
                    }

                    @Override
                    public void disappeared(Replica replica) {
                        rules.disappeared(replica);
                    }
                }));
        whileLeading.add(new SlotWatch(client, environment.namespace(), rules::damaged));
        adoption.map(PrometheusRuleAdoption::start).ifPresent(whileLeading::add);
    }

    /** The lease is lost: the process ends, as another replica goes on from what is published. */
    private void stopLeading() {
        if (!closing) {
            LOG.warn("this replica leads no more and ends");
            Thread.ofPlatform().name("exit").start(() -> System.exit(1));
        }
    }

    @Override
    public void close() {
        closing = true;
        operator.stop();
        delivery.close();
        failures.close();
        rules.close();
        statusWriter.close();
        eventWriter.close();
        whileLeading.forEach(TocsinOperator::closeQuietly);
        if (leading && environment.leaderElection()) {
            closeQuietly(this::releaseLease);
        }
    }

    /** Last of all, when nothing more is written: another replica need not wait until the lease runs out. */
    private void releaseLease() {
        client.leases().inNamespace(environment.namespace()).withName(LEASE).edit(lease -> {
            if (environment.pod().equals(lease.getSpec().getHolderIdentity())) {
                lease.getSpec().setHolderIdentity("");
                lease.getSpec().setLeaseDurationSeconds(1);
            }
            return lease;
        });
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            LOG.debug("not closed: {}", closeable, e);
        }
    }
}
