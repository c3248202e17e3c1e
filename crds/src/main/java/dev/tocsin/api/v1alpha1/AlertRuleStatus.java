package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Tocsin reports of one AlertRule. Longer texts and lists are refused by the API server: the writer cuts them.
 *
 * @param since RFC 3339 time at which state last changed
 * @param alerts at most {@link #MAX_ALERTS}, oldest firing first
 * @param contactPoints namespace/name, at most {@link #MAX_CONTACT_POINTS}
 * @param heldBack null when no firing alert is kept back
 * @param reason the reason of the condition that keeps the rule from being ready, null when it is ready
 */
@JsonClassDescription("What Tocsin reports of the rule. Written by the operator alone.")
public record AlertRuleStatus(
        @JsonPropertyDescription(
                "The generation of the object that the conditions speak of; -1 until the operator has seen" + " it.")
        @Min(-1)
        @Nullable
        Long observedGeneration,

        @JsonPropertyDescription(
                "What the rule is doing now. Firing: at least one alert fires. Pending: at least one alert waits for"
                        + " spec.for. Inactive: nothing holds. NoData: the expression's selectors match nothing. Error:"
                        + " the evaluation fails. Paused: spec.paused. Unknown: not known yet.")
        @Nullable
        AlertRuleState state,

        @JsonPropertyDescription("Number of alerts that fire.") @Min(0) @Nullable
        Integer firing,

        @JsonPropertyDescription("Number of alerts that wait for spec.for.") @Min(0) @Nullable
        Integer pending,

        @JsonPropertyDescription("When state last changed.") @Nullable
        String since,

        @JsonPropertyDescription("The alerts themselves, at most 10, those that have fired longest first.")
        @Size(max = MAX_ALERTS)
        @Nullable
        List<AlertInstance> alerts,

        @JsonPropertyDescription("Where the rule is evaluated.") @Nullable
        EvaluatorStatus evaluator,

        @JsonPropertyDescription("Where the firing alerts are being sent, as namespace/name of ContactPoints.")
        @Size(max = MAX_CONTACT_POINTS)
        @Nullable
        List<@Size(max = 317) String> contactPoints,

        @JsonPropertyDescription("How many firing alerts are silenced, inhibited or muted; absent when none is.")
        @Nullable
        HeldBack heldBack,

        @JsonPropertyDescription(
                "Why the rule is not ready, in one word; absent when it is ready. The conditions say more.")
        @Size(max = 1024)
        @Nullable
        String reason,

        @JsonPropertyDescription(
                "Ready: accepted, loaded on every replica and evaluating without error; never about firing. Accepted:"
                        + " the object itself is fine. Loaded: this generation is proven to be loaded. Evaluating: False"
                        + " carries the engine's own error. Routed: False when alerts reach no contact point.")
        @Size(max = 16)
        @Nullable
        List<Condition> conditions) {
    /** Most alerts that the status lists. */
    public static final int MAX_ALERTS = 10;

    /** Most contact points that the status lists. */
    public static final int MAX_CONTACT_POINTS = 32;
}
