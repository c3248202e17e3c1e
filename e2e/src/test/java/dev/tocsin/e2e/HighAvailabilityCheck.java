package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Very many alerts begin and end at a steady pace while each Alertmanager in turn, an evaluator and the operator are
 * killed: counts which notifications were lost and which came twice (make ha).
 */
class HighAvailabilityCheck extends ClusterTest {
    private static final int ALERTS = Integer.getInteger("ha.alerts", 1000);
    private static final int RULES = 4;

    /** Alerts begin all this time, and each lasts between a sixth and two thirds of it. */
    private static final Duration PACE = Duration.ofMinutes(5);

    /** The default. */
    private static final Duration GROUP_INTERVAL = Duration.ofMinutes(5);

    private final Team team = team("ha");

    /** What happens to a series, milliseconds after the beginning. */
    private record Turn(long millis, String series, double value) {}

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void noNotificationIsLostAndFewComeTwiceWhilePodsAreKilled() {
        tocsin.awaitWhole();
        team.receives();
        team.policy(
                "all",
                Team.everything("receiver")
                        .replace("groupInterval: 5s", "groupInterval: " + GROUP_INTERVAL.toSeconds() + "s"));
        team.awaitReady(ContactPoint.class, "receiver");
        team.awaitReady(NotificationPolicy.class, "all");
        for (int rule = 0; rule < RULES; rule++) {
            team.rule("rule-" + rule, "expr: 'e2e_value{series=~\"%s/.*-%d\"} > 0'".formatted(team.namespace(), rule));
        }
        IntStream.range(0, RULES).forEach(rule -> team.awaitReady(AlertRule.class, "rule-" + rule));

        Deque<Turn> turns = turns();
        Deque<Supplier<Pod>> victims = victims();
        long apart = PACE.toMillis() / victims.size();
        long nextKill = apart / 2;
        long begun = System.nanoTime();
        while (!turns.isEmpty()) {
            await("a moment").pollDelay(Duration.ofMillis(200)).until(() -> true);
            long now = (System.nanoTime() - begun) / 1_000_000;
            set(due(turns, now));
            if (now >= nextKill && !victims.isEmpty()) {
                Pod pod = victims.remove().get();
                client.resource(pod).withGracePeriod(0).delete();
                System.out.printf(
                        "after %3d s: killed %s%n",
                        now / 1_000, pod.getMetadata().getName());
                nextKill += apart;
            }
        }
        int wanted = 2 * ALERTS;
        within(GROUP_INTERVAL.plusMinutes(2), "each alert is told as firing and as resolved")
                .untilAsserted(() -> assertThat(told().keySet()).hasSize(wanted));
        within(GROUP_INTERVAL.plusMinutes(1), "one more group interval, in which nothing is told")
                .pollDelay(GROUP_INTERVAL)
                .until(() -> true);

        int doubled = told().values().stream().mapToInt(times -> times - 1).sum();
        System.out.printf(
                "%d alerts began and ended, %d of %d notifications arrived, %d of them once more (%.2f %%)%n",
                ALERTS, told().size(), wanted, doubled, 100.0 * doubled / wanted);
        assertThat(told()).hasSize(wanted);
        assertThat(100.0 * doubled / wanted).as("percent that came twice").isLessThan(1);
    }

    private static Deque<Turn> turns() {
        List<Turn> turns = new ArrayList<>();
        for (int alert = 0; alert < ALERTS; alert++) {
            long begins = PACE.toMillis() * alert / ALERTS;
            long lasts = PACE.toMillis() / 6 + PACE.toMillis() / 2 * (alert * 7919L % 1000) / 1000;
            String series = "alert-%d-%d".formatted(alert, alert % RULES);
            turns.add(new Turn(begins, series, 1));
            turns.add(new Turn(begins + lasts, series, 0));
        }
        turns.sort(Comparator.comparingLong(Turn::millis));
        return new ArrayDeque<>(turns);
    }

    private static List<Turn> due(Deque<Turn> turns, long now) {
        List<Turn> due = new ArrayList<>();
        while (!turns.isEmpty() && turns.getFirst().millis() <= now) {
            due.add(turns.removeFirst());
        }
        return due;
    }

    private void set(Collection<Turn> turns) {
        for (double value : new double[] {0, 1}) {
            List<String> series = turns.stream()
                    .filter(turn -> turn.value() == value)
                    .map(Turn::series)
                    .toList();
            if (!series.isEmpty()) {
                samples.set(team, series, value);
            }
        }
    }

    private Deque<Supplier<Pod>> victims() {
        return new ArrayDeque<>(List.of(
                () -> member(0),
                () -> tocsin.pods("evaluator").getFirst(),
                () -> member(1),
                () -> tocsin.leader().orElseThrow(),
                () -> member(2)));
    }

    private Pod member(int i) {
        return tocsin.pods("alertmanager").stream()
                .filter(pod -> pod.getMetadata().getName().endsWith("-" + i))
                .findFirst()
                .orElseThrow();
    }

    /** How often each was told, by status and alert. */
    private Map<String, Integer> told() {
        return receiver.counts(team.path());
    }
}
