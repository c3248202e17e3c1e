package dev.tocsin.operator;

import static dev.tocsin.operator.RuleWorld.is;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.engines.SlowDatasource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * For longer than the engine's alerts last nobody can tell whether they are over: vmalert (v1.150.0) sends nothing of a
 * rule whose evaluation fails or does not end, and four intervals later Alertmanager would take its alerts for resolved.
 */
@Tag("integration")
class DatasourceOutageIT {
    private static final AtomicInteger ADDRESSES = new AtomicInteger(2);
    private static final Duration INTERVAL = Duration.ofSeconds(3);
    private static final Duration LONGER_THAN_ALERTS_LAST = INTERVAL.multipliedBy(6);

    /** One by itself, and so many together that they are asked for together. */
    private static final List<String> RULES =
            IntStream.range(0, 12).mapToObj(i -> "rule-" + i).toList();

    private static final String QUOTA = "quotas: {alertsPerRule: 3}";
    private static final List<String> MORE = List.of("outage{a=\"1\"}", "outage{a=\"2\"}", "outage{a=\"3\"}");

    /** What happens, and how it ends. */
    enum Outage {
        DatasourceRefuses(Duration.ZERO) {
            @Override
            void begin(RuleWorld world, SlowDatasource datasource) {
                datasource.away(true);
                RULES.forEach(name ->
                        world.awaitStatus(name, "its evaluation fails", status -> is(status, "Evaluating", "False")));
            }

            @Override
            void end(RuleWorld world, SlowDatasource datasource) {
                datasource.away(false);
            }
        },
        DatasourceDoesNotAnswer(Duration.ZERO) {
            @Override
            void begin(RuleWorld world, SlowDatasource datasource) {
                datasource.hang();
            }

            @Override
            void end(RuleWorld world, SlowDatasource datasource) {
                datasource.hangNoMore();
            }
        },
        /** The engine forgets the alerts of a rule that has more than one may have, and so never tells that they are over. */
        TooManyAlerts(FailureAlerts.Timing.DEFAULT.lasts()) {
            @Override
            void begin(RuleWorld world, SlowDatasource datasource) {
                MORE.forEach(series -> world.sample(series, 1));
                RULES.forEach(name -> world.awaitStatus(
                        name,
                        "its evaluation fails",
                        status -> is(status, "Evaluating", "False")
                                && RuleWorld.message(status, "Evaluating").contains("limit of 3 with 4 alerts")));
            }

            @Override
            void end(RuleWorld world, SlowDatasource datasource) {
                MORE.forEach(series -> world.sample(series, 0));
            }
        },
        /** New ones never had the alerts: what is over ends when it is kept no more. */
        EvaluatorsAreGone(FailureAlerts.Timing.DEFAULT.lasts()) {
            @Override
            void begin(RuleWorld world, SlowDatasource datasource) {
                world.node().pods().forEach(world.node()::kill);
            }

            @Override
            void end(RuleWorld world, SlowDatasource datasource) {
                IntStream.range(0, 2).forEach(i -> world.node().replace("tocsin-evaluator-default-0", i));
            }
        };

        private final Duration keptFor;

        /** @param keptFor how long after its end alerts are kept that the engine does not know */
        Outage(Duration keptFor) {
            this.keptFor = keptFor;
        }

        abstract void begin(RuleWorld world, SlowDatasource datasource);

        abstract void end(RuleWorld world, SlowDatasource datasource);

        /** How long after its end it takes until those are told who are told that alerts are over. */
        Duration toldWithin() {
            return keptFor.plusSeconds(20);
        }
    }

    private interface Story {
        void tell(RuleWorld world, SlowDatasource datasource, CaptureServer receiver) throws Exception;
    }

