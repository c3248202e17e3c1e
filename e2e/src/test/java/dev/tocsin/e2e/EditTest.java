package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EditTest extends ClusterTest {
    private final Team team = team("edit");

    @BeforeAll
    void deliver() {
        team.delivers();
    }

    @Test
    void anEditIsLoadedOnEveryReplicaOfTheRulesShardAndReplacesWhatWasThere() {
        AlertRule first = team.rule("edited", "expr: vector(1) > 2");
        team.awaitReady(AlertRule.class, "edited");

        AlertRule second = team.rule("edited", "expr: vector(1) > 3");
        AlertRule loaded = team.await(
                AlertRule.class,
                "edited",
                "is loaded anew",
                rule -> Status.is(rule, "Loaded", "True")
                        && rule.getMetadata().getGeneration()
                                > first.getMetadata().getGeneration());

        assertThat(loaded.getStatus().evaluator().generation())
                .isEqualTo(second.getMetadata().getGeneration());
        List<String> replicas = tocsin.pods("evaluator").stream()
                .filter(pod -> Installation.shard(pod)
                        .equals(loaded.getStatus().evaluator().shard()))
                .map(pod -> pod.getMetadata().getName())
                .toList();
        assertThat(replicas).hasSizeGreaterThan(1);
        assertThat(tocsin.expressionsOf(loaded)).containsOnly("vector(1) > 3").hasSameSizeAs(replicas);
    }

    @Test
    void aDeletedRuleIsGoneFromTheEvaluatorsInSecondsAndItsAlertResolves() {
        AlertRule rule = team.rule("deleted", "expr: vector(1)");
        team.await(AlertRule.class, "deleted", "fires", found -> Status.is(found, AlertRuleState.Firing));
        team.awaitNotified(10, "deleted", "firing");
        assertThat(tocsin.expressionsOf(rule)).isNotEmpty();

        team.resource(AlertRule.class, "deleted").delete();

        within(5, "no evaluator runs the deleted rule")
                .untilAsserted(() -> assertThat(tocsin.expressionsOf(rule)).isEmpty());
        // Four intervals after it was last sent, as vmalert tells Alertmanager with each alert.
        team.awaitNotified((int) INTERVAL.multipliedBy(4).toSeconds() + 15, "deleted", "resolved");
    }

    @Test
    void rulesAreSpreadOverTheShards() {
        List<String> names = List.of("spread-a", "spread-b", "spread-c", "spread-d");
        names.forEach(name -> team.rule(name, "expr: vector(1) > 2"));
        List<String> shards = names.stream()
                .map(name -> team.awaitReady(AlertRule.class, name)
                        .getStatus()
                        .evaluator()
                        .shard())
                .toList();

        assertThat(tocsin.shards()).hasSizeGreaterThan(1);
        assertThat(shards).containsAll(tocsin.shards());
    }
}
