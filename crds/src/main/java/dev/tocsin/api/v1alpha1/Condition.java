package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * A standard Kubernetes condition, with the limits of metav1.Condition.
 *
 * @param status True, False or Unknown
 * @param lastTransitionTime RFC 3339 time at which status last changed
 * @param message at most {@link #MAX_MESSAGE_LENGTH} characters
 */
public record Condition(
        @JsonPropertyDescription("What the condition is about. Example: Ready.")
        @Required
        @Size(max = 316)
        @Pattern(Syntax.CONDITION_TYPE)
        String type,

        @JsonPropertyDescription("Whether it holds: True, False or Unknown.") @Required
        String status,

        @JsonPropertyDescription("The generation of the object that the condition speaks of.") @Min(0) @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("When status last changed.") @Required
        String lastTransitionTime,

        @JsonPropertyDescription("Why, in one word for programs. Example: InvalidExpression.")
        @Required
        @Size(min = 1, max = 1024)
        @Pattern(Syntax.CONDITION_REASON)
        String reason,

        @JsonPropertyDescription("Why, in a sentence for people: what is wrong, where, and what to do.")
        @Required
        @Size(max = MAX_MESSAGE_LENGTH)
        String message) {
    /** Characters after which a message must be cut. */
    public static final int MAX_MESSAGE_LENGTH = 32768;
}
