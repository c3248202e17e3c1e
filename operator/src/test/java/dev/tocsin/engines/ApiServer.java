package dev.tocsin.engines;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real etcd and kube-apiserver with Tocsin's CRDs, and nothing else of a cluster. */
public final class ApiServer implements AutoCloseable {
    private final KubeAPIServer server;
    private final KubernetesClient client;

    private ApiServer(KubeAPIServer server) {
        this.server = server;
        this.client = newClient();
    }

    /** Starts both and installs the CRDs. */
    public static ApiServer start() {
        Path root = Engines.repositoryRoot();
        Engines.binary("kube-apiserver");
        KubeAPIServer server;
        try {
            server = started(root);
        } catch (KubeAPITestException e) {
            server = started(root);
        }
        ApiServer result = new ApiServer(server);
        result.installCrds(root.resolve("crds/generated"));
        return result;
    }

    /** A port that was free when it was chosen may be taken when etcd listens: the caller tries once more. */
    private static KubeAPIServer started(Path root) {
        KubeAPIServer server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(root.resolve("target/tools").toString())
                .withOfflineMode(true)
                .withUpdateKubeConfig(false)
                .withStartupTimeout((int) Duration.ofSeconds(60).toMillis())
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
        try (Stream<Path> files = Files.list(folder)) {
            List<CustomResourceDefinition> crds = files.filter(
                            file -> file.toString().endsWith(".yaml"))
                    .map(ApiServer::read)
                    .toList();
            crds.forEach(crd -> client.resource(crd).serverSideApply());
            crds.forEach(
                    crd -> client.resource(crd).waitUntilCondition(ApiServer::isEstablished, 30, TimeUnit.SECONDS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CustomResourceDefinition read(Path file) {
        try {
            return Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    /** The test's own client. */
    public KubernetesClient client() {
        return client;
    }

    /** How to reach it as its administrator: a kubeconfig's text. */
    public String kubeconfig() {
        return server.getKubeConfigYaml();
    }

    /** Another client, for what is under test. */
    public KubernetesClient newClient() {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
                .build();
    }

    /** Another client, for what is under test, whose requests the interceptor sees before they are sent. */
    public KubernetesClient newClient(Interceptor interceptor) {
        Config config = Config.fromKubeconfig(server.getKubeConfigYaml());
        config.setRequestRetryBackoffLimit(0);
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("test", interceptor))
                .build();
    }

    /** Makes a namespace. */
    public HasMetadata namespace(String name) {
        return client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .serverSideApply();
    }

    @Override
    public void close() {
        client.close();
        server.stop();
    }
}
