package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * What has become of the newest test notification.
 *
 * @param value of the annotation {@link ContactPoint#TEST_ANNOTATION}, at most {@link #MAX_VALUE_LENGTH} characters
 * @param at RFC 3339 time: while it is pending, when it was handed to Alertmanager, null before; then of the result
 * @param message at most {@link #MAX_MESSAGE_LENGTH} characters
 */
public record TestStatus(
        @JsonPropertyDescription("The annotation's value that asked for it.") @Required @Size(max = MAX_VALUE_LENGTH)
        String value,

        @JsonPropertyDescription(
                "Pending: waits, or is being sent. Sent: every receiver has taken it. Failed: a receiver"
                        + " has not. Unknown: a restart came in between.")
        @Required
        TestState state,

        @JsonPropertyDescription("When it was handed to the Alertmanager; then, when its result was known.") @Nullable
        String at,

        @JsonPropertyDescription("What it waits for, or what has become of it receiver by receiver.")
        @Size(max = MAX_MESSAGE_LENGTH)
        @Nullable
        String message) {
    /** Characters of the annotation's value that count. */
    public static final int MAX_VALUE_LENGTH = 256;

    /** Characters after which a message must be cut. */
    public static final int MAX_MESSAGE_LENGTH = 4096;
}
