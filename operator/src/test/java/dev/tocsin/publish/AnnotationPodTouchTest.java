package dev.tocsin.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient
class AnnotationPodTouchTest {
    // Set by the extension.
    @SuppressWarnings("NullAway")
    private KubernetesMockServer server;

    @SuppressWarnings("NullAway")
    private KubernetesClient client;

    /** It is on the way of every edit. */
    @Test
    void aTouchIsOneRequest() throws InterruptedException {
        String path = "/api/v1/namespaces/tocsin-system/pods/evaluator-0";
        server.expect()
                .patch()
                .withPath(path)
                .andReturn(200, new PodBuilder().build())
                .always();

        new AnnotationPodTouch(client, "tocsin-system")
                .touch(new Replica("default-0", "evaluator-0", "uid", "http://10.0.0.1:8880"), "7-42");

        RecordedRequest request = server.takeRequest();
        assertThat(request.getMethod()).isEqualTo("PATCH");
        assertThat(request.getPath()).isEqualTo(path);
        assertThat(request.getHeader("Content-Type")).startsWith("application/merge-patch+json");
        assertThat(request.getUtf8Body())
                .isEqualTo("{\"metadata\":{\"annotations\":{\"tocsin.dev/synced-revision\":\"7-42\"}}}");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }
}
