package dev.tocsin.e2e.bench;

import static dev.tocsin.e2e.bench.Goal.BULK_2000_RELOADS_PER_SHARD;
import static dev.tocsin.e2e.bench.Goal.BULK_2000_SECONDS;
import static dev.tocsin.e2e.bench.Goal.PROPAGATION_P99_2000;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** 2,000 rules at once, some times over, and then edits of one at a time; two shards of two replicas. */
final class BulkScenario implements Scenario {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Override
    public Set<Goal> goals() {
        return Set.of(BULK_2000_SECONDS, BULK_2000_RELOADS_PER_SHARD, PROPAGATION_P99_2000);
    }

    /** Of one creation of all rules. */
    private record Bulk(
            double seconds,
            double creating,
            double reloads,
            double cpuSeconds,
            double apiCpuSeconds,
            double engineCpuSeconds,
            double statusWrites,
            double events,
            double slotWrites) {}

    @Override
    public void measure(Run run) throws Exception {
        int rules = run.size(2000, 30);
        String interval = run.size(30, 2) + "s";
        int rounds = run.wantsAnyOf(BULK_2000_SECONDS, BULK_2000_RELOADS_PER_SHARD) ? run.size(3, 1) : 1;
        try (Rig rig = Rig.start(run.folder().resolve("bulk"), new Rig.Settings(2, 2, 512));
                WholeSetPeer peer = WholeSetPeer.start(rig);
                Statuses statuses = new Statuses(rig.client())) {
            List<Bulk> ours = new ArrayList<>();
            List<Double> theirs = new ArrayList<>();
            List<Double> theirReloads = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                ours.add(create(rig, statuses, rules, interval));
                run.say("%d rules at once, round %d: %s".formatted(rules, round, ours.getLast()));
                rig.awaitQuiet(PATIENCE);
                int before = peer.reloads();
                theirs.add(peer.create(0, rules).toNanos() / 1e9);
                theirReloads.add((double) peer.reloads() - before);
                if (round < rounds) {
                    deleteAll(rig, statuses);
                    peer.deleteAll();
                }
            }
            if (run.wants(PROPAGATION_P99_2000)) {
                Edits.propagation(run, PROPAGATION_P99_2000, rig, statuses, peer, rules);
            }
            rig.stopOperator();
            double bare = run.wants(BULK_2000_SECONDS) ? bare(rig, rules, interval) : 0;
            Spread seconds = spread(ours.stream().map(Bulk::seconds).toList());
            run.report(
                    BULK_2000_SECONDS,
                    seconds.median(),
                    new Figure.Peer(WholeSetPeer.NAME, spread(theirs).median()),
                    ("%s, creating took %.1f s; CPU seconds: operator %.1f, API server and etcd %.1f,"
                                    + " evaluators and datasource %.1f; meanwhile the"
                                    + " operator wrote %.0f statuses, %.0f events, %.0f slots; the objects and one"
                                    + " status for each with no operator at all: %.1f s")
                            .formatted(
                                    seconds,
                                    median(ours, Bulk::creating),
                                    median(ours, Bulk::cpuSeconds),
                                    median(ours, Bulk::apiCpuSeconds),
                                    median(ours, Bulk::engineCpuSeconds),
                                    median(ours, Bulk::statusWrites),
                                    median(ours, Bulk::events),
                                    median(ours, Bulk::slotWrites),
                                    bare));
            Spread reloads = spread(ours.stream().map(Bulk::reloads).toList());
            run.report(
                    BULK_2000_RELOADS_PER_SHARD,
                    reloads.max(),
                    new Figure.Peer(WholeSetPeer.NAME, spread(theirReloads).max()),
                    reloads.toString());
        }
    }

    /** How long it takes to create as many objects, and to write a status to each, while there is no operator. */
    private static double bare(Rig rig, int rules, String interval) throws InterruptedException {
        long began = System.nanoTime();
        Rules.create(
                rig.client(),
                Rules.path(Rig.PEER),
                0,
                rules,
                i -> Rules.rule(Rig.PEER, i, Rules.quietExpression(i), interval));
        BareWrites.statuses(rig, Rig.PEER, rules, rig.rule(0));
        return (System.nanoTime() - began) / 1e9;
    }

    private static Bulk create(Rig rig, Statuses statuses, int rules, String interval)
            throws IOException, InterruptedException {
        Map<String, Long> reloads = rig.reloads();
        double cpu = rig.operator().cpuSeconds();
        double apiCpu = rig.controlPlane().cpuSeconds();
        double engineCpu = rig.enginesCpuSeconds();
        double statusWrites = rig.controlPlane().statusWrites();
        double events = rig.controlPlane().writes("events", "");
        double slotWrites = rig.controlPlane().writes("configmaps", "");
        long began = System.nanoTime();
        Rules.create(rig.client(), Rules.PATH, 0, rules, i -> Rules.rule(i, Rules.quietExpression(i), interval));
        double creating = (System.nanoTime() - began) / 1e9;
        long last = statuses.awaitLoaded(rules, PATIENCE);
        double operatorCpu = rig.operator().cpuSeconds() - cpu;
        double apiServerCpu = rig.controlPlane().cpuSeconds() - apiCpu;
        double enginesCpu = rig.enginesCpuSeconds() - engineCpu;
        long busiest = rig.reloads().entrySet().stream()
                .mapToLong(now -> now.getValue() - reloads.getOrDefault(now.getKey(), 0L))
                .max()
                .orElseThrow();
        return new Bulk(
                (last - began) / 1e9,
                creating,
                busiest,
                operatorCpu,
                apiServerCpu,
                enginesCpu,
                rig.controlPlane().statusWrites() - statusWrites,
                rig.controlPlane().writes("events", "") - events,
                rig.controlPlane().writes("configmaps", "") - slotWrites);
    }

    private static void deleteAll(Rig rig, Statuses statuses) throws InterruptedException {
        rig.client().raw(Rules.PATH, "DELETE", null);
        Wait.until("no rule is left", PATIENCE, Duration.ofMillis(100), () -> statuses.count() == 0);
        Wait.until(
                "no rule is left in a shard",
                PATIENCE,
                Duration.ofMillis(200),
                () -> rig.operator().metric("tocsin_shard_rules") == 0);
        rig.awaitQuiet(PATIENCE);
    }

    private static double median(List<Bulk> bulks, Function<Bulk, Double> value) {
        return spread(bulks.stream().map(value).toList()).median();
    }

    private static Spread spread(List<Double> values) {
        return new Spread(values);
    }
}
