package dev.tocsin.e2e.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What is measured and what is to be reached. The ids are those of results.json and of docs/benchmarks.md. */
enum Goal {
    PROPAGATION_P99_2000("s", 1.5, Better.LOWER, "one edit among 2,000 rules until every replica has loaded it"),
    PROPAGATION_P99_10000("s", 3, Better.LOWER, "one edit among 10,000 rules until every replica has loaded it"),
    BULK_2000_SECONDS("s", 10, Better.LOWER, "2,000 rules created at once, first create until all are Loaded=True"),
    BULK_2000_RELOADS_PER_SHARD("reloads", 5, Better.LOWER, "reloads of the busiest replica meanwhile"),
    EDIT_CPU_RATIO_10000_VS_1000("x", 1.5, Better.LOWER, "operator CPU of one edit: 10,000 rules against 1,000"),
    MEMORY_MIB_10000("MiB", 512, Better.LOWER, "largest resident memory of the operator with 10,000 rules"),
    MEMORY_MIB_100000("MiB", 1024, Better.LOWER, "largest resident memory of the operator with 100,000 rules"),
    STARTUP_SECONDS_10000("s", 20, Better.LOWER, "start of the operator until synced, published state read"),
    EVALS_PER_SECOND("1/s", 1000, Better.HIGHER, "evaluations sustained with less than 0.1 % missed"),
    EVALS_SCALING_1_TO_4("x", 3.6, Better.HIGHER, "evaluations of 4 shards against 1 shard, same load per shard"),
    STATUS_WRITES_STEADY_PER_HOUR("1/h", 0, Better.LOWER, "status writes with 10,000 rules, nothing changing"),
    STATUS_STORM_P99("s", 5, Better.LOWER, "10,000 rules fire together: evaluator's verdict until status, p99"),
    STATUS_STORM_ALL("s", 30, Better.LOWER, "10,000 rules fire together: metric flips until all are Firing"),
    MOVES_EXCESS_PERCENT("%", 5, Better.LOWER, "rules moved beyond the least possible when shards change by one"),
    LOAD_MAX_OVER_MEAN("x", 1.25, Better.LOWER, "load of the fullest shard against the mean"),
    ALERTS_HARMED_BY_MOVES(
            "alerts", 0, Better.LOWER, "false resolves, restarted timers, duplicates while shards change"),
    NOISY_NAMESPACE_P99_RATIO(
            "x", 1.1, Better.LOWER, "evaluations of others beside a namespace above its quota, p99 against without it"),
    CONDITION_TO_FIRING_P99("s", 7, Better.LOWER, "condition true until status Firing, interval 5 s"),
    CONDITION_TO_NOTIFICATION_P99("s", 8, Better.LOWER, "condition true until notified, interval 5 s, groupWait 1 s"),
    IDLE_CORES("cores", 0.02, Better.LOWER, "operator CPU with 10,000 rules, nothing changing"),
    CLUSTER_NEW_RULE_P99("s", 1.5, Better.LOWER, "whole cluster: one new rule until every replica has loaded it"),
    CLUSTER_NEW_RULE_P99_2000("s", 1.5, Better.LOWER, "the same beside 2,000 rules with pending alerts"),
    CLUSTER_BULK_2000_SECONDS("s", 10, Better.LOWER, "whole cluster: 2,000 rules at once until all are Loaded=True"),
    CLUSTER_TIMERS_RESET("alerts", 0, Better.LOWER, "pending alerts that began anew as 51 other rules came"),
    PLACE_SECONDS_300000("s", 30, Better.LOWER, "simulated: 300,000 rules placed, then one shard more"),
    POLL_CORES_300000("cores", 0.5, Better.LOWER, "simulated: operator CPU to poll the evaluators of 300,000 rules");

    /** Which way is good. */
    enum Better {
        LOWER,
        HIGHER;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final String unit;
    private final double goal;
    private final Better better;
    private final String what;

    Goal(String unit, double goal, Better better, String what) {
        this.unit = unit;
        this.goal = goal;
        this.better = better;
        this.what = what;
    }

    /** For example bulk-2000-seconds. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String unit() {
        return unit;
    }

    double goal() {
        return goal;
    }

    Better better() {
        return better;
    }

    /** What is measured, in a few words. */
    String what() {
        return what;
    }

    boolean isMetBy(double value) {
        return better == Better.LOWER ? value <= goal : value >= goal;
    }

    static Optional<Goal> of(String id) {
        return Arrays.stream(values()).filter(goal -> goal.id().equals(id)).findFirst();
    }
}
