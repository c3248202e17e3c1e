package dev.tocsin.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.Verdict.Reason;
import dev.tocsin.observe.SeenAlert;
import dev.tocsin.status.RuleEvents.RuleEvent;
import dev.tocsin.status.RuleFacts.Evaluation;
import dev.tocsin.status.RuleFacts.Live;
import dev.tocsin.status.RuleFacts.Standing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is told in the life of a rule: each test is a row of facts as they come, one status after the other. */
class RuleEventsTest {
    private static final ObjectKey RULE = new ObjectKey("shop", "checkout-errors");
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Standing ACCEPTED = new Standing.Accepted();

    private static final Evaluation NONE = new Evaluation(false, "", false, 2, 2);
    private static final Evaluation GOOD = new Evaluation(true, "", false, 2, 2);
    private static final Evaluation SILENT = new Evaluation(true, "", false, 0, 2);
    private static final SeenAlert FIRING = new SeenAlert(true, Map.of(), "1", NOW);

    private final List<String> events = new ArrayList<>();
    private @Nullable AlertRuleStatus status;

    @Test
    void aNewRuleIsToldToBeLoadedOnce() {
        see(1, new Standing.Undecided(), null, NONE);
        see(1, ACCEPTED, publishing(1, 0), NONE);
        see(1, ACCEPTED, publishing(1, 1), NONE);
        see(1, ACCEPTED, loaded(1), NONE);
        see(1, ACCEPTED, loaded(1), GOOD);
        see(1, ACCEPTED, loaded(1), GOOD, FIRING);
        see(1, ACCEPTED, loaded(1), GOOD);

        assertThat(events).containsExactly("Normal Loaded: generation 1 is loaded on 2/2 replicas of default-0");
    }

    /** The status may be written first when all of it has happened. */
    @Test
    void aRuleThatIsLoadedWhenItIsFirstReportedIsToldToBeLoaded() {
        see(1, ACCEPTED, loaded(1), NONE);
        see(1, ACCEPTED, loaded(1), GOOD);

        assertThat(events).containsExactly("Normal Loaded: generation 1 is loaded on 2/2 replicas of default-0");
    }

    @Test
    void aRuleThatIsEvaluatedBeforeAllReplicasHaveItIsToldToBeLoadedOnce() {
        see(1, ACCEPTED, publishing(1, 1), NONE);
        see(1, ACCEPTED, publishing(1, 1), GOOD);
        see(1, ACCEPTED, loaded(1), GOOD);

        assertThat(events).containsExactly("Normal Loaded: generation 1 is loaded on 2/2 replicas of default-0");
    }

    @Test
    void firingAndPendingAreNoEvents() {
        see(1, ACCEPTED, loaded(1), GOOD);
        events.clear();

        see(1, ACCEPTED, loaded(1), GOOD, new SeenAlert(false, Map.of(), "1", NOW));
        see(1, ACCEPTED, loaded(1), GOOD, FIRING);
        see(1, ACCEPTED, loaded(1), GOOD);

        assertThat(events).isEmpty();
    }

    @Test
    void anEditIsToldToBeLoadedOnce() {
        see(1, ACCEPTED, publishing(1, 0), NONE);
        see(1, ACCEPTED, loaded(1), GOOD);
        events.clear();

        see(2, ACCEPTED, publishing(2, 0), NONE);
        see(2, ACCEPTED, loaded(2), NONE);
        see(2, ACCEPTED, loaded(2), GOOD);

        assertThat(events).containsExactly("Normal Loaded: generation 2 is loaded on 2/2 replicas of default-0");
    }

    @Test
    void aRefusedEditDoesNotTellAgainThatTheGenerationBeforeIsLoaded() {
        see(1, ACCEPTED, loaded(1), GOOD);
        events.clear();

        see(2, refused("spec.expr: one"), loaded(1), GOOD);

        assertThat(events).containsExactly("Warning InvalidExpression: spec.expr: one");
    }

    @Test
    void aRuleThatIsPausedIsToldToBeLoadedWhenItGoesOn() {
        see(1, ACCEPTED, loaded(1), GOOD);
        events.clear();

        see(2, new Standing.Paused(), null, NONE);
        see(3, ACCEPTED, publishing(3, 1), NONE);
        see(3, ACCEPTED, loaded(3), NONE);

        assertThat(events).containsExactly("Normal Loaded: generation 3 is loaded on 2/2 replicas of default-0");
    }

