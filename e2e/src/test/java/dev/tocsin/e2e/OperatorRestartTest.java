package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OperatorRestartTest extends ClusterTest {
    private final Team editing = team("broken-edit");
    private final Team team = team("restart");

    @Test
    void aBrokenEditLeavesTheLastGoodGenerationRunningAlsoAfterARestartOfTheOperator() {
        long good = editing.rule("edited", "expr: vector(1)").getMetadata().getGeneration();
        editing.await(AlertRule.class, "edited", "fires", rule -> Status.is(rule, AlertRuleState.Firing));
        editing.awaitReady(AlertRule.class, "edited");
        long broken =
                editing.rule("edited", "expr: 'vector(1) > ('").getMetadata().getGeneration();
        AlertRule refused = editing.await(
                AlertRule.class,
                "edited",
                "is refused",
                rule -> Status.is(rule, "Accepted", "False", "InvalidExpression"));
        stillRuns(refused, good, broken);

        restart();

        stillRuns(editing.resource(AlertRule.class, "edited").get(), good, broken);
        editing.rule("edited", "expr: vector(2)");
        AlertRule mended = editing.awaitReady(AlertRule.class, "edited");
        assertThat(tocsin.expressionsOf(mended)).isNotEmpty().containsOnly("vector(2)");
    }

    private void stillRuns(AlertRule rule, long good, long broken) {
        assertThat(Status.message(rule, "Ready"))
                .startsWith(
                        "generation %d is refused; generation %d keeps running: spec.expr: ".formatted(broken, good))
                .contains("vector(1) > (");
        assertThat(Status.is(rule, "Loaded", "False", "PreviousGeneration")).isTrue();
        assertThat(rule.getStatus().evaluator().generation()).isEqualTo(good);
        assertThat(Status.is(rule, AlertRuleState.Firing)).isTrue();
        assertThat(tocsin.expressionsOf(rule)).hasSizeGreaterThan(1).containsOnly("vector(1)");
    }

    @Test
    void aRestartOfTheOperatorChangesNothingInTheEvaluatorsAndWritesNoStatus() {
        team.delivers();
        team.rule("firing", "expr: vector(1)");
        team.rule("quiet", "expr: vector(1) > 2");
        team.await(
                AlertRule.class,
                "firing",
                "is notified",
                rule -> Status.is(rule, AlertRuleState.Firing)
                        && List.of(team.namespace() + "/receiver")
                                .equals(rule.getStatus().contactPoints()));
        team.await(AlertRule.class, "quiet", "is evaluated", rule -> Status.is(rule, "Evaluating", "True"));
        team.awaitNotified(10, "firing", "firing");
        within(30, "the contact point says that notifications arrive")
                .until(() ->
                        Status.is(team.resource(ContactPoint.class, "receiver").get(), "Delivering", "True"));
        within(30, "the policy counts its alerts")
                .until(() -> team.resource(NotificationPolicy.class, "all")
                                .get()
                                .getStatus()
                                .alerts()
                        >= 1);
        Map<String, String> before = tocsin.published();
        List<String> objects = versions();

        restart();

        assertThat(tocsin.published()).isNotEmpty().isEqualTo(before);
        assertThat(versions()).isEqualTo(objects);
        assertThat(receiver.alerts(team.path())).noneMatch(alert -> alert.is("resolved"));
    }

    /** Changes with every write of a status. */
    private List<String> versions() {
        return List.of(
                version(AlertRule.class, "firing"),
                version(AlertRule.class, "quiet"),
                version(ContactPoint.class, "receiver"),
                version(NotificationPolicy.class, "all"));
    }

    private String version(Class<? extends HasMetadata> kind, String name) {
        return name + " " + team.resource(kind, name).get().getMetadata().getResourceVersion();
    }

    /** Returns when the new operator has gone through its work, so that whatever it would change has been changed. */
    private void restart() {
        tocsin.restartOperator();
        // A paused rule is in no evaluator: that it is seen shows that the operator works, and publishes nothing.
        String name = "paused-" + System.nanoTime();
        team.rule(name, "expr: vector(1)\npaused: true");
        team.await(AlertRule.class, name, "is seen", rule -> Status.is(rule, AlertRuleState.Paused));
        team.resource(AlertRule.class, name).delete();
    }
}
