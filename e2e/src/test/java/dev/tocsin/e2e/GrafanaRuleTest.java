package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules in Grafana's form: their alerts, and those of missing data and of errors, go through the team's own policy. */
class GrafanaRuleTest extends ClusterTest {
    private final Team team = team("grafana");

    @BeforeAll
    void deliver() {
        team.delivers();
    }

    @Test
    void aThresholdFiresWithItsLabelsAndResolves() {
        samples.set(team, "load", 1);
        team.rule("load", """
                alert: Load
                queries: [{name: A, expr: '%s', instant: true}]
                expressions: [{name: C, threshold: {input: A, above: 10}}]
                condition: C
                labels: {severity: page}
                """.formatted(Samples.series(team, "load")));
        team.await(
                AlertRule.class,
                "load",
                "is evaluated",
                rule -> Status.is(rule, "Evaluating", "True") && Status.is(rule, AlertRuleState.Inactive));

        samples.set(team, "load", 20);

        team.await(AlertRule.class, "load", "fires", rule -> Status.is(rule, AlertRuleState.Firing));
        team.awaitNotified(15, "load", "firing");
        assertThat(receiver.alerts(team.path()))
                .filteredOn(alert -> alert.isOf(team.namespace(), "load"))
                .allSatisfy(alert -> assertThat(alert.labels())
                        .containsEntry("alertname", "Load")
                        .containsEntry("severity", "page"));

        samples.set(team, "load", 1);

        team.awaitNotified(30, "load", "resolved");
    }

    @Test
    void missingDataIsAStateAndAnAlertOfItsOwn() {
        team.rule("missing", """
                alert: Missing
                queries: [{name: A, expr: 'no_such_metric', instant: true}]
                expressions: [{name: C, threshold: {input: A, above: 10}}]
                condition: C
                noData: NoData
                labels: {severity: page}
                """);

        team.await(AlertRule.class, "missing", "has no data", rule -> Status.is(rule, AlertRuleState.NoData));
        isTold("missing", "DatasourceNoData");
    }

    @Test
    void aQueryThatFailsIsAStateAndAnAlertOfItsOwnUntilItWorks() {
        samples.set(team, List.of("one", "two"), 1);
        String several = "e2e_value{series=~\"%s/(one|two)\"}".formatted(team.namespace());
        team.rule("fails", failing(several + " * on() " + several));

        team.await(AlertRule.class, "fails", "fails", rule -> Status.is(rule, AlertRuleState.Error));
        isTold("fails", "DatasourceError");

        team.rule("fails", failing(several));

        team.await(AlertRule.class, "fails", "works", rule -> Status.is(rule, AlertRuleState.Inactive));
        team.awaitNotified(60, "fails", "resolved");
    }

    private static String failing(String expression) {
        return """
                alert: Fails
                queries: [{name: A, expr: 'sum(%s)', instant: true}]
                expressions: [{name: C, threshold: {input: A, above: 10}}]
                condition: C
                onError: Error
                labels: {severity: page}
                """.formatted(expression);
    }

    private void isTold(String rule, String alertname) {
        within(30, alertname + " of " + rule + " at the receiver")
                .untilAsserted(() -> assertThat(receiver.alerts(team.path()))
                        .anyMatch(alert -> alert.is("firing")
                                && alert.isOf(team.namespace(), rule)
                                && alertname.equals(alert.labels().get("alertname"))
                                && "page".equals(alert.labels().get("severity"))));
    }
}
