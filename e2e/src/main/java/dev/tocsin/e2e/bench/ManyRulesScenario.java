package dev.tocsin.e2e.bench;

import static dev.tocsin.e2e.bench.Goal.EDIT_CPU_RATIO_10000_VS_1000;
import static dev.tocsin.e2e.bench.Goal.IDLE_CORES;
import static dev.tocsin.e2e.bench.Goal.MEMORY_MIB_10000;
import static dev.tocsin.e2e.bench.Goal.PROPAGATION_P99_10000;
import static dev.tocsin.e2e.bench.Goal.STARTUP_SECONDS_10000;
import static dev.tocsin.e2e.bench.Goal.STATUS_WRITES_STEADY_PER_HOUR;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** 10,000 rules: what an edit, a start, and doing nothing cost; two shards of two replicas, 512 MiB. */
final class ManyRulesScenario implements Scenario {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @Override
    public Set<Goal> goals() {
        return Set.of(
                EDIT_CPU_RATIO_10000_VS_1000,
                IDLE_CORES,
                MEMORY_MIB_10000,
                PROPAGATION_P99_10000,
                STARTUP_SECONDS_10000,
                STATUS_WRITES_STEADY_PER_HOUR);
    }

    @Override
    public void measure(Run run) throws Exception {
        int few = run.size(1000, 20);
        int many = run.size(10_000, 60);
        String interval = run.size(60, 2) + "s";
        boolean edits = run.wantsAnyOf(EDIT_CPU_RATIO_10000_VS_1000, PROPAGATION_P99_10000);
        try (Rig rig = Rig.start(run.folder().resolve("many-rules"), new Rig.Settings(2, 2, 512));
                WholeSetPeer peer = WholeSetPeer.start(rig);
                Statuses statuses = new Statuses(rig.client())) {
            create(rig, statuses, 0, few, interval);
            double cpuAmongFew = 0;
            double peerCpuAmongFew = 0;
            if (run.wants(EDIT_CPU_RATIO_10000_VS_1000)) {
                peer.create(0, few);
                Edits.edit(rig, statuses, few, 1, run.size(60, 2));
                cpuAmongFew = cpuOfAnEdit(run, rig, statuses, few, 2);
                peerCpuAmongFew = cpuOfAPeersEdit(run, peer, few);
            }
            create(rig, statuses, few, many, interval);
            run.say(many + " rules are loaded and evaluated");
            idle(run, rig);
            if (edits) {
                peer.create(run.wants(EDIT_CPU_RATIO_10000_VS_1000) ? few : 0, many);
                if (run.wants(EDIT_CPU_RATIO_10000_VS_1000)) {
                    Edits.edit(rig, statuses, many, 3, run.size(20, 2));
                    double cpuAmongMany = cpuOfAnEdit(run, rig, statuses, many, 4);
                    double peerCpuAmongMany = cpuOfAPeersEdit(run, peer, many);
                    run.report(
                            EDIT_CPU_RATIO_10000_VS_1000,
                            cpuAmongMany / cpuAmongFew,
                            new Figure.Peer(WholeSetPeer.NAME, peerCpuAmongMany / peerCpuAmongFew),
                            "operator %.0f ms of CPU per edit among %d rules, %.0f ms among %d; peer %.0f ms, %.0f ms"
                                    .formatted(
                                            cpuAmongFew * 1000,
                                            few,
                                            cpuAmongMany * 1000,
                                            many,
                                            peerCpuAmongFew * 1000,
                                            peerCpuAmongMany * 1000));
                }
                if (run.wants(PROPAGATION_P99_10000)) {
                    Edits.propagation(run, PROPAGATION_P99_10000, rig, statuses, peer, many);
                }
            }
            run.report(
                    MEMORY_MIB_10000,
                    rig.operator().largestResidentMiB(),
                    null,
                    "%.0f MiB at the end; its container has 512 MiB"
                            .formatted(rig.operator().residentMiB()));
            if (run.wants(STARTUP_SECONDS_10000)) {
                start(run, rig);
            }
        }
    }

