package dev.tocsin.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.observe.SeenAlert;
import dev.tocsin.observe.SentTo;
import dev.tocsin.status.RuleFacts.Evaluation;
import dev.tocsin.status.RuleFacts.Live;
import dev.tocsin.status.RuleFacts.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is reported of a rule while no replica that is there has evaluated it. */
class LastKnownStateTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant LATER = NOW.plus(Duration.ofMinutes(3));
    private static final SeenAlert FIRING = new SeenAlert(true, Map.of("route", "/pay"), "3", NOW);
    private static final Evaluation EVALUATED = new Evaluation(true, "", false, 2, 2);
    private static final Evaluation NOT_YET_EVALUATED = new Evaluation(false, "", false, 2, 2);

    @Test
    void newReplicasThatHaveNotEvaluatedARuleYetChangeNothing() {
        AlertRuleStatus before = status(facts(1, EVALUATED, List.of(FIRING)), null, NOW);

        AlertRuleStatus after = status(facts(1, NOT_YET_EVALUATED, List.of()), before, LATER);

        assertThat(after).isEqualTo(before);
    }

    @Test
    void aReplicaOfWhichOnlyTheAlertsAreKnownYetChangesNothing() {
        AlertRuleStatus before = status(facts(1, EVALUATED, List.of(FIRING)), null, NOW);

        AlertRuleStatus after = status(facts(1, NOT_YET_EVALUATED, List.of(FIRING)), before, LATER);

        assertThat(after).isEqualTo(before);
    }

    @Test
    void whenNoReplicaAnswersTheLastKnownStateStaysAndTheConditionSaysSo() {
        AlertRuleStatus before = status(facts(1, EVALUATED, List.of(FIRING)), null, NOW);

        AlertRuleStatus after = status(facts(1, new Evaluation(false, "", false, 0, 2), List.of()), before, LATER);

        assertThat(after.state()).isEqualTo(AlertRuleState.Firing);
        assertThat(after.firing()).isEqualTo(1);
        assertThat(after.alerts()).isEqualTo(before.alerts());
        assertThat(after.contactPoints()).isEqualTo(before.contactPoints());
        assertThat(after.since()).isEqualTo(before.since());
        assertThat(after.reason()).isEqualTo("EvaluatorUnreachable");
    }

    @Test
    void anEvaluationWithoutAlertsEndsTheFiring() {
        AlertRuleStatus before = status(facts(1, EVALUATED, List.of(FIRING)), null, NOW);

        AlertRuleStatus after = status(facts(1, EVALUATED, List.of()), before, LATER);

        assertThat(after.state()).isEqualTo(AlertRuleState.Inactive);
        assertThat(after.since()).isEqualTo(Conditions.timestamp(LATER));
    }

    @Test
    void whatIsKnownOfAnOlderGenerationIsNotSaidOfANewOne() {
        AlertRuleStatus before = status(facts(1, EVALUATED, List.of(FIRING)), null, NOW);

        AlertRuleStatus after = status(facts(2, NOT_YET_EVALUATED, List.of()), before, LATER);

        assertThat(after.state()).isEqualTo(AlertRuleState.Unknown);
    }

    private static AlertRuleStatus status(RuleFacts facts, AlertRuleStatus previous, Instant now) {
        return AlertRuleStatusFactory.status(facts, previous, now);
    }

    private static RuleFacts facts(long generation, Evaluation evaluation, List<SeenAlert> alerts) {
        return new RuleFacts(
                generation,
                new Standing.Accepted(),
                new Live(generation, "default-0", 2, 2, true),
                evaluation,
                alerts,
                true,
                null,
                alerts.isEmpty() ? null : new SentTo(List.of("shop/team"), List.of("shop/team"), false, Map.of()));
    }
}
