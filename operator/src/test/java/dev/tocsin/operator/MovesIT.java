package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.RunningAlertmanager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What those who are notified see of moves: nothing. Runs only when asked for with {@code -Dmoves.alerts=40}, the number of
 * alerts of each of four kinds, since it takes minutes, and since on a machine with too much to do evaluators are late and
 * alerts expire for that reason. The last line that it prints begins with {@code alerts-harmed-by-moves}.
 */
@Tag("integration")
@EnabledIfSystemProperty(named = "moves.alerts", matches = "[1-9][0-9]*")
class MovesIT {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int ALERTS = Integer.getInteger("moves.alerts", 40);
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final int[] FOR_SECONDS = {0, 5, 15, 30, 50};
    private static final Pattern NAME = Pattern.compile("\"shop/([^\"]+)\"");

    /** How an alert was told. */
    private record Told(String status, Instant startsAt, Instant endsAt) {}

    /** When an alert was first active in any replica. */
    private final Map<String, Instant> activeSince = new ConcurrentHashMap<>();

    private final Set<String> missed = new CopyOnWriteArraySet<>();

    @Test
    void noAlertIsHarmedWhileShardsGoFromTwoToFiveToOneToThree(@TempDir Path folder) throws Exception {
        try (CaptureServer receiver = new CaptureServer();
                RunningAlertmanager alertmanager = RunningAlertmanager.tellingEach(folder, receiver.url("/told"));
                RuleWorld world = new RuleWorld(folder, alertmanager.url(), "shards: 2")) {
            List<String> names = IntStream.range(0, 4 * ALERTS)
                    .mapToObj(i -> "rule-%d-%d".formatted(i / ALERTS, i))
                    .toList();
            names.parallelStream()
                    .forEach(name -> world.apply(name, """
                            expr: last_over_time(on{name="%s"}[1h]) > 0
                            interval: %ds
                            for: %ds
                            """.formatted(name, INTERVAL.toSeconds(), forSeconds(name))));
            awaitShards(world, 2, names);
            Thread watch = Thread.ofVirtual().start(() -> watch(world, names));
            makeTrue(world, names, 0);
            await("all of the first kind fire")
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> told(receiver).keySet().containsAll(ofKind(names, 0)));

            makeTrue(world, names, 1);
            world.restartOperator("shards: 5");
            awaitShards(world, 5, names);
            makeTrue(world, names, 2);
            world.restartOperator("shards: 1");
            awaitShards(world, 1, names);
            makeTrue(world, names, 3);
            world.restartOperator("shards: 3");
            awaitShards(world, 3, names);
            await("all are told")
                    .atMost(Duration.ofMinutes(5))
                    .until(() -> told(receiver).keySet().containsAll(names));
            await("nothing is told later, though every alert of a former shard has expired")
                    .during(INTERVAL.multipliedBy(6))
                    .atMost(INTERVAL.multipliedBy(8))
                    .until(() -> told(receiver).size() == names.size());
            watch.interrupt();
            watch.join();

            Map<String, List<Told>> told = told(receiver);
            List<String> resolved = harmed(
                    told, all -> all.stream().anyMatch(one -> one.status().equals("resolved")));
            List<String> repeated = harmed(told, all -> all.size() > 1);
            List<String> late = names.stream()
                    .filter(name -> told.get(name).getFirst().startsAt().isAfter(latest(name)))
                    .toList();
            Set<String> harmed = new HashSet<>(missed);
            List.of(resolved, repeated, late).forEach(harmed::addAll);
            harmed.forEach(
                    name -> System.out.println(name + " active " + activeSince.get(name) + ", told " + told.get(name)));
            System.out.printf(
                    "alerts-harmed-by-moves %d {\"alerts\": %d, \"resolvedFalsely\": %d, \"toldTwice\": %d, \"late\": %d,"
                            + " \"missed\": %d}%n",
                    harmed.size(), names.size(), resolved.size(), repeated.size(), late.size(), missed.size());
            assertThat(resolved).as("told as resolved").isEmpty();
            assertThat(repeated).as("told more than once").isEmpty();
            assertThat(late).as("fired more than one interval late").isEmpty();
            assertThat(missed).as("run by no evaluator at some time").isEmpty();
        }
    }

    /** One interval after it should fire. */
    private Instant latest(String name) {
        return activeSince.get(name).plusSeconds(forSeconds(name)).plus(INTERVAL);
    }

    private static int forSeconds(String name) {
        return FOR_SECONDS[Integer.parseInt(name.substring(name.lastIndexOf('-') + 1)) % FOR_SECONDS.length];
    }

    private static List<String> ofKind(List<String> names, int kind) {
        return names.stream()
                .filter(name -> name.startsWith("rule-" + kind + "-"))
                .toList();
    }

    private static void makeTrue(RuleWorld world, List<String> names, int kind) {
        ofKind(names, kind).forEach(name -> world.sample("on{name=\"" + name + "\"}", 1));
    }

    private static List<String> harmed(Map<String, List<Told>> told, Predicate<List<Told>> how) {
        return told.entrySet().stream()
                .filter(entry -> how.test(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Map<String, List<Told>> told(CaptureServer receiver) {
        Map<String, List<Told>> result = new TreeMap<>();
        for (CaptureServer.Request request : receiver.requests()) {
            for (JsonNode alert : parse(request.body()).path("alerts")) {
                result.computeIfAbsent(alert.path("labels").path("tocsin_rule").asText(), name -> new ArrayList<>())
                        .add(new Told(
                                alert.path("status").asText(),
                                Instant.parse(alert.path("startsAt").asText()),
                                Instant.parse(alert.path("endsAt").asText())));
            }
        }
        return result;
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every shard has rules, every rule is in one place, and there are no other shards. */
    private static void awaitShards(RuleWorld world, int shards, List<String> names) {
        await(shards + " shards, and nothing moves")
                .atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    List<String> placed = world.slots().stream()
                            .flatMap(slot -> slot.getData().get("index.json").lines())
                            .map(line -> parse(line).path("name").asText())
                            .toList();
                    assertThat(placed).containsExactlyInAnyOrderElementsOf(names);
                    Set<String> used = world.slots().stream()
                            .filter(slot -> !slot.getData().get("index.json").isEmpty())
                            .map(slot -> slot.getMetadata().getLabels().get("tocsin.dev/shard"))
                            .collect(Collectors.toSet());
                    assertThat(used).hasSize(shards);
                    assertThat(world.node().pods()).hasSize(2 * shards);
                });
    }

    private void seeActive(String alerts) {
        for (JsonNode alert : parse(alerts).path("data").path("alerts")) {
            activeSince.merge(
                    alert.path("labels").path("tocsin_rule").asText(),
                    OffsetDateTime.parse(alert.path("activeAt").asText()).toInstant(),
                    (one, other) -> one.isBefore(other) ? one : other);
        }
    }

    /** Looks all the time whether each rule is run by somebody. */
    private void watch(RuleWorld world, List<String> names) {
        try {
            while (true) {
                Set<String> running = new HashSet<>();
                for (String pod : world.node().pods()) {
                    try {
                        Matcher matcher = NAME.matcher(
                                world.node().process(pod).get("/api/v1/rules").body());
                        while (matcher.find()) {
                            running.add(matcher.group(1));
                        }
                        seeActive(
                                world.node().process(pod).get("/api/v1/alerts").body());
                    } catch (IOException | NullPointerException gone) {
                        // It goes with its shard; its rules run elsewhere.
                    }
                }
                names.stream().filter(name -> !running.contains(name)).forEach(missed::add);
                Thread.sleep(500);
            }
        } catch (InterruptedException e) {
            // The test is over.
        }
    }
}
