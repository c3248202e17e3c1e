package dev.tocsin.e2e.bench;

import static dev.tocsin.e2e.bench.Goal.ALERTS_HARMED_BY_MOVES;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Shards 2 -> 5 -> 1 -> 3 while half of the rules fire and the other half waits to: what the receiver is told must be what it
 * would have been told without. Two replicas each.
 */
final class MovesScenario implements Scenario {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int INTERVAL_SECONDS = 2;

    /** Two intervals, groupWait, and what a loaded machine takes. */
    private static final int LATE_SECONDS = 2 * INTERVAL_SECONDS + 3;

    @Override
    public Set<Goal> goals() {
        return Set.of(ALERTS_HARMED_BY_MOVES);
    }

    @Override
    public void measure(Run run) throws Exception {
        int rules = run.size(1000, 10);
        int half = rules / 2;
        int pendingSeconds = run.size(150, 30);
        try (Rig rig = Rig.start(run.folder().resolve("moves"), new Rig.Settings(2, 2, 512));
                Statuses statuses = new Statuses(rig.client());
                Feeder feeder = new Feeder(rig.victoriaMetrics());
                Sink sink = new Sink()) {
            sink.receiveFrom(rig);
            feeder.set("bench_fires", 1);
            feeder.set("bench_waits", 0);
            Rules.create(
                    rig.client(), Rules.PATH, 0, half, i -> Rules.rule(i, "bench_fires > 0", INTERVAL_SECONDS + "s"));
            Rules.create(
                    rig.client(),
                    Rules.PATH,
                    half,
                    rules,
                    i -> Rules.rule(i, "bench_waits > 0", INTERVAL_SECONDS + "s", pendingSeconds + "s"));
            statuses.await(half, "Firing", PATIENCE, seen -> seen.state() == AlertRuleState.Firing);
            Wait.until("half is notified", PATIENCE, Duration.ofMillis(200), () -> sink.notified() >= half);
            long flipped = System.nanoTime();
            feeder.set("bench_waits", 1);
            statuses.await(half, "Pending", PATIENCE, seen -> seen.state() == AlertRuleState.Pending);

            StringBuilder steps = new StringBuilder("2");
            for (int shards : new int[] {5, 1, 3}) {
                long began = System.nanoTime();
                rig.stopOperator();
                rig.startOperator(shards);
                awaitShards(rig, shards);
                steps.append(" -> ")
                        .append(shards)
                        .append(" in ")
                        .append((System.nanoTime() - began) / 1_000_000_000)
                        .append(" s");
                run.say(steps.toString());
            }
            Wait.until("all are notified", PATIENCE, Duration.ofMillis(200), () -> sink.notified() >= rules);
            Thread.sleep(run.time(30, 5));
            report(run, sink, half, rules, flipped, pendingSeconds, steps.toString());
        }
    }

    /** Until each of so many shards has rules, no other has, and nothing has moved for some seconds. */
    private static void awaitShards(Rig rig, int shards) throws InterruptedException {
        Map<String, Integer> last = new TreeMap<>();
        int[] same = {0};
        Wait.until("the rules live in %d shards: %s".formatted(shards, last), PATIENCE, Duration.ofSeconds(1), () -> {
            Map<String, Integer> now = new TreeMap<>();
            for (AlertRule rule : rig.client()
                    .resources(AlertRule.class)
                    .inNamespace(Rig.TEAM)
                    .list()
                    .getItems()) {
                String shard = Objects.requireNonNull(
                                Objects.requireNonNull(rule.getStatus()).evaluator())
                        .shard();
                now.merge(Objects.requireNonNull(shard), 1, Integer::sum);
            }
            boolean right = now.keySet().equals(names(shards));
            same[0] = right && now.equals(last) ? same[0] + 1 : 0;
            last.clear();
            last.putAll(now);
            return same[0] >= 8;
        });
    }

    private static Set<String> names(int shards) {
        Set<String> result = new TreeSet<>();
        IntStream.range(0, shards).forEach(shard -> result.add("default-" + shard));
        return result;
    }

    private static void report(
            Run run, Sink sink, int half, int rules, long flipped, int pendingSeconds, String steps) {
        int resolved = 0;
        int repeated = 0;
        int late = 0;
        int early = 0;
        int harmed = 0;
        for (int i = 0; i < rules; i++) {
            var told = sink.told("BenchRule" + i);
            boolean falselyResolved = told.stream().anyMatch(alert -> !alert.firing());
            boolean twice = told.stream().filter(Sink.Told::firing).count() > 1;
            double seconds = (sink.firstNanos("BenchRule" + i) - flipped) / 1e9;
            boolean tooLate = i >= half && seconds > pendingSeconds + LATE_SECONDS;
            boolean tooEarly = i >= half && seconds < pendingSeconds;
            resolved += falselyResolved ? 1 : 0;
            repeated += twice ? 1 : 0;
            late += tooLate ? 1 : 0;
            early += tooEarly ? 1 : 0;
            harmed += falselyResolved || twice || tooLate || tooEarly ? 1 : 0;
        }
        run.report(
                ALERTS_HARMED_BY_MOVES,
                harmed,
                null,
                "of %d: %d falsely resolved, %d told twice, %d later than `for` by more than %d s, %d too early; shards %s"
                        .formatted(rules, resolved, repeated, late, LATE_SECONDS, early, steps));
    }
}
