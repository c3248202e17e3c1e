package dev.tocsin.operator;

import static dev.tocsin.operator.RuleWorld.is;
import static dev.tocsin.operator.RuleWorld.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A namespace has rules up to its quota, whatever becomes of them, and no other namespace is touched by that. */
@Tag("integration")
class QuotaIT {
    private static final String QUOTA = "quotas: {namespaces: {shop: {rules: 3, evaluationsPerSecond: 2}}}";
    private static final String FIRES = "expr: vector(1)";

    private static RuleWorld world;

    @BeforeAll
    static void start(@TempDir Path folder) {
        world = new RuleWorld(folder, "http://127.0.0.1:1", "shards: 2", QUOTA);
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @AfterEach
    void deleteAll() {
        for (String namespace : List.of(RuleWorld.TEAM, RuleWorld.OTHER_TEAM)) {
            world.client().resources(AlertRule.class).inNamespace(namespace).delete();
        }
    }

    @Test
    void whatIsAboveTheQuotaIsRefusedWithTheFiguresAndGoesLiveOnceThereIsRoom() {
        live("first");
        live("second");
        world.apply("third", FIRES);

        AlertRuleStatus refused = world.awaitStatus("third", "is refused", status -> is(status, "Accepted", "False"));

        assertThat(refused.reason()).isEqualTo("QuotaExceeded");
        assertThat(message(refused, "Accepted"))
                .isEqualTo(
                        "spec.interval: the rule needs 1 evaluations/s, the others of namespace shop have 2 and its quota"
                                + " is 2; raise the interval, delete or pause others, or have"
                                + " quotas.namespaces.shop.evaluationsPerSecond set higher in the operator's configuration."
                                + " It goes live by itself once there is room");
        assertThat(is(refused, "Ready", "False")).isTrue();
        assertThat(refused.conditions()).noneMatch(condition -> condition.type().equals("Stalled"));
        await("the metrics tell").atMost(Duration.ofSeconds(5)).until(() -> gauge("tocsin.quota.waiting.rules") == 1);
        assertThat(gauge("tocsin.quota.evaluations.per.second")).isEqualTo(2);
        assertThat(gauge("tocsin.quota.evaluations.per.second.limit")).isEqualTo(2);

        world.delete("first");

        world.awaitStatus("third", "fires", status -> firesAs(status, 1));
        await("nothing waits")
                .atMost(Duration.ofSeconds(5))
                .until(() -> gauge("tocsin.quota.waiting.rules") == 0 && gauge("tocsin.quota.rules") == 2);
    }

    @Test
    void anEditAboveTheQuotaIsRefusedAndTheLastGoodVersionRuns() {
        live("neighbour");
        world.apply("edited", FIRES + "\ninterval: 2s");
        world.awaitStatus("edited", "fires", status -> firesAs(status, 1));

        world.apply("edited", "expr: vector(2)\ninterval: 1s\nfor: 0s");
        world.awaitStatus("edited", "the edit fits exactly", status -> firesAs(status, 2));
        world.apply("neighbour", FIRES + "\ninterval: 2s");
        world.awaitStatus("neighbour", "fires", status -> firesAs(status, 2));
        live("small", FIRES + "\ninterval: 2s");
        world.apply("small", FIRES + "\ninterval: 1s");
        AlertRuleStatus refused = world.awaitStatus("small", "is refused", status -> is(status, "Accepted", "False"));

        assertThat(message(refused, "Ready"))
                .startsWith("generation 2 is refused; generation 1 keeps running: spec.interval: the rule needs 1 ");
        assertThat(refused.state()).isEqualTo(AlertRuleState.Firing);
        world.apply("edited", "expr: vector(2)\npaused: true");
        world.awaitStatus("small", "its edit goes live", status -> firesAs(status, 2));
    }

    @Test
    void anotherNamespaceIsNotTouched() {
        world.apply(RuleWorld.OTHER_TEAM, "calm", FIRES);
        world.awaitStatus(RuleWorld.OTHER_TEAM, "calm", "fires", status -> firesAs(status, 1));
        AlertRule before = world.get(RuleWorld.OTHER_TEAM, "calm");

        for (int i = 0; i < 10; i++) {
            world.apply("noisy-" + i, FIRES);
        }

        await("two of ten are live")
                .atMost(Duration.ofSeconds(30))
                .until(() -> accepted("True") == 2 && accepted("False") == 8);
        world.apply(RuleWorld.OTHER_TEAM, "more", FIRES);
        world.awaitStatus(RuleWorld.OTHER_TEAM, "more", "fires", status -> firesAs(status, 1));
        assertThat(world.get(RuleWorld.OTHER_TEAM, "calm").getMetadata().getResourceVersion())
                .isEqualTo(before.getMetadata().getResourceVersion());
    }

    @Test
    void whatIsLiveStaysThroughRestartsAndThroughALowerQuota() {
        live("kept-a");
        live("kept-b");
        world.apply("waits", FIRES);
        world.awaitStatus("waits", "is refused", status -> is(status, "Accepted", "False"));
        List<String> before = List.of(status("kept-a"), status("kept-b"), status("waits"));

        world.restartOperatorWith(QUOTA);

        await("the operator has judged what waits")
                .atMost(Duration.ofSeconds(30))
                .until(() -> gauge("tocsin.quota.waiting.rules") == 1);
        assertThat(List.of(status("kept-a"), status("kept-b"), status("waits"))).isEqualTo(before);

        world.restartOperatorWith("quotas: {default: {rules: 1}}");
        await("the operator has judged what waits")
                .atMost(Duration.ofSeconds(30))
                .until(() -> gauge("tocsin.quota.waiting.rules") == 1);
        assertThat(List.of(status("kept-a"), status("kept-b"))).isEqualTo(before.subList(0, 2));
        world.apply("kept-a", "expr: vector(3)");
        world.awaitStatus("kept-a", "an edit that costs no more is taken", status -> firesAs(status, 2));

        world.restartOperatorWith("quotas: {default: {rules: 1}, namespaces: {shop: {rules: 4}}}");
        world.awaitStatus("waits", "goes live with a higher quota", status -> firesAs(status, 1));
        world.restartOperatorWith(QUOTA);
    }

    @Test
    void whileTheOperatorIsAwayTheOldestComesFirst() {
        live("a");
        live("b");
        world.stopOperator();
        world.delete("a");
        for (String name : List.of("z-oldest", "m-younger", "c-youngest")) {
            AlertRule rule = world.apply(name, FIRES);
            await("objects are of different seconds")
                    .pollDelay(Duration.ofMillis(1100))
                    .until(() -> rule != null);
        }

        world.startOperator();

        world.awaitStatus("z-oldest", "goes live", status -> firesAs(status, 1));
        world.awaitStatus("m-younger", "is refused", status -> is(status, "Accepted", "False"));
        world.awaitStatus("c-youngest", "is refused", status -> is(status, "Accepted", "False"));
    }

    private static void live(String name) {
        live(name, FIRES);
    }

    private static void live(String name, String spec) {
        world.apply(name, spec);
        world.awaitStatus(name, "fires", status -> firesAs(status, 1));
    }

    /** Nothing of the status is still to come. */
    private static boolean firesAs(AlertRuleStatus status, long generation) {
        return status.state() == AlertRuleState.Firing
                && status.evaluator() != null
                && Long.valueOf(generation).equals(status.evaluator().generation())
                && is(status, "Ready", "True")
                && is(status, "Evaluating", "True");
    }

    private static String status(String name) {
        return Serialization.asJson(world.get(name).getStatus());
    }

    private static long accepted(String truth) {
        return world.client().resources(AlertRule.class).inNamespace(RuleWorld.TEAM).list().getItems().stream()
                .filter(rule -> rule.getStatus() != null && is(rule.getStatus(), "Accepted", truth))
                .count();
    }

    private static double gauge(String name) {
        return world.gauge(name, "namespace", RuleWorld.TEAM);
    }
}
