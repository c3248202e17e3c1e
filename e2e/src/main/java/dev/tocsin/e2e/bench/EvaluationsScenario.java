package dev.tocsin.e2e.bench;

import static dev.tocsin.e2e.bench.Goal.EVALS_PER_SECOND;
import static dev.tocsin.e2e.bench.Goal.EVALS_SCALING_1_TO_4;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rules of interval 1 s, more and more of them, until evaluations are missed; shards of one replica each. */
final class EvaluationsScenario implements Scenario {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** The counters of all evaluators are not read at the same time. */
    private static final double INACCURACY = 0.02;

    private static final double MAY_MISS = 0.001;
    private static final int PER_SHARD = 250;

    @Override
    public Set<Goal> goals() {
        return Set.of(EVALS_PER_SECOND, EVALS_SCALING_1_TO_4);
    }

    /** What some vmalerts did in a while. */
    private record Rate(double perSecond, double missed) {
        boolean isSustained(int offered) {
            return missed <= MAY_MISS && perSecond >= offered * (1 - INACCURACY);
        }
    }

    @Override
    public void measure(Run run) throws Exception {
        int perShard = run.size(PER_SHARD, 5);
        double one = 0;
        if (run.wants(EVALS_SCALING_1_TO_4)) {
            try (Rig rig = Rig.start(run.folder().resolve("evaluations-1"), new Rig.Settings(1, 1, 512));
                    Statuses statuses = new Statuses(rig.client())) {
                create(rig, statuses, 0, perShard);
                one = measure(run, rig.node().evaluators()).perSecond();
            }
        }
        try (Rig rig = Rig.start(run.folder().resolve("evaluations-4"), new Rig.Settings(4, 1, 512));
                Statuses statuses = new Statuses(rig.client())) {
            int rules = 4 * perShard;
            create(rig, statuses, 0, rules);
            double cpu = rig.enginesCpuSeconds();
            long began = System.nanoTime();
            Rate rate = measure(run, rig.node().evaluators());
            double cores = (rig.enginesCpuSeconds() - cpu) / ((System.nanoTime() - began) / 1e9);
            run.report(
                    EVALS_SCALING_1_TO_4,
                    rate.perSecond() / Math.max(1, one),
                    null,
                    "%.0f evaluations/s on one shard, %.0f on four, %.2f %% missed; vmalert and VictoriaMetrics %.2f cores"
                            .formatted(one, rate.perSecond(), rate.missed() * 100, cores));
            if (run.wants(EVALS_PER_SECOND)) {
                most(run, rig, statuses, rules, rate);
            }
        }
    }

    private static void most(Run run, Rig rig, Statuses statuses, int begin, Rate first)
            throws IOException, InterruptedException {
        int step = run.size(1000, 5);
        int rules = begin;
        double sustained = 0;
        Rate rate = first;
        double cores = 0;
        while (rate.isSustained(rules) && rules < begin * 4) {
            sustained = rate.perSecond();
            create(rig, statuses, rules, rules + step);
            rules += step;
            double cpu = rig.enginesCpuSeconds();
            long began = System.nanoTime();
            rate = measure(run, rig.node().evaluators());
            cores = (rig.enginesCpuSeconds() - cpu) / ((System.nanoTime() - began) / 1e9);
            if (run.isQuick() && rules > begin) {
                break;
            }
        }
        if (sustained == 0) {
            sustained = rate.perSecond() * (1 - rate.missed());
        }
        rig.client().raw(Rules.PATH, "DELETE", null);
        Wait.until(
                "no rule is left in a shard",
                PATIENCE,
                Duration.ofMillis(200),
                () -> rig.operator().metric("tocsin_shard_rules") == 0);
        rig.awaitQuiet(PATIENCE);
        double theirs = peer(run, rig, begin, step);
        run.report(
                EVALS_PER_SECOND,
                sustained,
                new Figure.Peer("one vmalert with one file", theirs),
                "the step beyond: %.0f/s with %.2f %% missed; vmalert and VictoriaMetrics %.2f cores"
                        .formatted(rate.perSecond(), rate.missed() * 100, cores));
    }

    private static double peer(Run run, Rig rig, int begin, int step) throws IOException, InterruptedException {
        double sustained = 0;
        for (int rules = begin; rules <= begin * 4; rules += step) {
            Path folder = Files.createDirectories(rig.folder().resolve("unsharded-" + rules));
            Path file = Files.writeString(
                    folder.resolve("rules.yaml"),
                    IntStream.range(0, rules)
                            .mapToObj(i -> "- " + Rules.group(i, Rules.quietExpression(i), "1s"))
                            .collect(Collectors.joining("\n", "groups:\n", "\n")));
            try (Engine vmalert = WholeSetPeer.unshardedVmalert(
                    rig, folder, file, rig.node().alertmanager().url())) {
                Rate rate = measure(run, List.of(vmalert));
                if (!rate.isSustained(rules)) {
                    return sustained == 0 ? rate.perSecond() * (1 - rate.missed()) : sustained;
                }
                sustained = rate.perSecond();
                if (run.isQuick()) {
                    break;
                }
            }
        }
        return sustained;
    }

    /** Does not wait until the operator is quiet: past what can be sustained rules are late, and their statuses say so. */
    private static void create(Rig rig, Statuses statuses, int from, int to) throws InterruptedException {
        Rules.create(rig.client(), Rules.PATH, from, to, i -> Rules.rule(i, Rules.quietExpression(i), "1s"));
        statuses.await(to, "Loaded=True", PATIENCE, seen -> seen.loadedGeneration() > 0);
    }

    private static Rate measure(Run run, Collection<Engine> evaluators) throws IOException, InterruptedException {
        Thread.sleep(run.time(5, 1));
        // Reading takes some tenths of a second, so the time goes from reading to reading.
        long began = System.nanoTime();
        double done = -sum(evaluators, "vmalert_iteration_total");
        double missed = -sum(evaluators, "vmalert_iteration_missed_total");
        Thread.sleep(run.time(15, 2));
        double seconds = (System.nanoTime() - began) / 1e9;
        done += sum(evaluators, "vmalert_iteration_total");
        missed += sum(evaluators, "vmalert_iteration_missed_total");
        Rate rate = new Rate(done / seconds, missed / Math.max(1, done + missed));
        run.say("%.0f evaluations/s, %.2f %% missed".formatted(rate.perSecond(), rate.missed() * 100));
        return rate;
    }

    private static double sum(Collection<Engine> evaluators, String metric) throws IOException, InterruptedException {
        double result = 0;
        for (Engine evaluator : evaluators) {
            result += evaluator.metric(metric);
        }
        return result;
    }
}