    /** In a world with a datasource that can fail, whose alerts are each told to the receiver. */
    private static void inAWorld(Path folder, Story story) throws Exception {
        String ip = "127.78.0." + ADDRESSES.getAndIncrement();
        AtomicReference<SlowDatasource> datasource = new AtomicReference<>();
        try (CaptureServer receiver = new CaptureServer();
                RunningAlertmanager _ = RunningAlertmanager.tellingEach(folder, receiver.url("/told"), ip + ":9093");
                RuleWorld world = new RuleWorld(folder, "http://" + ip + ":9093", "shards: 1", QUOTA, behind -> {
                    datasource.set(new SlowDatasource(behind));
                    return datasource.get().url();
                })) {
            world.foundAlertmanager(ip);
            story.tell(world, datasource.get(), receiver);
        } finally {
            datasource.get().close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatFiresGoesOnFiringUntilItIsKnownToBeOver(Outage outage, @TempDir Path folder) throws Exception {
        inAWorld(folder, (world, datasource, receiver) -> {
            RULES.forEach(name -> world.apply(
                    name, "expr: last_over_time(outage[1h]) > 0\ninterval: %ds".formatted(INTERVAL.toSeconds())));
            world.sample("outage", 1);
            await("all are told as firing")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> told(receiver).keySet().containsAll(RULES));

            outage.begin(world, datasource);
            await("nothing is told for longer than the engine's alerts last")
                    .during(LONGER_THAN_ALERTS_LAST)
                    .atMost(LONGER_THAN_ALERTS_LAST.plus(INTERVAL))
                    .until(() -> told(receiver).values().stream().allMatch(List.of("firing")::equals));

            world.sample("outage", 0);
            outage.end(world, datasource);
            await("all are told as resolved")
                    .atMost(outage.toldWithin())
                    .untilAsserted(
                            () -> assertThat(told(receiver).values()).containsOnly(List.of("firing", "resolved")));
        });
    }

    /** The other evaluates the rule, and tells of its alerts. */
    @Test
    void aRuleHasFailedOnceItFailsOnEveryReplica(@TempDir Path folder) throws Exception {
        inAWorld(folder, (world, datasource, receiver) -> {
            world.apply("rule", """
                    queries: [{name: load, expr: "last_over_time(load[1h])", instant: true}]
                    expressions: [{name: high, threshold: {input: load, above: 3}}]
                    noData: OK
                    condition: high
                    interval: 1s
                    """);
            world.sample("load", 5);
            await("it is told as firing")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> told(receiver, "alertname").containsKey("rule"));
            List<String> replicas = world.node().pods();

            datasource.refuse(replicas.getFirst());
            world.awaitStatus("rule", "a replica fails", status -> is(status, "Evaluating", "False"));
            await("nothing is told of that")
                    .during(Duration.ofSeconds(6))
                    .atMost(Duration.ofSeconds(8))
                    .untilAsserted(
                            () -> assertThat(told(receiver, "alertname")).isEqualTo(Map.of("rule", List.of("firing"))));
            assertThat(world.get("rule").getStatus().state()).isEqualTo(AlertRuleState.Firing);

            datasource.refuse(replicas.getLast());
            await("the failure is told")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> told(receiver, "alertname")
                            .equals(Map.of("rule", List.of("firing"), "DatasourceError", List.of("firing"))));
        });
    }

    private static Map<String, List<String>> told(CaptureServer receiver) {
        return told(receiver, "tocsin_rule");
    }

    /**
     * How each alert was told, by a label of it, in order. The operator reloads this Alertmanager again and again, as its
     * configuration is not the operator's: a notification that this cuts off comes once more, which does not count here.
     */
    private static Map<String, List<String>> told(CaptureServer receiver, String label) {
        Map<String, List<String>> told = new HashMap<>();
        for (CaptureServer.Request request : receiver.requests()) {
            for (JsonNode alert :
                    Serialization.unmarshal(request.body(), JsonNode.class).get("alerts")) {
                List<String> statuses =
                        told.computeIfAbsent(alert.get("labels").get(label).asText(), name -> new ArrayList<>());
                String status = alert.get("status").asText();
                if (statuses.isEmpty() || !statuses.getLast().equals(status)) {
                    statuses.add(status);
                }
            }
        }
        return told;
    }
}
