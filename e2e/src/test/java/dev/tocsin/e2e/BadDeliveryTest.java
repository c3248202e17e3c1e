package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BadDeliveryTest extends ClusterTest {
    private final Team team = team("bad-delivery");

    @Test
    void badContactPointsAndPoliciesSayWhatIsWrongAndThoseBesideThemDeliver() {
        badOnes("early");
        team.delivers();
        team.rule("first", "expr: vector(1)");
        team.awaitNotified(30, "first", "firing");

        badOnes("late");
        team.rule("second", "expr: vector(1)");
        team.awaitNotified(30, "second", "firing");

        team.awaitReady(ContactPoint.class, "receiver");
        team.awaitReady(NotificationPolicy.class, "all");
    }

    /**
     * amtool takes a certificate authority with a negative serial number, Alertmanager (v0.31.1) cannot build a client
     * with it and refuses the whole configuration.
     */
    @Test
    void whatOnlyAlertmanagerRefusesIsFoundAndTheOthersChangesAreLiveWithinTenSeconds() throws Exception {
        team.delivers();
        team.secret("authority", Map.of("ca", resource("/negative-serial.pem")));
        Instant begun = Instant.now();

        for (int i = 0; i < 20; i++) {
            team.contactPoint(
                    "good-" + i, "receivers: [{webhook: {url: {value: \"%s\"}}}]".formatted(receiver.url("/good")));
        }
        team.contactPoint("bad", """
                receivers:
                - webhook: {url: {value: "%s"}}
                  http: {tls: {ca: {secretKeyRef: {name: authority, key: ca}}}}
                """.formatted(receiver.url("/never")));
        team.policy("a-bad", Team.everything("bad"));

        for (int i = 0; i < 20; i++) {
            team.awaitReady(ContactPoint.class, "good-" + i);
        }
        assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(10));
        refused(
                ContactPoint.class,
                "bad",
                "RefusedByEngine",
                "Alertmanager refuses it: unable to use specified CA cert");
        refused(NotificationPolicy.class, "a-bad", "RefNotAccepted", "bad");
        team.rule("third", "expr: vector(1)");
        team.awaitNotified(30, "third", "firing");
    }

    private static String resource(String name) throws IOException {
        try (InputStream file = BadDeliveryTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** In the order of names these policies are before the good one: they would take its alerts, were they live. */
    private void badOnes(String time) {
        team.contactPoint(time + "-secret", "receivers: [{webhook: {url: {secretKeyRef: {name: missing, key: url}}}}]");
        team.contactPoint(time + "-template", """
                receivers:
                - webhook: {url: {value: "%s"}}
                - slack: {apiUrl: {secretKeyRef: {name: slack, key: url}}, channel: "#a", title: "{{ .Alerts"}
                """.formatted(receiver.url("/never")));
        team.secret("slack", Map.of("url", receiver.url("/never")));
        team.policy("a-" + time + "-reference", Team.everything("nobody"));
        team.policy("a-" + time + "-refused", Team.everything(time + "-secret"));

        refused(ContactPoint.class, time + "-secret", "SecretNotFound", "missing");
        refused(ContactPoint.class, time + "-template", "InvalidTemplate", "spec.receivers[1].slack.title");
        refused(NotificationPolicy.class, "a-" + time + "-reference", "RefNotFound", team.namespace() + "/nobody");
        refused(NotificationPolicy.class, "a-" + time + "-refused", "RefNotAccepted", time + "-secret");
        assertThat(receiver.notifications("/never")).isEmpty();
    }

    private <T extends HasMetadata> void refused(Class<T> kind, String name, String reason, String named) {
        T refused = team.await(
                kind, name, "is refused as " + reason, found -> Status.is(found, "Accepted", "False", reason));
        assertThat(Status.message(refused, "Accepted")).contains(named);
        assertThat(Status.is(refused, "Ready", "False")).isTrue();
    }
}
