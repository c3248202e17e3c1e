package dev.tocsin.e2e.bench;

import static dev.tocsin.e2e.bench.Goal.ALERTS_HARMED_BY_MOVES;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Shards 2 -> 5 -> 1 -> 3 while half of the rules fire and the other half waits to, with `for` from nothing to many
 * intervals: what the receiver is told must be what it would have been told without. Two replicas each; a third of those
 * that wait begins to before each step.
 */
final class MovesScenario implements Scenario {
    private static final Duration PATIENCE = Duration.ofMinutes(6);
    private static final int[] STEPS = {5, 1, 3};
    private static final int[] FOR_INTERVALS = {0, 1, 2, 4, 8};

    /** With few rules: longer than a firing alert lives without its evaluator, and than the operator takes to start. */
    private static final int[] FOR_INTERVALS_OF_FEW = {0, 8, 16};

    /** After four intervals without word of an evaluator an alert counts as resolved; two more for telling it. */
    private static final int INTERVALS_TO_EXPIRE = 6;

    /** An alert of this scenario: its rule's number, the group that begins together, and how long it is pending. */
    private record Case(int number, String group, int forSeconds) {
        String series() {
            return "bench_moves_%s{case=\"%d\"}".formatted(group, number);
        }

        String alert() {
            return "BenchRule" + number;
        }
    }

    @Override
    public Set<Goal> goals() {
        return Set.of(ALERTS_HARMED_BY_MOVES);
    }

    @Override
    public void measure(Run run) throws Exception {
        int rules = run.size(2000, 20);
        int interval = run.size(15, 1);
        List<Case> cases = cases(rules, interval, run.isQuick() ? FOR_INTERVALS_OF_FEW : FOR_INTERVALS);
        try (Rig rig = Rig.start(run.folder().resolve("moves"), new Rig.Settings(2, 2, 512, rules / 2));
                Statuses statuses = new Statuses(rig.client());
                Feeder feeder = new Feeder(rig.victoriaMetrics());
                Sink sink = new Sink()) {
            sink.receiveFrom(rig);
            set(feeder, cases, "firing", 1);
            Rules.create(
                    rig.client(),
                    Rules.PATH,
                    0,
                    rules,
                    i -> Rules.rule(
                            i,
                            cases.get(i).series() + " > 0",
                            interval + "s",
                            cases.get(i).forSeconds() + "s"));
            awaitShards(rig, statuses, rules, 2);
            Wait.until(
                    "those that fire are notified",
                    PATIENCE,
                    Duration.ofMillis(200),
                    () -> sink.notified() >= of(cases, "firing").size());
            run.say("%d alerts fire, %d will begin to while shards change"
                    .formatted(sink.notified(), rules - sink.notified()));

            try (EvaluatedRules evaluated =
                    new EvaluatedRules(rig.node(), rules, Duration.ofMillis(run.size(2000, 200)))) {
                List<String> steps = new ArrayList<>();
                for (int shards : STEPS) {
                    set(feeder, cases, "before" + shards, 1);
                    steps.add(change(rig, statuses, rules, shards));
                    run.say(steps.getLast());
                }
                Wait.until("all are notified", PATIENCE, Duration.ofMillis(200), () -> sink.notified() >= rules);
                Thread.sleep(Duration.ofSeconds((long) INTERVALS_TO_EXPIRE * interval));
                report(run, sink, evaluated, cases, interval, String.join(", ", steps));
            }
        }
    }

    /** Every second one fires from the begin; of the others a third begins before each step. */
    private static List<Case> cases(int rules, int interval, int[] forIntervals) {
        return IntStream.range(0, rules)
                .mapToObj(i -> new Case(
                        i,
                        i % 2 == 0 ? "firing" : "before" + STEPS[i / 2 % STEPS.length],
                        forIntervals[i / 6 % forIntervals.length] * interval))
                .toList();
    }

    private static List<Case> of(List<Case> cases, String group) {
        return cases.stream().filter(one -> one.group().equals(group)).toList();
    }

