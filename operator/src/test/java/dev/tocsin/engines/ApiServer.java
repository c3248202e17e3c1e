package dev.tocsin.engines;

import dev.tocsin.crds.ApiServerWithCrds;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.Interceptor;

/** A real etcd and kube-apiserver with Tocsin's CRDs, and nothing else of a cluster. */
public final class ApiServer implements AutoCloseable {
    private final ApiServerWithCrds server;
    private final KubernetesClient client;

    private ApiServer(ApiServerWithCrds server) {
        this.server = server;
        this.client = newClient();
    }

    /** Starts both and installs the CRDs. */
    public static ApiServer start() {
        return new ApiServer(ApiServerWithCrds.start(Engines.repositoryRoot()));
    }

    /** The test's own client. */
    public KubernetesClient client() {
        return client;
    }

    /** How to reach it as its administrator: a kubeconfig's text. */
    public String kubeconfig() {
        return server.kubeconfig();
    }

    /** Another client, for what is under test. */
    public KubernetesClient newClient() {
        return server.newClient();
    }

    /** Another client, for what is under test, whose requests the interceptor sees before they are sent. */
    public KubernetesClient newClient(Interceptor interceptor) {
        Config config = Config.fromKubeconfig(kubeconfig());
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
        server.close();
    }
}
