package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.publish.ClusterNames;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new evaluator counts as ready when nobody would notice if it were the only one. */
@Tag("integration")
class CatchUpIT {
    private static final String SHARD = "tocsin-evaluator-default-0";
    private static final Duration FOR = Duration.ofSeconds(15);

    @Test
    void aNewReplicaCountsOnceItFiresWhatTheOtherFires(@TempDir Path folder) throws Exception {
        try (RuleWorld world = new RuleWorld(folder, "http://127.0.0.1:1", "shards: 1")) {
            world.apply("fires", "expr: vector(1)\ninterval: 1s\nfor: %ds".formatted(FOR.toSeconds()));
            assertThat(gates(world)).allSatisfy(gate -> assertThat(gate).isEqualTo(ClusterNames.CAUGHT_UP_CONDITION));
            await("the first replicas have nobody to catch up with")
                    .atMost(FOR.minusSeconds(3))
                    .until(() -> isOpen(world, 0) && isOpen(world, 1));
            world.awaitStatus("fires", "fires", status -> status.state() == AlertRuleState.Firing);
            world.node().replace(SHARD, 0);
            Instant replaced = Instant.now();

            await("the new replica shows the alert as pending, and does not count")
                    .during(FOR.minusSeconds(6))
                    .atMost(FOR.minusSeconds(3))
                    .until(() -> !isOpen(world, 0));
            assertThat(states(world)).as("it has evaluated the rule").containsExactly("pending");
            await("it counts").atMost(FOR.plusSeconds(10)).until(() -> isOpen(world, 0));

            assertThat(states(world)).containsExactly("firing");
            assertThat(Duration.between(replaced, Instant.now())).isBetween(FOR, FOR.plusSeconds(10));
        }
    }

    @Test
    void aReplicaThatCannotCatchUpInTimeCountsAllTheSame(@TempDir Path folder) {
        try (RuleWorld world = new RuleWorld(folder, "http://127.0.0.1:1", "shards: 1")) {
            world.catchUpWithin(Duration.ofSeconds(6));
            world.apply("never", "expr: vector(1)\ninterval: 1s\nfor: 1h");
            world.awaitStatus("never", "is pending", status -> status.state() == AlertRuleState.Pending);
            await("the first replicas count")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> isOpen(world, 0) && isOpen(world, 1));
            world.node().replace(SHARD, 0);

            await("it has no chance to be pending for as long")
                    .during(Duration.ofSeconds(4))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> !isOpen(world, 0));
            await("but a rollout must not hang").atMost(Duration.ofSeconds(15)).until(() -> isOpen(world, 0));
        }
    }

    @Test
    void anOperatorThatStartsKnowsWhoHadCaughtUpAndGoesOn(@TempDir Path folder) {
        try (RuleWorld world = new RuleWorld(folder, "http://127.0.0.1:1", "shards: 1")) {
            world.apply("fires", "expr: vector(1)\ninterval: 1s\nfor: %ds".formatted(FOR.toSeconds()));
            world.awaitStatus("fires", "fires", status -> status.state() == AlertRuleState.Firing);
            await("both count").atMost(Duration.ofSeconds(20)).until(() -> isOpen(world, 0) && isOpen(world, 1));
            Optional<String> opened = condition(world, 1).map(PodCondition::getLastTransitionTime);
            world.stopOperator();
            world.node().replace(SHARD, 0);
            Instant replaced = Instant.now();
            world.startOperator();

            await("it counts").atMost(FOR.plusSeconds(15)).until(() -> isOpen(world, 0));

            assertThat(Instant.now()).isAfter(replaced.plus(FOR));
            assertThat(condition(world, 1).map(PodCondition::getLastTransitionTime))
                    .isEqualTo(opened);
        }
    }

    private static boolean isOpen(RuleWorld world, int replica) {
        return condition(world, replica)
                .filter(condition -> condition.getStatus().equals("True"))
                .isPresent();
    }

    private static Optional<PodCondition> condition(RuleWorld world, int replica) {
        Pod pod = world.client()
                .pods()
                .inNamespace(RuleWorld.SYSTEM)
                .withName(SHARD + "-" + replica)
                .get();
        return pod == null
                ? Optional.empty()
                : pod.getStatus().getConditions().stream()
                        .filter(condition -> condition.getType().equals(ClusterNames.CAUGHT_UP_CONDITION))
                        .findFirst();
    }

    private static List<String> gates(RuleWorld world) {
        return world.client().apps().deployments().inNamespace(RuleWorld.SYSTEM).list().getItems().stream()
                .map(deployment -> deployment
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getReadinessGates()
                        .getFirst()
                        .getConditionType())
                .toList();
    }

    /** Of the alerts of the replaced replica. */
    private static List<String> states(RuleWorld world) throws Exception {
        JsonNode alerts = JsonMapper.builder()
                .build()
                .readTree(
                        world.node().process(SHARD + "-0").get("/api/v1/alerts").body())
                .at("/data/alerts");
        return alerts.valueStream().map(alert -> alert.path("state").asText()).toList();
    }
}
