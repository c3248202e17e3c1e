package dev.tocsin.operator;

import static dev.tocsin.operator.RuleWorld.is;
import static dev.tocsin.operator.RuleWorld.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.publish.AlertmanagerAlerts;
import dev.tocsin.publish.Replica;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules with queries on the whole way: API server, operator, vmalert, VictoriaMetrics and Alertmanager are real. */
@Tag("integration")
class RuleWithQueriesIT {
    private static RuleWorld world;
    private static RunningAlertmanager alertmanager;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        world = new RuleWorld(folder);
        String ip = "127.78.0.1";
        alertmanager = RunningAlertmanager.start(
                Files.createDirectory(folder.resolve("alertmanager")),
                "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n",
                ip + ":9093");
        world.foundAlertmanager(ip);
    }

    @AfterAll
    static void stop() {
        world.close();
        alertmanager.close();
    }

    @Test
    void aRuleWithoutDataSaysSoUntilThereAreDataAndAnInstanceOfItFires() {
        world.apply("nodata", """
            queries: [{name: load, expr: 'load_of_queries', range: 5s, step: 1s}]
            expressions:
            - {name: last, reduce: {input: load, function: last}}
            - {name: high, threshold: {input: last, above: 3}}
            condition: high
            """);

        AlertRuleStatus without = world.awaitStatus(
                "nodata", "no data", status -> status.state() == AlertRuleState.NoData && is(status, "Ready", "True"));
        world.sample("load_of_queries{instance=\"a\"}", 5);
        AlertRuleStatus with = world.awaitStatus("nodata", "fires", status -> status.state() == AlertRuleState.Firing);

        assertThat(without.alerts())
                .singleElement()
                .satisfies(alert -> assertThat(alert.labels())
                        .containsEntry("alertname", "DatasourceNoData")
                        .containsEntry("rulename", "nodata")
                        .containsEntry("datasource_uid", "default")
                        .containsEntry("ref_id", "load"));
        assertThat(with.alerts()).anySatisfy(alert -> {
            assertThat(alert.labels()).containsEntry("instance", "a");
            assertThat(alert.value()).isEqualTo("5");
        });
        world.awaitStatus(
                "nodata",
                "no data again, when the sample is older than the range",
                status -> status.state() == AlertRuleState.NoData);
    }

    @Test
    void aQueryThatTheEngineDoesNotKnowIsRefusedByItsField() {
        world.apply("typo", """
            queries:
            - {name: A, expr: vector(1), instant: true}
            - {name: B, expr: 'sum(up', instant: true}
            condition: A
            """);

        AlertRuleStatus status = world.awaitStatus("typo", "refused", now -> is(now, "Accepted", "False"));

        assertThat(status.reason()).isEqualTo("InvalidExpression");
        assertThat(message(status, "Accepted")).startsWith("spec.queries[1].expr: ");
    }

    @Test
    void whatCannotBeDoneExactlyIsRefusedWithTheReason() {
        world.apply("recovery", """
            queries: [{name: A, expr: vector(1), instant: true}]
            expressions: [{name: B, threshold: {input: A, above: 0.9, recoverBelow: 0.8}}]
            condition: B
            """);

        AlertRuleStatus status = world.awaitStatus("recovery", "refused", now -> is(now, "Accepted", "False"));

        assertThat(message(status, "Accepted"))
                .startsWith("spec.expressions[0].threshold.recoverBelow: needs a datasource");
    }

    @Test
    void aJoinThatItsDimensionsDoNotDescribeFailsAloud() {
        world.sample("wide_of_queries{instance=\"a\",zone=\"x\"}", 1);
        world.sample("wide_of_queries{instance=\"a\",zone=\"y\"}", 1);
        world.apply("wide", "expr: wide_of_queries");
        world.awaitStatus(
                "wide",
                "both samples can be asked for",
                status -> status.state() == AlertRuleState.Firing
                        && status.alerts() != null
                        && status.alerts().size() == 2);
        world.apply("dimensions", """
            queries:
            - {name: A, expr: wide_of_queries, instant: true, dimensions: [instance]}
            - {name: B, expr: sum by (instance) (wide_of_queries), instant: true}
            expressions: [{name: C, math: "$A > $B"}]
            condition: C
            """);

        AlertRuleStatus status =
                world.awaitStatus("dimensions", "evaluation fails", now -> is(now, "Evaluating", "False"));

        assertThat(status.state()).isEqualTo(AlertRuleState.Error);
        assertThat(message(status, "Evaluating")).contains("duplicate");
        await("Alertmanager is told of the error")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(told("dimensions"))
                        .singleElement()
                        .satisfies(alert -> assertThat(alert.labels())
                                .containsEntry("alertname", "DatasourceError")
                                .containsEntry("rulename", "dimensions")
                                .containsEntry("datasource_uid", "default"))
                        .satisfies(alert ->
                                assertThat(alert.annotations().get("Error")).contains("duplicate")));

        world.apply("dimensions", """
            queries: [{name: A, expr: vector(0), instant: true}]
            condition: A
            """);

        await("and that it is over, before the alert would end by itself")
                .atMost(Duration.ofSeconds(30))
                .until(() -> told("dimensions").isEmpty());
    }

    private static List<AlertmanagerAlerts.Alert> told(String rule) throws Exception {
        return new AlertmanagerAlerts(HttpClient.newHttpClient())
                .of(
                        new Replica("alertmanager", "alertmanager-0", "uid", alertmanager.url()),
                        new ObjectKey(RuleWorld.TEAM, rule));
    }
}
