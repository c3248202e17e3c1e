package dev.tocsin.e2e.bench;

import static dev.tocsin.e2e.bench.Goal.MEMORY_MIB_100000;

import java.time.Duration;
import java.util.Set;

/** 100,000 rules, evaluated every ten minutes: twelve shards of one replica, 1 GiB for the operator. */
final class HundredThousandScenario implements Scenario {
    private static final Duration PATIENCE = Duration.ofMinutes(7);

    @Override
    public Set<Goal> goals() {
        return Set.of(MEMORY_MIB_100000);
    }

    @Override
    public void measure(Run run) throws Exception {
        int rules = run.size(100_000, 100);
        try (Rig rig = Rig.start(run.folder().resolve("hundred-thousand"), new Rig.Settings(12, 1, 1024))) {
            rig.stopOperator();
            Rules.create(rig.client(), Rules.PATH, 0, rules, i -> Rules.rule(i, Rules.quietExpression(i), "10m"));
            run.say(rules + " rules are created");
            rig.startOperator();
            Wait.until(
                    rules + " rules are placed",
                    PATIENCE,
                    Duration.ofSeconds(1),
                    () -> rig.operator().metric("tocsin_shard_rules") == rules);
            run.say(rules + " rules are placed");
            // All of their statuses would take the API server another quarter of an hour.
            Thread.sleep(run.time(120, 1));
            double atFirst = rig.operator().largestResidentMiB();
            run.say("%.0f MiB, %.0f CPU seconds; now a start with all of them"
                    .formatted(atFirst, rig.operator().cpuSeconds()));
            rig.stopOperator();
            long began = System.nanoTime();
            rig.startOperator();
            double started = (System.nanoTime() - began) / 1e9;
            Thread.sleep(run.time(30, 1));
            run.report(
                    MEMORY_MIB_100000,
                    Math.max(atFirst, rig.operator().largestResidentMiB()),
                    null,
                    "%.0f MiB while they were published, %.0f MiB after a start, which took %.0f s; its container has 1 GiB"
                            .formatted(atFirst, rig.operator().largestResidentMiB(), started));
        }
    }
}
