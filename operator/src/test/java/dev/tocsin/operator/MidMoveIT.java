package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.RunningAlertmanager;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What comes in between while rules go to a new shard: their alerts are pending, so that each stands in its former home
 * and in its new one until it fires.
 */
@Tag("integration")
class MidMoveIT {
    private static final int FOR_SECONDS = 40;

    /** A slot has room for several rules with this. */
    private static final String SOME_TEXT = "s".repeat(2000);

    /** A slot has room for one rule with this and for no other. */
    private static final String TOO_MUCH_TEXT = IntStream.range(0, 8)
            .mapToObj(i -> "  text%d: %s%n".formatted(i, "t".repeat(7850)))
            .collect(Collectors.joining());

    @TempDir
    private Path folder;

    @Test
    void aRestartGoesOnWithMovesAnEditIsMadeInBothHomesAndADeletionEmptiesBoth() throws Exception {
        try (CaptureServer receiver = new CaptureServer();
                RunningAlertmanager alertmanager = RunningAlertmanager.tellingEach(folder, receiver.url("/told"));
                RuleWorld world = new RuleWorld(folder, alertmanager.url(), "shards: 1")) {
            List<String> names =
                    IntStream.range(0, 6).mapToObj(i -> "rule-" + i).toList();
            names.forEach(name -> world.apply(name, spec(name, "before")));
            names.forEach(name -> world.sample("on{name=\"" + name + "\"}", 1));
            names.forEach(
                    name -> world.awaitStatus(name, "pending", status -> status.state() == AlertRuleState.Pending));

            world.restartOperator("shards: 2");
            List<String> movers = within("half of the rules stand in two slots")
                    .until(() -> inTwoSlots(world, names), moving -> moving.size() == 3);

            world.stopOperator();
            world.startOperator();
            String edited = movers.get(0);
            String deleted = movers.get(1);
            String left = movers.get(2);
            world.apply(edited, spec(edited, "after"));
            world.delete(deleted);
            within("the edit stands in both homes")
                    .until(() -> slotsWith(world, "/" + edited + "\"", "after").count() == 2);
            within("the deleted one stands nowhere")
                    .until(() ->
                            slotsWith(world, "/" + deleted + "\"").findAny().isEmpty());
            assertThat(inTwoSlots(world, names))
                    .as("a restart does not end moves")
                    .containsExactlyInAnyOrder(edited, left);

            List<String> stay =
                    names.stream().filter(name -> !name.equals(deleted)).toList();
            await("all others fire")
                    .atMost(Duration.ofSeconds(FOR_SECONDS + 20))
                    .until(() -> told(receiver).keySet().containsAll(stay));
            within("each stands in one slot").until(() -> inTwoSlots(world, names), List::isEmpty);
            await("nothing more is told")
                    .during(Duration.ofSeconds(8))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> told(receiver).values().stream().allMatch(List.of("firing")::equals));
            assertThat(told(receiver)).containsOnlyKeys(stay);
            for (String name : List.of(edited, left)) {
                assertThat(world.get(name).getStatus().evaluator().shard())
                        .as("the shard of " + name)
                        .isNotEqualTo(world.get(stay.stream()
                                        .filter(other -> !movers.contains(other))
                                        .findFirst()
                                        .orElseThrow())
                                .getStatus()
                                .evaluator()
                                .shard());
            }
        }
    }

    @Test
    void aRuleThatOutgrowsItsSlotOrChangesItsDatasourceGoesOnWhereItHasRunAllTheTimeUntilItsNewHomeShowsItsAlert()
            throws Exception {
        try (CaptureServer receiver = new CaptureServer();
                RunningAlertmanager alertmanager = RunningAlertmanager.tellingEach(folder, receiver.url("/told"));
                RuleWorld world = new RuleWorld(folder, alertmanager.url(), "shards: 1")) {
            List<String> names =
                    IntStream.range(0, 6).mapToObj(i -> "rule-" + i).toList();
            names.forEach(name -> world.apply(name, spec(name, SOME_TEXT)));
            names.forEach(name -> world.sample("on{name=\"" + name + "\"}", 1));
            names.forEach(
                    name -> world.awaitStatus(name, "pending", status -> status.state() == AlertRuleState.Pending));
            Set<String> missed = new ConcurrentSkipListSet<>();
            Thread watch = Thread.startVirtualThread(() -> watch(world, names, missed));

            world.restartOperatorWithOtherDatasource("shards: 2");
            List<String> movers = within("half of the rules stand in two slots")
                    .until(() -> inTwoSlots(world, names), moving -> moving.size() == 3);
            String grown = movers.get(0);
            String changed = movers.get(1);
            String both = movers.get(2);
            world.apply(grown, spec(grown, SOME_TEXT) + TOO_MUCH_TEXT);
            world.apply(changed, spec(changed, SOME_TEXT) + "datasource: other\n");
            world.apply(both, spec(both, SOME_TEXT) + "datasource: other\n");
            within("the datasource is another one")
                    .until(() -> homes(world, changed).contains("other-0/0")
                            && homes(world, both).contains("other-0/0"));
            world.apply(both, spec(both, SOME_TEXT) + TOO_MUCH_TEXT + "datasource: other\n");
            within("each of them stands where it has run all the time and where it goes to, and nowhere else")
                    .untilAsserted(() -> {
                        assertThat(homes(world, grown)).containsExactly("default-0/0", "default-0/1");
                        assertThat(homes(world, changed)).containsExactly("default-0/0", "other-0/0");
                        assertThat(homes(world, both)).containsExactly("default-0/0", "other-0/1");
                    });

            await("all fire")
                    .atMost(Duration.ofSeconds(FOR_SECONDS + 20))
                    .until(() -> told(receiver).keySet().containsAll(names));
            await("each stands in one slot")
                    .atMost(Duration.ofSeconds(FOR_SECONDS + 40))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() ->
                            names.stream().allMatch(name -> homes(world, name).size() == 1));
            await("nothing more is told")
                    .during(Duration.ofSeconds(8))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> told(receiver).values().stream().allMatch(List.of("firing")::equals));
            watch.interrupt();
            watch.join();
            assertThat(missed).as("run by no evaluator at some time").isEmpty();
            assertThat(homes(world, grown)).containsExactly("default-0/1");
            assertThat(homes(world, changed)).containsExactly("other-0/0");
            assertThat(homes(world, both)).containsExactly("other-0/1");
            world.awaitStatus(
                    both,
                    "loaded",
                    status -> RuleWorld.is(status, "Ready", "True")
                            && Objects.equals(status.evaluator().shard(), "other-0"));
        }
    }

    /** Looks all the time whether each rule is run by somebody. */
    private static void watch(RuleWorld world, List<String> names, Set<String> missed) {
        try {
            while (true) {
                StringBuilder running = new StringBuilder();
                for (String pod : world.node().pods()) {
                    try {
                        running.append(
                                world.node().process(pod).get("/api/v1/rules").body());
                    } catch (IOException | NullPointerException gone) {
                        // It goes with its shard; its rules run elsewhere.
                    }
                }
                names.stream()
                        .filter(name -> running.indexOf("\"shop/" + name + "\"") < 0)
                        .forEach(missed::add);
                Thread.sleep(200);
            }
        } catch (InterruptedException e) {
            // The test is over.
        }
    }

    /** The slots in which a rule stands, as shard/slot. */
    private static List<String> homes(RuleWorld world, String name) {
        return slotsWith(world, "/" + name + "\"")
                .map(slot -> slot.getMetadata().getLabels().get("tocsin.dev/shard") + "/"
                        + slot.getMetadata().getName().replaceFirst(".*-", ""))
                .sorted()
                .toList();
    }

    private static String spec(String name, String summary) {
        return """
                expr: last_over_time(on{name="%s"}[1h]) > 0
                for: %ds
                annotations:
                  summary: "%s"
                """.formatted(name, FOR_SECONDS, summary);
    }

    private static List<String> inTwoSlots(RuleWorld world, List<String> names) {
        return names.stream()
                .filter(name -> slotsWith(world, "/" + name + "\"").count() == 2)
                .toList();
    }

    private static Stream<ConfigMap> slotsWith(RuleWorld world, String... texts) {
        return world.slots().stream()
                .filter(slot -> Stream.of(texts)
                        .allMatch(text -> slot.getData().values().stream().anyMatch(file -> file.contains(text))));
    }

    /** How each alert was told, in order. */
    private static Map<String, List<String>> told(CaptureServer receiver) {
        return receiver.requests().stream()
                .map(request -> Serialization.unmarshal(request.body(), JsonNode.class))
                .flatMap(message -> message.get("alerts").valueStream())
                .collect(Collectors.groupingBy(
                        alert -> alert.at("/labels/tocsin_rule").asText(),
                        Collectors.mapping(alert -> alert.get("status").asText(), Collectors.toList())));
    }

    private static ConditionFactory within(String what) {
        return await(what).atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(100));
    }
}
