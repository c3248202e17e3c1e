package dev.tocsin.operator;

import static dev.tocsin.operator.RuleWorld.is;
import static dev.tocsin.operator.RuleWorld.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RuleLoopIT {
    private RuleWorld world;

    @BeforeAll
    void start(@TempDir Path folder) {
        world = new RuleWorld(folder);
    }

    @AfterAll
    void stop() {
        world.close();
    }

    @Test
    void aRuleThatHoldsIsReportedFiringWithItsAlerts() {
        world.apply("fires", "expr: vector(3) > 1\nlabels: {severity: page}");

        AlertRuleStatus status = world.awaitStatus("fires", "fires and is settled", RuleLoopIT::firesAndIsSettled);

        assertThat(status.firing()).isEqualTo(1);
        assertThat(status.alerts()).singleElement().satisfies(alert -> {
            assertThat(alert.labels()).containsExactlyEntriesOf(Map.of("severity", "page"));
            assertThat(alert.value()).isEqualTo("3");
        });
        assertThat(is(status, "Ready", "True")).isTrue();
        assertThat(status.evaluator().shard()).startsWith("default-");
        assertThat(message(status, "Loaded")).startsWith("2/2 replicas of default-");
    }

    @Test
    void aRuleFiresAndResolvesWithItsMetric() {
        world.sample("crossing", 1);
        world.apply("crosses", "expr: crossing > 5");
        world.awaitStatus("crosses", "is inactive", status -> status.state() == AlertRuleState.Inactive);

        world.sample("crossing", 9);

        world.awaitStatus("crosses", "fires", status -> status.state() == AlertRuleState.Firing);
        world.sample("crossing", 2);
        AlertRuleStatus after =
                world.awaitStatus("crosses", "resolves", status -> status.state() == AlertRuleState.Inactive);
        assertThat(after.alerts()).isNull();
        assertThat(is(after, "Ready", "True")).isTrue();
    }

    @Test
    void aRuleSaysWhetherItsAlertsReachSomebodyBeforeItFires() {
        world.apply("unheard", "expr: vector(0) > 1\nlabels: {severity: page}");
        AlertRuleStatus unheard =
                world.awaitStatus("unheard", "reaches nobody", status -> is(status, "Routed", "False"));
        assertThat(message(unheard, "Routed")).startsWith("its alerts would reach nobody; write a NotificationPolicy");

        world.put("ContactPoint", "pager", "receivers: [{webhook: {url: {value: 'http://127.0.0.1:1/'}}}]");
        world.put(
                "NotificationPolicy",
                "pages",
                "route: {contactPoint: pager, matchers: [{label: severity, op: '=', value: page}]}");

        AlertRuleStatus heard =
                world.awaitStatus("unheard", "reaches the pager", status -> is(status, "Routed", "True"));
        assertThat(message(heard, "Routed")).isEqualTo("its alerts go to " + RuleWorld.TEAM + "/pager");
        world.apply("unheard", "expr: vector(0) > 1\nlabels: {severity: warning}");
        world.awaitStatus("unheard", "reaches nobody again", status -> is(status, "Routed", "False"));
    }

    @Test
    void anEditIsLoadedOnEveryReplica() {
        world.apply("edited", "expr: vector(0) > 1");
        world.awaitStatus("edited", "is loaded", status -> is(status, "Loaded", "True"));

        long generation =
                world.apply("edited", "expr: vector(2) > 1").getMetadata().getGeneration();

        AlertRuleStatus status = world.awaitStatus(
                "edited", "fires", found -> found.state() == AlertRuleState.Firing && is(found, "Loaded", "True"));
        assertThat(status.observedGeneration()).isEqualTo(generation);
        assertThat(status.evaluator().generation()).isEqualTo(generation);
    }

    @Test
    void anEditThatChangesNothingForTheEvaluatorsIsLoadedAllTheSame() {
        world.apply("same", "expr: vector(0) > 1");
        world.awaitStatus("same", "is loaded", status -> is(status, "Loaded", "True"));

        world.apply("same", "expr: vector(0) > 1\npaused: false");

        AlertRuleStatus status = world.awaitStatus(
                "same",
                "its second generation is loaded",
                found -> Long.valueOf(2).equals(found.observedGeneration()) && is(found, "Loaded", "True"));
        assertThat(status.evaluator().generation()).isEqualTo(2);
    }

    @Test
    void aRefusedEditKeepsTheLastGoodGenerationRunning() {
        world.apply("kept", "expr: vector(1) > 0");
        AlertRuleStatus good = world.awaitStatus("kept", "is settled", RuleLoopIT::firesAndIsSettled);

        world.apply("kept", "expr: 'rate(foo[5m'");

        AlertRuleStatus refused = world.awaitStatus("kept", "is refused", status -> is(status, "Accepted", "False"));
        assertThat(message(refused, "Accepted")).startsWith("spec.expr: bad MetricsQL expr");
        assertThat(message(refused, "Ready"))
                .startsWith("generation 2 is refused; generation 1 keeps running: spec.expr: ");
        assertThat(refused.reason()).isEqualTo("InvalidExpression");
        assertThat(refused.state()).isEqualTo(AlertRuleState.Firing);
        assertThat(refused.since()).isEqualTo(good.since());
        assertThat(refused.evaluator().generation()).isEqualTo(1);
    }

    @Test
    void anUnknownTemplateFunctionIsRefusedBeforeItGoesLive() {
        world.apply("template", "expr: vector(1)\nannotations: {summary: '{{ $value | shout }}'}");

        AlertRuleStatus status = world.awaitStatus("template", "is refused", found -> is(found, "Accepted", "False"));

        assertThat(message(status, "Accepted"))
                .startsWith("spec.annotations: ")
                .contains("function \"shout\" not defined");
        assertThat(status.reason()).isEqualTo("InvalidTemplate");
    }

    @Test
    void anErrorOfTheEvaluationIsShownInTheEnginesWords() {
        world.sample("both{side=\"a\"}", 1);
        world.sample("both{side=\"b\"}", 1);
        world.apply("duplicates", "expr: 'label_replace(both, \"side\", \"x\", \"\", \"\") + on() group_left() both'");

        AlertRuleStatus status =
                world.awaitStatus("duplicates", "cannot be evaluated", found -> is(found, "Evaluating", "False"));

        assertThat(status.reason()).isEqualTo("EvaluationFailed");
        assertThat(message(status, "Evaluating")).contains("duplicate");
        assertThat(status.state()).isEqualTo(AlertRuleState.Error);
        await("an event tells it")
                .atMost(Duration.ofSeconds(10))
                .until(() -> reasonsOf("duplicates").contains("EvaluationFailed"));
    }

    @Test
    void aPausedRuleIsNotEvaluatedAndReady() {
        world.apply("paused", "expr: vector(1)");
        world.awaitStatus("paused", "fires", status -> status.state() == AlertRuleState.Firing);

        world.apply("paused", "expr: vector(1)\npaused: true");

        AlertRuleStatus status =
                world.awaitStatus("paused", "is paused", found -> found.state() == AlertRuleState.Paused);
        assertThat(is(status, "Ready", "True")).isTrue();
        await("no replica lists it").atMost(Duration.ofSeconds(10)).until(() -> !isListed("paused"));
    }

    @Test
    void aDeletedRuleIsGoneFromTheEvaluators() {
        world.apply("deleted", "expr: vector(1)");
        world.awaitStatus("deleted", "fires", status -> status.state() == AlertRuleState.Firing);

        world.delete("deleted");

        await("no replica lists it").atMost(Duration.ofSeconds(10)).until(() -> !isListed("deleted"));
    }

    @Test
    void anOperatorRestartWritesNothingAndChangesNothing() {
        world.apply("survives", "expr: vector(1)\nfor: 1s");
        world.awaitStatus("survives", "is settled", RuleLoopIT::firesAndIsSettled);
        world.apply("survives-refused", "expr: vector(1)");
        world.awaitStatus("survives-refused", "is settled", RuleLoopIT::firesAndIsSettled);
        world.apply("survives-refused", "expr: 'sum(('");
        world.awaitStatus("survives-refused", "is refused", status -> is(status, "Accepted", "False"));
        AlertRule before = world.get("survives");
        AlertRule refusedBefore = world.get("survives-refused");
        Map<String, String> slotsBefore = slotVersions();

        world.stopOperator();
        world.startOperator();

        world.apply("after-restart", "expr: vector(1)");
        world.awaitStatus("after-restart", "fires", status -> status.state() == AlertRuleState.Firing);
        assertThat(world.get("survives").getMetadata().getResourceVersion())
                .isEqualTo(before.getMetadata().getResourceVersion());
        assertThat(world.get("survives-refused").getStatus()).isEqualTo(refusedBefore.getStatus());
        long changed = slotVersions().entrySet().stream()
                .filter(slot -> !slot.getValue().equals(slotsBefore.get(slot.getKey())))
                .count();
        assertThat(changed).as("only the slot of the new rule is written").isEqualTo(1);
    }

    @Test
    void aSlotThatSomeoneDeletesOrEditsComesBack() {
        world.apply("restored", "expr: vector(1)");
        world.awaitStatus("restored", "is settled", RuleLoopIT::firesAndIsSettled);
        ConfigMap slot = world.slots().stream()
                .filter(found -> found.getData().get("rules.yaml").contains("shop/restored"))
                .findFirst()
                .orElseThrow();
        Map<String, String> content = slot.getData();

        world.client().resource(slot).delete();

        await("the slot is back")
                .atMost(Duration.ofSeconds(10))
                .until(() ->
                        world.slots().stream().anyMatch(found -> found.getData().equals(content)));

        world.client()
                .configMaps()
                .inNamespace(RuleWorld.SYSTEM)
                .withName(slot.getMetadata().getName())
                .edit(found -> new ConfigMapBuilder(found)
                        .addToData("rules.yaml", "groups: []\n")
                        .build());

        await("the edit is undone")
                .atMost(Duration.ofSeconds(10))
                .until(() ->
                        world.slots().stream().anyMatch(found -> found.getData().equals(content)));
        await("both replicas run the rule").atMost(Duration.ofSeconds(10)).until(() -> isListed("restored"));
    }

    @Test
    void aReplicaThatComesLaterIsProvenTooAndNothingFlaps() {
        world.apply("steady", "expr: vector(1)");
        AlertRuleStatus before = world.awaitStatus("steady", "is settled", RuleLoopIT::firesAndIsSettled);
        String version = world.get("steady").getMetadata().getResourceVersion();

        world.node().replace("tocsin-evaluator-" + before.evaluator().shard(), 0);

        world.apply("steady-later", "expr: vector(1)");
        AlertRuleStatus later = world.awaitStatus(
                "steady-later",
                "is loaded",
                status -> is(status, "Loaded", "True") && status.state() == AlertRuleState.Firing);
        assertThat(message(later, "Loaded")).startsWith("2/2");
        AlertRule after = world.get("steady");
        assertThat(after.getStatus()).isEqualTo(before);
        assertThat(after.getMetadata().getResourceVersion())
                .as("the status of an untouched rule is not written")
                .isEqualTo(version);
    }

    @Test
    void goodRulesGoLiveBesideBadOnes() {
        List<String> good = IntStream.range(0, 100).mapToObj(i -> "good-" + i).toList();
        List<String> bad = IntStream.range(0, 10).mapToObj(i -> "bad-" + i).toList();

        good.forEach(name -> world.apply(name, "expr: vector(0) > 1"));
        bad.forEach(name -> world.apply(name, "expr: 'sum by (x'"));

        good.forEach(name -> world.awaitStatus(
                name, "is evaluated", status -> is(status, "Ready", "True") && is(status, "Evaluating", "True")));
        bad.forEach(name -> world.awaitStatus(name, "is refused", status -> is(status, "Accepted", "False")));
        assertThat(good.stream()
                        .map(name -> world.get(name).getStatus().evaluator().shard())
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("default-0", "default-1");
    }

    /** JOSDK 5.3.2 loses such an edit when a reconciler patches the status itself (docs/design, status writer). */
    @Test
    void anEditJustBeforeAStatusIsWrittenIsNotLost() {
        List<String> names = IntStream.range(0, 200).mapToObj(i -> "raced-" + i).toList();
        Set<String> raced = ConcurrentHashMap.newKeySet();
        world.beforeStatus(name -> {
            if (name.startsWith("raced-") && raced.add(name)) {
                world.apply(name, "expr: vector(0) > 2");
            }
        });

        names.parallelStream().forEach(name -> world.apply(name, "expr: vector(0) > 1"));

        names.forEach(name -> {
            AlertRuleStatus status = world.awaitStatus(
                    name,
                    "its second generation is loaded",
                    found -> Long.valueOf(2).equals(found.observedGeneration()) && is(found, "Loaded", "True"));
            assertThat(Objects.requireNonNull(status.evaluator()).generation()).isEqualTo(2);
        });
        assertThat(raced)
                .as("each was edited just before a write of its status")
                .containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void aStatusIsNotWrittenForAValueThatMoves() {
        world.apply("moves", "expr: time() > 0");
        world.awaitStatus("moves", "is settled", RuleLoopIT::firesAndIsSettled);
        AtomicInteger writes = new AtomicInteger();
        world.beforeStatus(name -> {
            if (name.equals("moves")) {
                writes.incrementAndGet();
            }
        });

        await("it is evaluated five times and not written")
                .during(Duration.ofSeconds(5))
                .atMost(Duration.ofSeconds(7))
                .until(() -> writes.get() == 0);

        assertThat(world.get("moves").getStatus()).isNotNull();
    }

    /** Nothing of the status is still to come. */
    private static boolean firesAndIsSettled(AlertRuleStatus status) {
        return status.state() == AlertRuleState.Firing
                && is(status, "Ready", "True")
                && is(status, "Evaluating", "True");
    }

    private boolean isListed(String rule) {
        return world.node().pods().stream().anyMatch(pod -> {
            try {
                return world.node().process(pod).get("/api/v1/rules").body().contains("\"shop/" + rule + "\"");
            } catch (IOException e) {
                return true;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private List<String> reasonsOf(String rule) {
        return world.client().events().v1().events().inNamespace(RuleWorld.TEAM).list().getItems().stream()
                .filter(event -> event.getRegarding().getName().equals(rule))
                .map(Event::getReason)
                .toList();
    }

    private Map<String, String> slotVersions() {
        return world.slots().stream()
                .collect(Collectors.toMap(
                        slot -> slot.getMetadata().getName(),
                        slot -> slot.getMetadata().getResourceVersion()));
    }
}
