package dev.tocsin.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.engines.ApiServer;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("integration")
class ApiErrorsIT {
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    @Test
    void failedRequestsAreCountedByTheirCode() {
        try (ApiServer server = ApiServer.start();
                KubernetesClient client = client(server.client().getConfiguration())) {
            client.namespaces().list();
            assertThat(metrics.find(ApiErrors.NAME).counters())
                    .as("what succeeds is no error")
                    .isEmpty();

            client.configMaps().inNamespace("default").withName("nobody").get();
            assertThatThrownBy(() -> client.resource(new ConfigMapBuilder()
                                    .withNewMetadata()
                                    .withName("Not A Name")
                                    .withNamespace("default")
                                    .endMetadata()
                                    .build())
                            .create())
                    .isInstanceOf(KubernetesClientException.class);
        }

        assertThat(count("GET", "404")).isEqualTo(1);
        assertThat(count("POST", "422")).isEqualTo(1);
    }

    @Test
    void aServerThatIsAwayCountsToo() {
        Config nowhere = new ConfigBuilder()
                .withMasterUrl("http://127.0.0.1:1")
                .withRequestRetryBackoffLimit(1)
                .withRequestRetryBackoffInterval(10)
                .build();
        try (KubernetesClient client = client(nowhere)) {
            assertThatThrownBy(() -> client.namespaces().list()).isInstanceOf(KubernetesClientException.class);
        }

        assertThat(count("GET", "none")).isPositive();
    }

    private KubernetesClient client(Config config) {
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(
                        http -> http.addOrReplaceInterceptor(ApiErrors.NAME, new ApiErrors(metrics)))
                .build();
    }

    private double count(String method, String code) {
        return metrics.counter(ApiErrors.NAME, "method", method, "code", code).count();
    }
}
