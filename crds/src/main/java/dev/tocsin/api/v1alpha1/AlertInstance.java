package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One alert of a rule, as the evaluator reports it.
 *
 * @param labels the alert's labels without alertname and those that Tocsin adds; at most {@link #MAX_LABELS}, values
 *     cut to {@link #MAX_LABEL_VALUE_LENGTH} characters
 * @param value the expression's value at the last evaluation, as the engine prints it
 * @param activeAt RFC 3339 time at which the expression began to hold
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
        String activeAt) {
    /** Most labels that the status shows of one alert: with it, the longest status stays far below 1 MiB. */
    public static final int MAX_LABELS = 32;

    /** Characters after which a label's value is cut in the status. */
    public static final int MAX_LABEL_VALUE_LENGTH = 256;
}
