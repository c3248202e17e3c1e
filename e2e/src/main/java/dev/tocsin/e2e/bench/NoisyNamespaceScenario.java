package dev.tocsin.e2e.bench;

import static dev.tocsin.e2e.bench.Goal.NOISY_NAMESPACE_P99_RATIO;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A namespace that has a quota of evaluations asks for a hundred times as many: how much longer evaluations of another
 * namespace take in the same shard. With and without it in turn. The peer is the same without a quota.
 */
final class NoisyNamespaceScenario implements Scenario {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String NOISY = "noisy";
    private static final String INTERVAL = "1s";

    @Override
    public Set<Goal> goals() {
        return Set.of(NOISY_NAMESPACE_P99_RATIO);
    }

    @Override
    public void measure(Run run) throws Exception {
        int rules = run.size(200, 4);
        int noise = run.size(1000, 100);
        int rounds = run.size(6, 1);
        try (Rig rig = Rig.start(run.folder().resolve("noisy-namespace"), new Rig.Settings(1, 1, 512));
                Statuses statuses = new Statuses(rig.client())) {
            rig.controlPlane().namespace(NOISY);
            rig.stopOperator();
            rig.startOperator(
                    1, "quotas: {namespaces: {%s: {evaluationsPerSecond: %d}}}\n".formatted(NOISY, noise / 100));
            create(rig, Rig.TEAM, rules);
            statuses.await(rules, "Loaded=True", PATIENCE, seen -> seen.loadedGeneration() > 0);
            List<Double> alone = new ArrayList<>();
            List<Double> beside = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                alone.addAll(evaluations(run, rig));
                create(rig, NOISY, noise);
                beside.addAll(evaluations(run, rig));
                if (rig.operator().metric("tocsin_quota_waiting_rules") < noise * 0.98) {
                    throw new IllegalStateException("the quota holds nothing back");
                }
                rig.client().raw(Rules.path(NOISY), "DELETE", null);
                Wait.until(
                        "no noise is left",
                        PATIENCE,
                        Duration.ofMillis(200),
                        () -> rig.operator().metric("tocsin_shard_rules") == rules);
                run.say("after %d rounds p99 alone %.2f ms, beside the noisy namespace %.2f ms"
                        .formatted(round, p99(alone) * 1000, p99(beside) * 1000));
            }
            rig.stopOperator();
            rig.startOperator(1);
            create(rig, NOISY, noise);
            double unlimited = p99(evaluations(run, rig));
            run.report(
                    NOISY_NAMESPACE_P99_RATIO,
                    p99(beside) / p99(alone),
                    new Figure.Peer("no quota", unlimited / p99(alone)),
                    "evaluations of %d rules took, in seconds: alone p99 %.3g, %s; beside %d rules of the other p99 %.3g, %s"
                            .formatted(rules, p99(alone), new Spread(alone), noise, p99(beside), new Spread(beside)));
        }
    }

    private static void create(Rig rig, String namespace, int rules) throws InterruptedException {
        Rules.create(
                rig.client(),
                Rules.path(namespace),
                0,
                rules,
                i -> Rules.rule(namespace, i, Rules.quietExpression(i), INTERVAL));
    }

    private static double p99(List<Double> seconds) {
        return new Spread(seconds).percentile(99);
    }

    /** Seconds that evaluations of the quiet namespace take, once the operator has nothing more to write. */
    private static List<Double> evaluations(Run run, Rig rig) throws IOException, InterruptedException {
        rig.awaitQuiet(PATIENCE);
        double[] events = {-1};
        Wait.until("no event is written any more", PATIENCE, Duration.ofSeconds(2), () -> {
            double before = events[0];
            events[0] = rig.controlPlane().writes("events", "");
            return events[0] == before;
        });
        List<Double> took = new ArrayList<>();
        for (int look = 0; look < run.size(15, 2); look++) {
            Thread.sleep(1000);
            for (Engine evaluator : rig.node().evaluators()) {
                for (JsonNode group :
                        Json.read(evaluator.get("/api/v1/rules")).path("data").path("groups")) {
                    if (group.path("name").asText().startsWith(Rig.TEAM + "/")) {
                        took.add(group.path("rules")
                                .path(0)
                                .path("evaluationTime")
                                .asDouble());
                    }
                }
            }
        }
        return took;
    }
}
