package dev.tocsin.e2e.bench;

import static dev.tocsin.e2e.bench.Goal.STATUS_STORM_ALL;
import static dev.tocsin.e2e.bench.Goal.STATUS_STORM_P99;

import dev.tocsin.api.v1alpha1.AlertRuleState;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** 10,000 rules on one metric that all begin to fire when it changes; two shards of one replica, interval 20 s. */
final class StormScenario implements Scenario {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String EXPRESSION = "bench_storm > 0";

    @Override
    public Set<Goal> goals() {
        return Set.of(STATUS_STORM_ALL, STATUS_STORM_P99);
    }

    @Override
    public void measure(Run run) throws Exception {
        int rules = run.size(10_000, 40);
        String interval = run.size(20, 1) + "s";
        try (Rig rig = Rig.start(run.folder().resolve("storm"), new Rig.Settings(2, 1, 512));
                Statuses statuses = new Statuses(rig.client());
                Feeder feeder = new Feeder(rig.victoriaMetrics())) {
            feeder.set("bench_storm", 0);
            Rules.create(rig.client(), Rules.PATH, 0, rules, i -> Rules.rule(i, EXPRESSION, interval));
            statuses.await(rules, "Inactive", PATIENCE, seen -> seen.state() == AlertRuleState.Inactive);
            rig.awaitQuiet(PATIENCE);
            run.say(rules + " rules are inactive");

            double cpu = rig.operator().cpuSeconds();
            double apiCpu = rig.controlPlane().cpuSeconds();
            double enginesCpu = rig.enginesCpuSeconds();
            double written = rig.controlPlane().statusWrites();
            double retried = rig.operator().metric("tocsin_status_write_failures_total");
            long flipped = System.nanoTime();
            feeder.set("bench_storm", 1);
            Collection<Statuses.Seen> firing =
                    statuses.await(rules, "Firing", PATIENCE, seen -> seen.state() == AlertRuleState.Firing);
            long last =
                    firing.stream().mapToLong(Statuses.Seen::stateNanos).max().orElseThrow();
            List<Duration> lags = firing.stream()
                    .map(seen -> Duration.between(Objects.requireNonNull(seen.activeAt()), seen.stateAt()))
                    .toList();
            String costs = ("CPU seconds: operator %.1f, API server and etcd %.1f, evaluators and datasource %.1f;"
                            + " %.0f statuses written, %.0f of them tried again")
                    .formatted(
                            rig.operator().cpuSeconds() - cpu,
                            rig.controlPlane().cpuSeconds() - apiCpu,
                            rig.enginesCpuSeconds() - enginesCpu,
                            rig.controlPlane().statusWrites() - written,
                            rig.operator().metric("tocsin_status_write_failures_total") - retried);
            run.say("the storm is over after %.1f s".formatted((last - flipped) / 1e9));

            rig.stopOperator();
            double bare = BareWrites.statuses(rig, Rig.TEAM, rules, rig.rule(0)).toMillis() / 1e3;
            run.say("the same statuses take %.1f s without an operator".formatted(bare));
            feeder.set("bench_storm", 0);
            Stamper stamper = new Stamper(rig, rules);
            Wait.until(
                    "the evaluators have no alert",
                    PATIENCE,
                    Duration.ofMillis(500),
                    () -> stamper.activeAlerts().isEmpty());
            feeder.set("bench_storm", 1);
            long peerFlipped = System.nanoTime();
            List<Duration> theirs = stamper.run(run.time(80, 70)).firing();
            double theirAll = (System.nanoTime() - peerFlipped) / 1e9;
            run.report(
                    STATUS_STORM_P99,
                    Spread.ofSeconds(lags).percentile(99),
                    new Figure.Peer(Stamper.NAME, Spread.ofSeconds(theirs).percentile(99)),
                    Spread.ofSeconds(lags) + "; " + costs);
            run.report(
                    STATUS_STORM_ALL,
                    (last - flipped) / 1e9,
                    new Figure.Peer(Stamper.NAME, theirAll),
                    "the interval of %s included; %d rules were told within %.0f s; the same statuses with no operator at all: %.1f s"
                            .formatted(interval, inTime(firing, flipped), STATUS_STORM_ALL.goal(), bare));
        }
    }

    private static long inTime(Collection<Statuses.Seen> firing, long flipped) {
        return firing.stream()
                .filter(seen -> (seen.stateNanos() - flipped) / 1e9 <= STATUS_STORM_ALL.goal())
                .count();
    }
}
