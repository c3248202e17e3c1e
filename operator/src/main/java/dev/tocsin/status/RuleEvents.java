package dev.tocsin.status;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.EvaluatorStatus;
import dev.tocsin.compile.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a change of status is worth telling as a Kubernetes Event: a generation is refused or loaded, an evaluation error
 * begins and ends. Never one per evaluation: events come from changes of conditions.
 */
public final class RuleEvents {
    private RuleEvents() {}

    /**
     * An event about one AlertRule.
     *
     * @param warning type Warning, else Normal
     */
    public record RuleEvent(ObjectKey rule, String uid, boolean warning, String reason, String message) {
        static final String KIND = AlertRule.class.getSimpleName();
    }

    /** The events of one change of status. */
    public static List<RuleEvent> between(
            ObjectKey rule, String uid, @Nullable AlertRuleStatus before, AlertRuleStatus after) {
        List<RuleEvent> result = new ArrayList<>();
        Optional<Condition> accepted = condition(after, AlertRuleStatusFactory.ACCEPTED);
        if (accepted.filter(RuleEvents::isFalse).isPresent()
                && !accepted.map(Condition::message)
                        .equals(condition(before, AlertRuleStatusFactory.ACCEPTED)
                                .filter(RuleEvents::isFalse)
                                .map(Condition::message))) {
            result.add(new RuleEvent(
                    rule, uid, true, accepted.get().reason(), accepted.get().message()));
        }
        EvaluatorStatus evaluator = after.evaluator();
        condition(after, AlertRuleStatusFactory.LOADED)
                .filter(loaded -> loaded.status().equals("True") && evaluator != null)
                .filter(loaded -> !AlertRuleStatusFactory.saysLoaded(before, generation(evaluator)))
                .ifPresent(loaded -> result.add(new RuleEvent(
                        rule,
                        uid,
                        false,
                        "Loaded",
                        "generation " + generation(evaluator) + " is loaded on " + loaded.message())));
        Optional<Condition> evaluating = condition(after, AlertRuleStatusFactory.EVALUATING);
        boolean failedBefore = fails(before);
        if (fails(after) && !failedBefore) {
            result.add(new RuleEvent(
                    rule,
                    uid,
                    true,
                    "EvaluationFailed",
                    evaluating.map(Condition::message).orElse("")));
        }
        if (failedBefore
                && evaluating.filter(now -> now.status().equals("True")).isPresent()) {
            result.add(new RuleEvent(rule, uid, false, "EvaluationRecovered", "evaluated without error again"));
        }
        return result;
    }

    private static long generation(@Nullable EvaluatorStatus evaluator) {
        return evaluator == null || evaluator.generation() == null ? 0 : evaluator.generation();
    }

    private static boolean fails(@Nullable AlertRuleStatus status) {
        return condition(status, AlertRuleStatusFactory.EVALUATING)
                .filter(condition -> condition.reason().equals("EvaluationFailed"))
                .isPresent();
    }

    private static boolean isFalse(Condition condition) {
        return condition.status().equals("False");
    }

    private static Optional<Condition> condition(@Nullable AlertRuleStatus status, String type) {
        return status == null ? Optional.empty() : Conditions.find(status.conditions(), type);
    }
}
