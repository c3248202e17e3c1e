package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
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