    @Test
    void aRefusalIsToldOnceAndAnotherOneAgain() {
        see(1, refused("spec.expr: one"), null, NONE);
        see(1, refused("spec.expr: one"), null, NONE);
        see(2, refused("spec.expr: one"), null, NONE);
        see(3, refused("spec.expr: two"), null, NONE);

        assertThat(events)
                .containsExactly(
                        "Warning InvalidExpression: spec.expr: one", "Warning InvalidExpression: spec.expr: two");
    }

    @Test
    void aRefusalAfterAnAcceptedEditIsToldAgain() {
        see(1, refused("spec.expr: one"), null, NONE);
        see(2, ACCEPTED, loaded(2), GOOD);
        events.clear();

        see(3, refused("spec.expr: one"), loaded(2), GOOD);

        assertThat(events).containsExactly("Warning InvalidExpression: spec.expr: one");
    }

    @Test
    void aFailingEvaluationIsToldWhenItBeginsAndWhenItEnds() {
        see(1, ACCEPTED, loaded(1), GOOD);
        events.clear();

        see(1, ACCEPTED, loaded(1), failing("first error"));
        see(1, ACCEPTED, loaded(1), failing("first error"));
        see(1, ACCEPTED, loaded(1), failing("another error"));
        see(1, ACCEPTED, loaded(1), GOOD);
        see(1, ACCEPTED, loaded(1), GOOD);

        assertThat(events)
                .containsExactly(
                        "Warning EvaluationFailed: first error",
                        "Normal EvaluationRecovered: evaluated without error again");
    }

    @Test
    void anEvaluatorThatFallsSilentHasNotRecovered() {
        see(1, ACCEPTED, loaded(1), failing("an error"));
        events.clear();

        see(1, ACCEPTED, loaded(1), SILENT);
        see(1, ACCEPTED, loaded(1), failing("an error"));

        assertThat(events).doesNotContain("Normal EvaluationRecovered: evaluated without error again");
    }

    @Test
    void pausingAFailingRuleIsNoRecovery() {
        see(1, ACCEPTED, loaded(1), failing("an error"));
        events.clear();

        see(2, new Standing.Paused(), null, NONE);

        assertThat(events).isEmpty();
    }

    @Test
    void anEditThatIsNotEvaluatedYetIsNoRecoveryAndItsErrorIsToldAnew() {
        see(1, ACCEPTED, loaded(1), failing("an error"));
        events.clear();

        see(2, ACCEPTED, publishing(2, 0), NONE);
        see(2, ACCEPTED, loaded(2), NONE);
        see(2, ACCEPTED, loaded(2), failing("an error"));

        assertThat(events)
                .containsExactly(
                        "Normal Loaded: generation 2 is loaded on 2/2 replicas of default-0",
                        "Warning EvaluationFailed: an error");
    }

    @Test
    void anEventIsAboutItsRule() {
        AlertRuleStatus after = AlertRuleStatusFactory.status(facts(1, ACCEPTED, loaded(1), GOOD), null, NOW);

        assertThat(RuleEvents.between(RULE, "uid-1", null, after))
                .containsExactly(new RuleEvent(
                        RULE, "uid-1", false, "Loaded", "generation 1 is loaded on 2/2 replicas of default-0"));
    }

    private void see(
            long generation, Standing standing, @Nullable Live live, Evaluation evaluation, SeenAlert... alerts) {
        AlertRuleStatus after =
                AlertRuleStatusFactory.status(facts(generation, standing, live, evaluation, alerts), status, NOW);
        if (!after.equals(status)) {
            RuleEvents.between(RULE, "uid", status, after)
                    .forEach(event -> events.add(
                            (event.warning() ? "Warning " : "Normal ") + event.reason() + ": " + event.message()));
        }
        status = after;
    }

    private static RuleFacts facts(
            long generation, Standing standing, @Nullable Live live, Evaluation evaluation, SeenAlert... alerts) {
        return new RuleFacts(generation, standing, live, evaluation, List.of(alerts), true, null, null);
    }

    private static Standing refused(String message) {
        return new Standing.Refused(new Verdict.Refused(Reason.InvalidExpression, message));
    }

    private static Evaluation failing(String error) {
        return new Evaluation(true, error, false, 2, 2);
    }

    private static Live publishing(long generation, int replicas) {
        return new Live(generation, "default-0", replicas, 2, false);
    }

    private static Live loaded(long generation) {
        return new Live(generation, "default-0", 2, 2, true);
    }
}
