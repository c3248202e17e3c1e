package dev.tocsin.crds;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real etcd and kube-apiserver with Tocsin's CRDs, and nothing else of a cluster. For the tests of all modules. */
public final class ApiServerWithCrds implements AutoCloseable {
    private static final Duration STARTUP_TIMEOUT = Duration.ofSeconds(60);

    private final KubeAPIServer server;

    private ApiServerWithCrds(KubeAPIServer server) {
        this.server = server;
    }

    /**
     * Starts both and installs the CRDs.
     *
     * @param repository the root, in which <code>make tools</code> has been run
     */
    public static ApiServerWithCrds start(Path repository) {
        Path tools = repository.resolve("target/tools");
        if (!Files.isDirectory(tools.resolve("k8s"))) {
            throw new IllegalStateException("etcd and kube-apiserver are missing in " + tools + "; run: make tools");
        }
        KubeAPIServer server;
        try {
            server = started(tools);
        } catch (KubeAPITestException e) {
            server = started(tools);
        }
        ApiServerWithCrds result = new ApiServerWithCrds(server);
        result.installCrds(repository.resolve("crds/generated"));
        return result;
    }

    /**
     * How long to wait before a start. kube-api-test 7.6.1 compares times of day (ProcessReadinessChecker): when its
     * deadline is past midnight, it takes it for over at once.
     */
    static Duration untilStartsWork(LocalTime now) {
        LocalTime deadline = now.plus(STARTUP_TIMEOUT);
        boolean pastMidnight = deadline.isBefore(now);
        return pastMidnight ? STARTUP_TIMEOUT.minusNanos(deadline.toNanoOfDay()) : Duration.ZERO;
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A port that was free when it was chosen may be taken when etcd listens: the caller tries once more. */
    private static KubeAPIServer started(Path tools) {
        sleep(untilStartsWork(LocalTime.now(ZoneId.systemDefault())));
        KubeAPIServer server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(tools.toString())
                .withOfflineMode(true)
                .withUpdateKubeConfig(false)
                .withStartupTimeout((int) STARTUP_TIMEOUT.toMillis())
                .build());
        try {
            server.start();
            return server;
        } catch (KubeAPITestException e) {
            server.stop();
            throw e;
        }
    }

    private void installCrds(Path folder) {
        try (Stream<Path> files = Files.list(folder);
                KubernetesClient client = newClient()) {
            List<CustomResourceDefinition> crds = files.filter(
                            file -> file.toString().endsWith(".yaml"))
                    .map(ApiServerWithCrds::read)
                    .toList();
            crds.forEach(crd -> client.resource(crd).serverSideApply());
            crds.forEach(crd ->
                    client.resource(crd).waitUntilCondition(ApiServerWithCrds::isEstablished, 30, TimeUnit.SECONDS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CustomResourceDefinition read(Path file) {
        return Serialization.unmarshal(Cases.read(file), CustomResourceDefinition.class);
    }

    /** Whether objects of this kind can be created: its status comes in several writes, the first of them without conditions. */
    public static boolean isEstablished(CustomResourceDefinition crd) {
        return crd != null
                && crd.getStatus() != null
                && crd.getStatus().getConditions() != null
                && crd.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }

    /** How to reach it as its administrator: a kubeconfig's text. */
    public String kubeconfig() {
        return server.getKubeConfigYaml();
    }

    /** A new client with the rights of its administrator. */
    public KubernetesClient newClient() {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig()))
                .build();
    }

    @Override
    public void close() {
        server.stop();
    }
}
