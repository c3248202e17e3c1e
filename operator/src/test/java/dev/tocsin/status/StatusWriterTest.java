package dev.tocsin.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a write that the API server does not take, by its answer. */
@EnableKubernetesMockClient
class StatusWriterTest {
    // Set by the extension.
    @SuppressWarnings("NullAway")
    private KubernetesMockServer server;

    @SuppressWarnings("NullAway")
    private KubernetesClient client;

    private final MeterRegistry metrics = new SimpleMeterRegistry();

    @SuppressWarnings("NullAway")
    private StatusWriter writer;

    @BeforeEach
    void start() {
        writer = new StatusWriter(client, metrics, Duration.ofMillis(100)).start();
    }

    @AfterEach
    void stop() {
        writer.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 409, 429, 500, 503, 504})
    void whatMayPassIsTriedAgain(int code) {
        answer("a", code);
        answer("a", 200);

        offer("a");

        await("it is written").atMost(Duration.ofSeconds(10)).until(() -> count("tocsin.status.writes") == 1);
        assertThat(count("tocsin.status.write.failures")).isEqualTo(1);
        awaitNothingWaits();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 413, 422})
    void whatWillNotPassIsGivenUp(int code) {
        answer("a", code);
        answer("b", 200);

        offer("a");
        offer("b");

        await("the other one is written")
                .atMost(Duration.ofSeconds(10))
                .until(() -> count("tocsin.status.writes") == 1);
        awaitNothingWaits();
        assertThat(count("tocsin.status.write.failures")).isZero();
        assertThat(server.getRequestCount()).as("one request each").isEqualTo(2);
    }

    @Test
    void whatIsTriedAgainHoldsUpNoOther() {
        answer("a", 500);
        answer("a", 500);
        answer("a", 200);
        answer("b", 200);

        offer("a");
        offer("b");

        await("one is written").atMost(Duration.ofSeconds(10)).until(() -> count("tocsin.status.writes") >= 1);
        assertThat(count("tocsin.status.write.failures"))
                .as("the other one was not tried again before")
                .isLessThan(2);
        await("both are written").atMost(Duration.ofSeconds(10)).until(() -> count("tocsin.status.writes") == 2);
    }

    private void answer(String name, int code) {
        Object body = code == 200
                ? new AlertRule()
                : new StatusBuilder().withStatus("Failure").withCode(code).build();
        server.expect()
                .patch()
                .withPath("/apis/tocsin.dev/v1alpha1/namespaces/shop/alertrules/" + name
                        + "/status?fieldManager=tocsin-status")
                .andReturn(code, body)
                .once();
    }

    private void offer(String name) {
        writer.offer(
                AlertRule.class,
                "shop",
                name,
                "uid-of-" + name,
                new AlertRuleStatus(1L, AlertRuleState.Inactive, 0, 0, null, null, null, null, null, null, null),
                false);
    }

    private double count(String counter) {
        return metrics.counter(counter).count();
    }

    private void awaitNothingWaits() {
        await("nothing waits").atMost(Duration.ofSeconds(10)).until(() -> writer.backlog() == 0);
    }
}
