package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SecretTest extends ClusterTest {
    private final Team team = team("secret");
    private final String oldPath = team.path() + "/old";
    private final String newPath = team.path() + "/new";
    private int alerts;

    @Test
    void anEditedSecretIsUsedWithoutAnEditOfTheContactPoint() {
        team.secret("hook", Map.of("url", receiver.url(oldPath), "token", "first"));
        long generation = team.contactPoint("hook", """
                        receivers:
                        - webhook: {url: {secretKeyRef: {name: hook, key: url}}}
                          http: {authorization: {credentials: {secretKeyRef: {name: hook, key: token}}}}
                        """).getMetadata().getGeneration();
        team.policy("all", Team.everything("hook"));
        team.awaitReady(ContactPoint.class, "hook");
        team.awaitReady(NotificationPolicy.class, "all");
        team.rule("each", "expr: 'e2e_value{series=~\"%s/each-.*\"} > 0'".formatted(team.namespace()));
        team.awaitReady(AlertRule.class, "each");
        anotherAlert();
        within(15, "a notification with the first credential")
                .untilAsserted(() -> assertThat(receiver.notifications(oldPath))
                        .anyMatch(notification -> "Bearer first".equals(notification.authorization())));

        team.secret("hook", Map.of("url", receiver.url(newPath), "token", "second"));

        within(30, "a notification at the new URL with the new credential")
                .pollInterval(Duration.ofSeconds(2))
                .untilAsserted(() -> {
                    anotherAlert();
                    assertThat(receiver.notifications(newPath))
                            .anyMatch(notification -> "Bearer second".equals(notification.authorization()));
                });
        ContactPoint point = team.awaitReady(ContactPoint.class, "hook");
        assertThat(point.getMetadata().getGeneration()).isEqualTo(generation);
        int sentToTheOld = receiver.notifications(oldPath).size();
        int sentToTheNew = receiver.notifications(newPath).size();
        anotherAlert();
        within(15, "one more notification at the new URL")
                .untilAsserted(() -> assertThat(receiver.notifications(newPath)).hasSizeGreaterThan(sentToTheNew));
        assertThat(receiver.notifications(oldPath)).hasSize(sentToTheOld);
    }

    private void anotherAlert() {
        samples.set(team, "each-" + alerts++, 1);
    }
}
