package dev.tocsin.operator;

import static dev.tocsin.operator.RuleWorld.is;
import static dev.tocsin.operator.RuleWorld.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.engines.SlowDatasource;
import dev.tocsin.status.Conditions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluators that do not keep up, or do not answer, are seen: by the rules concerned, and as metrics. */
@Tag("integration")
class ShardHealthIT {
    @Test
    void aRuleWhoseEvaluationsTakeLongerThanItsIntervalSaysSoAndOthersDoNot(@TempDir Path folder) {
        AtomicReference<SlowDatasource> datasource = new AtomicReference<>();
        try (RuleWorld world = new RuleWorld(folder, "http://127.0.0.1:1", "shards: 1", "", behind -> {
            datasource.set(new SlowDatasource(behind));
            return datasource.get().url();
        })) {
            world.apply("quick", "expr: vector(1)");
            world.awaitStatus("quick", "is evaluated", status -> evaluates(status, "Evaluated"));
            String version = world.get("quick").getMetadata().getResourceVersion();
            datasource.get().delay("braked", Duration.ofMillis(2500));
            world.apply("slow", "expr: vector(1) or braked\ninterval: 1s");

            AlertRuleStatus late =
                    world.awaitStatus("slow", "misses evaluations", status -> evaluates(status, "EvaluationsMissed"));

            assertThat(message(late, "Evaluating"))
                    .matches("an evaluation took [2-9](\\.\\d)?s with an interval of 1s, so that some are left out.*"
                            + " evaluators of default-0 given more");
            assertThat(is(late, "Ready", "True")).as("it fires, if late").isTrue();
            await("the metrics tell")
                    .atMost(Duration.ofSeconds(15))
                    .until(() -> gauge(world, "tocsin.shard.late.rules") == 1
                            && gauge(world, "tocsin.shard.slowest.evaluation.ratio") > 2
                            && gauge(world, "tocsin.shard.evaluations.at.once") >= 1);
            AtomicInteger writes = new AtomicInteger();
            world.beforeStatus(name -> writes.incrementAndGet());
            await("it stays late and nothing is written")
                    .during(Duration.ofSeconds(6))
                    .atMost(Duration.ofSeconds(8))
                    .until(() -> writes.get() == 0);
            assertThat(world.get("quick").getMetadata().getResourceVersion())
                    .as("the other rule is not written")
                    .isEqualTo(version);

            datasource.get().delay("braked", Duration.ZERO);

            world.awaitStatus("slow", "keeps up again", status -> evaluates(status, "Evaluated"));
            await("the metrics tell")
                    .atMost(Duration.ofSeconds(15))
                    .until(() -> gauge(world, "tocsin.shard.late.rules") == 0);
        } finally {
            datasource.get().close();
        }
    }

    @Test
    void aReplicaThatIsGoneIsCounted(@TempDir Path folder) {
        try (RuleWorld world = new RuleWorld(folder, "http://127.0.0.1:1", "shards: 1")) {
            world.apply("rule", "expr: vector(1)");
            world.awaitStatus("rule", "is evaluated", status -> evaluates(status, "Evaluated"));
            await("both replicas are counted")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> gauge(world, "tocsin.shard.replicas.answering") == 2
                            && gauge(world, "tocsin.shard.replicas.expected") == 2);

            world.node().kill(world.node().pods().getFirst());

            await("one of them is missed after half a minute")
                    .atMost(Duration.ofSeconds(50))
                    .until(() -> gauge(world, "tocsin.shard.replicas.answering") == 1);
            world.awaitStatus("rule", "says so", status -> evaluates(status, "ReplicaUnreachable"));
        }
    }

    private static boolean evaluates(AlertRuleStatus status, String reason) {
        return Conditions.find(status.conditions(), "Evaluating")
                .map(Condition::reason)
                .filter(reason::equals)
                .isPresent();
    }

    private static double gauge(RuleWorld world, String name) {
        return world.gauge(name, "datasource", "default", "shard", "default-0");
    }
}
