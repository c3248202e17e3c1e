package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One alert of a rule, as the evaluator reports it.
 *
 * @param labels the alert's labels without alertname and those that Tocsin adds; at most {@link #MAX_LABELS}, values
 *     cut to {@link #MAX_LABEL_VALUE_LENGTH} characters
 * @param value the expression's value at the last evaluation, as the engine prints it
 * @param activeAt RFC 3339 time at which the expression began to hold
 * @param contactPoints namespace/name of those that are told of it now, at most
 *     {@link AlertRuleStatus#MAX_CONTACT_POINTS}; null when none is
 * @param heldBack why Alertmanager keeps it back; null when it does not
 */
public record AlertInstance(
        @JsonPropertyDescription("Pending: waits for spec.for. Firing: is being notified.") @Required
        AlertState state,

        @JsonPropertyDescription("The alert's labels, without alertname and those that Tocsin adds.")
        @Size(max = MAX_LABELS)
        @Nullable
        Map<String, @Size(max = MAX_LABEL_VALUE_LENGTH) String> labels,

        @JsonPropertyDescription("The expression's value at the last evaluation.") @Size(max = 64) @Nullable
        String value,

        @JsonPropertyDescription("When the expression began to hold.") @Nullable
        String activeAt,

        @JsonPropertyDescription("Where it is being sent, as namespace/name of ContactPoints.")
        @Size(max = AlertRuleStatus.MAX_CONTACT_POINTS)
        @Nullable
        List<@Size(max = 317) String> contactPoints,

        @JsonPropertyDescription("Why its notification is kept back, as the Alertmanager says; absent when it is not."
                + " Silenced: by a silence. Inhibited: by another alert. Muted: by a mute timing or outside of the active"
                + " ones, for those contact points that are not in contactPoints.")
        @Size(max = 3)
        @Nullable
        List<Hold> heldBack) {
    /** Most labels that the status shows of one alert: with it, the longest status stays far below 1 MiB. */
    public static final int MAX_LABELS = 32;

    /** Characters after which a label's value is cut in the status. */
    public static final int MAX_LABEL_VALUE_LENGTH = 256;
}
