package dev.tocsin.e2e.bench;

import static dev.tocsin.e2e.bench.Goal.CLUSTER_BULK_2000_SECONDS;
import static dev.tocsin.e2e.bench.Goal.CLUSTER_NEW_RULE_P99;
import static dev.tocsin.e2e.bench.Goal.CLUSTER_NEW_RULE_P99_2000;
import static dev.tocsin.e2e.bench.Goal.CLUSTER_TIMERS_RESET;

import dev.tocsin.api.v1alpha1.AlertRuleState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a kubelet takes part in, on a whole cluster, in turn with prometheus-operator: one new rule, 2,000 at once, and
 * what 51 new rules do to 2,000 alerts that are pending.
 */
final class ClusterScenario implements Scenario {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int RULES = 2000;
    private static final int TURNS = 3;
    private static final int PER_TURN = 17;

    /** From the begin of the bulk until its rules become true: both sides have loaded them by then. */
    private static final Duration UNTIL_TRUE = Duration.ofMinutes(4);

    @Override
    public Set<Goal> goals() {
        return Set.of(CLUSTER_NEW_RULE_P99, CLUSTER_NEW_RULE_P99_2000, CLUSTER_BULK_2000_SECONDS, CLUSTER_TIMERS_RESET);
    }

    @Override
    public void measure(Run run) throws Exception {
        try (WholeCluster cluster = WholeCluster.up();
                Statuses statuses = new Statuses(cluster.client())) {
            PrometheusOperatorPeer peer = new PrometheusOperatorPeer(cluster);
            // The first one makes the evaluators know the namespace: it is not counted.
            create(cluster, statuses, RULES);
            if (run.wants(CLUSTER_NEW_RULE_P99)) {
                newRules(run, CLUSTER_NEW_RULE_P99, cluster, statuses, peer, RULES + 1);
            }
            if (!run.wantsAnyOf(CLUSTER_NEW_RULE_P99_2000, CLUSTER_BULK_2000_SECONDS, CLUSTER_TIMERS_RESET)) {
                return;
            }
            Instant whenTrue = Instant.now().plus(UNTIL_TRUE);
            bulk(run, cluster, statuses, peer, "vector(time()) > " + whenTrue.getEpochSecond());
            if (!run.wantsAnyOf(CLUSTER_NEW_RULE_P99_2000, CLUSTER_TIMERS_RESET)) {
                return;
            }
            run.say("waiting for the rules to become true");
            statuses.await(RULES, "Pending", UNTIL_TRUE.plus(PATIENCE), seen -> seen.state() == AlertRuleState.Pending);
            Wait.until(
                    "alerts are pending everywhere",
                    PATIENCE,
                    Duration.ofSeconds(5),
                    () -> cluster.alerts().size() == RULES && peer.alerts().size() == RULES);
            Map<String, Instant> ours = cluster.alerts();
            Map<String, Instant> theirs = peer.alerts();
            newRules(run, CLUSTER_NEW_RULE_P99_2000, cluster, statuses, peer, 2 * RULES);
            // Until each rule was evaluated once more.
            Thread.sleep(Duration.ofSeconds(90));
            run.report(
                    CLUSTER_TIMERS_RESET,
                    (double) reset(ours, cluster.alerts()),
                    new Figure.Peer(PrometheusOperatorPeer.NAME, (double) reset(theirs, peer.alerts())),
                    "of %d alerts that are pending for an hour".formatted(RULES));
        }
    }

    /** One at a time, in turn with the peer; these numbers from there on are free. */
    private static void newRules(
            Run run, Goal goal, WholeCluster cluster, Statuses statuses, PrometheusOperatorPeer peer, int first)
            throws InterruptedException {
        List<Duration> ours = new ArrayList<>();
        List<Duration> theirs = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) {
            int from = first + turn * PER_TURN;
            int last = from + PER_TURN - 1;
            for (int number = from; number <= last; number++) {
                ours.add(create(cluster, statuses, number));
            }
            // As many, but all at once: the peer takes up to minutes for one.
            for (int number = from; number < last; number++) {
                peer.create(number, number + 1, Rules.quietExpression(number));
            }
            theirs.add(peer.createOne(last));
            run.say("%s: %s; peer %s".formatted(goal.id(), Spread.ofSeconds(ours), Spread.ofSeconds(theirs)));
        }
        Spread peerSeconds = Spread.ofSeconds(theirs);
        run.report(
                goal,
                Spread.ofSeconds(ours).percentile(99),
                new Figure.Peer(PrometheusOperatorPeer.NAME, peerSeconds.median()),
                "%s; peer %s".formatted(Spread.ofSeconds(ours), peerSeconds));
    }

    private static Duration create(WholeCluster cluster, Statuses statuses, int number) throws InterruptedException {
        long began = System.nanoTime();
        Rules.create(
                cluster.client(), Rules.PATH, number, number + 1, i -> Rules.rule(i, Rules.quietExpression(i), "60s"));
        return Duration.ofNanos(statuses.awaitLoaded(Rules.name(number), 1, PATIENCE) - began);
    }

    private static void bulk(
            Run run, WholeCluster cluster, Statuses statuses, PrometheusOperatorPeer peer, String expression)
            throws InterruptedException {
        int before = statuses.count();
        long began = System.nanoTime();
        Rules.create(cluster.client(), Rules.PATH, 0, RULES, i -> Rules.rule(i, expression, "60s", "1h"));
        double creating = (System.nanoTime() - began) / 1e9;
        long loaded = statuses.awaitLoaded(before + RULES, PATIENCE);
        run.say("2,000 rules at once: %.1f s".formatted((loaded - began) / 1e9));
        int peersBefore = peer.count();
        long peerBegan = System.nanoTime();
        peer.create(0, RULES, expression);
        double peerCreating = (System.nanoTime() - peerBegan) / 1e9;
        peer.awaitRules(peersBefore + RULES);
        run.report(
                CLUSTER_BULK_2000_SECONDS,
                (loaded - began) / 1e9,
                new Figure.Peer(PrometheusOperatorPeer.NAME, (System.nanoTime() - peerBegan) / 1e9),
                "once; creating took %.1f s, the peer's %.1f s".formatted(creating, peerCreating));
    }

    /** How many alerts are gone, or began anew. */
    private static long reset(Map<String, Instant> before, Map<String, Instant> after) {
        return before.entrySet().stream()
                .filter(alert -> !after.containsKey(alert.getKey())
                        || after.get(alert.getKey()).isAfter(alert.getValue()))
                .count();
    }
}