    private static void create(Rig rig, Statuses statuses, int from, int to, String interval)
            throws InterruptedException {
        Rules.create(rig.client(), Rules.PATH, from, to, i -> Rules.rule(i, Rules.quietExpression(i), interval));
        statuses.await(to, "Loaded=True", PATIENCE, seen -> seen.loadedGeneration() > 0);
        rig.awaitQuiet(PATIENCE);
    }

    /** Above what the operator uses in the same time without edits. */
    private static double cpuOfAnEdit(Run run, Rig rig, Statuses statuses, int rules, int round)
            throws IOException, InterruptedException {
        int count = run.size(60, 3);
        double idle = idleCores(rig, run.time(20, 1));
        double before = rig.operator().cpuSeconds();
        long began = System.nanoTime();
        Edits.edit(rig, statuses, rules, round, count);
        double seconds = (System.nanoTime() - began) / 1e9;
        return Math.max(0.001, (rig.operator().cpuSeconds() - before - idle * seconds) / count);
    }

    private static double cpuOfAPeersEdit(Run run, WholeSetPeer peer, int rules)
            throws IOException, InterruptedException {
        int count = run.size(10, 1);
        for (int i = 0; i < count; i++) {
            peer.edit(i, 1);
        }
        double before = peer.cpuSeconds();
        for (int i = 0; i < count; i++) {
            peer.edit(i % rules, 2 + i);
        }
        return Math.max(0.001, (peer.cpuSeconds() - before) / count);
    }

    private static double idleCores(Rig rig, Duration time) throws IOException, InterruptedException {
        double before = rig.operator().cpuSeconds();
        long began = System.nanoTime();
        Thread.sleep(time);
        return (rig.operator().cpuSeconds() - before) / ((System.nanoTime() - began) / 1e9);
    }

    private static void idle(Run run, Rig rig) throws IOException, InterruptedException {
        if (!run.wantsAnyOf(IDLE_CORES, STATUS_WRITES_STEADY_PER_HOUR)) {
            return;
        }
        Duration time = run.time(60, 2);
        double writesBefore = rig.controlPlane().statusWrites();
        double cores = idleCores(rig, time);
        double writes = (rig.controlPlane().statusWrites() - writesBefore) * 3600 / time.toSeconds();
        run.report(IDLE_CORES, cores, null, "over %d s".formatted(time.toSeconds()));
        if (run.wants(STATUS_WRITES_STEADY_PER_HOUR)) {
            int objects = run.size(10_000, 60);
            Duration stampTime = run.time(20, 2);
            double apiCpu = rig.controlPlane().cpuSeconds();
            int stamped = new Stamper(rig, objects).run(stampTime).writes();
            run.report(
                    STATUS_WRITES_STEADY_PER_HOUR,
                    writes,
                    new Figure.Peer(Stamper.NAME, stamped * 3600.0 / stampTime.toSeconds()),
                    "counted by the API server over %d s; the stamps cost API server and etcd %.2f cores"
                            .formatted(
                                    time.toSeconds(),
                                    (rig.controlPlane().cpuSeconds() - apiCpu) / stampTime.toSeconds()));
        }
    }

    private static void start(Run run, Rig rig) throws IOException, InterruptedException {
        List<Double> seconds = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        for (int i = 0; i < run.size(3, 1); i++) {
            rig.stopOperator();
            double writes = rig.controlPlane().statusWrites();
            long began = System.nanoTime();
            rig.startOperator();
            seconds.add((System.nanoTime() - began) / 1e9);
            cpu.add(rig.operator().cpuSeconds());
            rig.awaitQuiet(PATIENCE);
            run.say("the start wrote %.0f statuses".formatted(rig.controlPlane().statusWrites() - writes));
        }
        run.report(
                STARTUP_SECONDS_10000,
                new Spread(seconds).median(),
                null,
                "%s; %.1f CPU seconds".formatted(new Spread(seconds), new Spread(cpu).median()));
    }
}
