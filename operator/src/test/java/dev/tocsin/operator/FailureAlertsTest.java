package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.ErrorPolicy;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.OnFailure;
import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.publish.AlertmanagerAlerts;
import dev.tocsin.publish.AlertmanagerAlerts.Alert;
import dev.tocsin.publish.Replica;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real Alertmanagers have of a rule while its evaluation fails, and afterwards. */
@Tag("integration")
class FailureAlertsTest {
    private static final ObjectKey KEY = new ObjectKey("shop", "busy");
    private static final Duration LASTS = Duration.ofSeconds(4);
    private static final Map<String, String> ENGINES_LABELS =
            Map.of("alertname", "Busy", "instance", "a", "tocsin_namespace", "shop", "tocsin_rule", "busy");

    private final HttpClient http = HttpClient.newHttpClient();
    private final AlertmanagerAlerts alertmanager = new AlertmanagerAlerts(http);
    private final List<Replica> members = new CopyOnWriteArrayList<>();
    private RunningAlertmanager one;
    private RunningAlertmanager other;
    private FailureAlerts failures;

    @BeforeEach
    void startTwoAlertmanagers(@TempDir Path folder) throws Exception {
        String configuration = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n";
        one = RunningAlertmanager.start(Files.createDirectory(folder.resolve("one")), configuration);
        other = RunningAlertmanager.start(Files.createDirectory(folder.resolve("other")), configuration);
        members.add(replica(one));
        members.add(replica(other));
        failures = new FailureAlerts(
                () -> members, alertmanager, Clock.systemUTC(), new FailureAlerts.Timing(LASTS, Duration.ofSeconds(1)));
        failures.start();
    }

    @AfterEach
    void stop() {
        failures.close();
        one.close();
        other.close();
    }

    @Test
    void everyMemberHasOneAlertAsLongAsTheRuleFailsAndThenNone() throws Exception {
        failures.failing(KEY, onFailure(ErrorPolicy.Error, Duration.ZERO), "no answer");

        for (Replica member : members) {
            await("the alert is raised")
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> alertmanager.of(member, KEY).size() == 1);
        }
        Alert alert = alertmanager.of(members.getFirst(), KEY).getFirst();
        assertThat(alert.labels()).containsEntry("alertname", "DatasourceError").containsEntry("rulename", "Busy");
        assertThat(alert.annotations()).containsEntry("Error", "no answer").containsEntry("runbook", "r");

        await("it is told again before it ends: it is there when the first one would have ended")
                .pollDelay(LASTS.plusSeconds(1))
                .atMost(LASTS.plusSeconds(3))
                .until(() -> alertmanager.of(members.getLast(), KEY).size() == 1);
        assertThat(alertmanager.of(members.getLast(), KEY).getFirst().startsAt())
                .as("the same alert")
                .isEqualTo(alert.startsAt());

        failures.evaluates(KEY);

        for (Replica member : members) {
            await("it ends before it would by itself")
                    .atMost(LASTS.minusSeconds(1))
                    .until(() -> alertmanager.of(member, KEY).isEmpty());
        }
    }

    @Test
    void nothingIsToldOfARuleThatFailsShorterThanItsPendingTime() throws Exception {
        failures.failing(KEY, onFailure(ErrorPolicy.Alerting, Duration.ofSeconds(3)), "no answer");

        await("two ticks go by")
                .pollDelay(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(4))
                .until(() -> true);
        assertThat(alertmanager.of(members.getFirst(), KEY)).isEmpty();
        failures.failing(KEY, onFailure(ErrorPolicy.Alerting, Duration.ofSeconds(3)), "another answer");

        await("the pending time is over")
                .atMost(Duration.ofSeconds(5))
                .until(() -> alertmanager.of(members.getFirst(), KEY).size() == 1);
        assertThat(alertmanager.of(members.getFirst(), KEY).getFirst().annotations())
                .containsEntry("Error", "another answer");
    }

    @Test
    void aMemberThatComesLaterIsToldToo() throws Exception {
        Replica away = members.removeLast();
        failures.failing(KEY, onFailure(ErrorPolicy.Error, Duration.ZERO), "no answer");
        await("the first one knows")
                .atMost(Duration.ofSeconds(5))
                .until(() -> alertmanager.of(members.getFirst(), KEY).size() == 1);

        members.add(away);

        await("the other one knows")
                .atMost(Duration.ofSeconds(5))
                .until(() -> alertmanager.of(away, KEY).size() == 1);
    }

    @Test
    void keepLastKeepsWhatTheEngineToldUntilItEvaluatesAgain() throws Exception {
        engineTells(Duration.ofSeconds(3));
        failures.failing(KEY, onFailure(ErrorPolicy.KeepLast, Duration.ofMinutes(5)), "no answer");

        await("the engine's own alert would have ended")
                .pollDelay(Duration.ofSeconds(5))
                .atMost(Duration.ofSeconds(7))
                .until(() -> true);
        for (Replica member : members) {
            assertThat(alertmanager.of(member, KEY))
                    .singleElement()
                    .satisfies(alert -> assertThat(alert.labels()).isEqualTo(ENGINES_LABELS));
        }

        failures.evaluates(KEY);

        await("nobody keeps it any more")
                .atMost(LASTS.plusSeconds(3))
                .until(() -> alertmanager.of(members.getFirst(), KEY).isEmpty());
    }

    @Test
    void okEndsWhatTheEngineTold() throws Exception {
        engineTells(Duration.ofMinutes(5));

        failures.failing(KEY, onFailure(ErrorPolicy.OK, Duration.ofMinutes(5)), "no answer");

        for (Replica member : members) {
            await("it is resolved")
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> alertmanager.of(member, KEY).isEmpty());
        }
    }

    private void engineTells(Duration lasts) throws Exception {
        Instant now = Instant.now();
        for (Replica member : members) {
            alertmanager.post(
                    member,
                    List.of(new Alert(
                            ENGINES_LABELS, Map.of("summary", "s"), now.minusSeconds(60), now.plus(lasts), "")));
        }
    }

    private static OnFailure onFailure(ErrorPolicy policy, Duration pending) {
        return new OnFailure(
                policy,
                pending,
                Map.of(
                        "alertname",
                        "DatasourceError",
                        "rulename",
                        "Busy",
                        "tocsin_namespace",
                        "shop",
                        "tocsin_rule",
                        "busy"),
                Map.of("runbook", "r"));
    }

    private static Replica replica(RunningAlertmanager running) {
        return new Replica("alertmanager", running.url(), running.url(), running.url());
    }
}