    private static void set(Feeder feeder, List<Case> cases, String group, int value)
            throws IOException, InterruptedException {
        feeder.set(of(cases, group).stream().map(Case::series).toList(), value);
    }

    /** Restarts the operator with so many shards, as the chart does, and waits for the end of all moves. */
    private static String change(Rig rig, Statuses statuses, int rules, int shards) throws Exception {
        Map<String, String> before = statuses.shards();
        long began = System.nanoTime();
        rig.stopOperator();
        rig.startOperator(shards);
        Map<String, String> after = awaitShards(rig, statuses, rules, shards);
        long moved = before.entrySet().stream()
                .filter(rule -> !rule.getValue().equals(after.get(rule.getKey())))
                .count();
        if (moved == 0) {
            throw new IllegalStateException("no rule has moved: nothing was measured");
        }
        return "%d -> %d shards moved %d rules in %.0f s"
                .formatted(new TreeSet<>(before.values()).size(), shards, moved, (System.nanoTime() - began) / 1e9);
    }

    /** Until each of so many shards has rules, no other runs, and nothing moves; where each rule is then. */
    private static Map<String, String> awaitShards(Rig rig, Statuses statuses, int rules, int shards)
            throws InterruptedException {
        Set<String> wanted =
                IntStream.range(0, shards).mapToObj(shard -> "default-" + shard).collect(Collectors.toSet());
        Wait.until("the rules live in %d shards".formatted(shards), PATIENCE, Duration.ofMillis(200), () -> {
            Map<String, String> now = statuses.shards();
            return now.size() == rules
                    && new HashSet<>(now.values()).equals(wanted)
                    && rig.node().evaluators().size() == 2 * shards
                    && rig.operator().metric("tocsin_moves_in_flight") == 0;
        });
        return statuses.shards();
    }

    private static void report(
            Run run, Sink sink, EvaluatedRules evaluated, List<Case> cases, int interval, String steps) {
        Set<Case> resolved =
                harmed(cases, one -> sink.told(one.alert()).stream().anyMatch(told -> !told.firing()));
        Set<Case> repeated = harmed(
                cases,
                one -> sink.told(one.alert()).stream().filter(Sink.Told::firing).count() > 1);
        Set<Case> off = harmed(
                cases,
                one -> Duration.between(due(evaluated, one), firstTold(sink, one))
                                .abs()
                                .compareTo(Duration.ofSeconds(interval))
                        > 0);
        Set<Case> missed = harmed(cases, one -> evaluated.missed().contains(Rules.name(one.number())));
        Set<Case> harmed = new HashSet<>();
        List.of(resolved, repeated, off, missed).forEach(harmed::addAll);
        harmed.stream()
                .limit(10)
                .forEach(one -> run.say("%s: due %s, told %s, missed %b"
                        .formatted(one, due(evaluated, one), sink.told(one.alert()), missed.contains(one))));
        run.report(
                ALERTS_HARMED_BY_MOVES,
                harmed.size(),
                null,
                ("of %d alerts, half of them firing: %d falsely resolved, %d told twice, %d fire more than the interval of"
                                + " %d s too late or too early, %d rules run by nobody in one of %d looks; %s")
                        .formatted(
                                cases.size(),
                                resolved.size(),
                                repeated.size(),
                                off.size(),
                                interval,
                                missed.size(),
                                evaluated.looks(),
                                steps));
    }

    private static Set<Case> harmed(List<Case> cases, Predicate<Case> how) {
        return cases.stream().filter(how).collect(Collectors.toSet());
    }

    /** Since when it fires, as the first notification has it. */
    private static Instant firstTold(Sink sink, Case one) {
        return sink.told(one.alert()).getFirst().startsAt();
    }

    /** When it has to fire. */
    private static Instant due(EvaluatedRules evaluated, Case one) {
        return evaluated.activeSince(Rules.name(one.number())).plusSeconds(one.forSeconds());
    }
}
