package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether one receiver's notifications arrive.
 *
 * @param name kind and position in the spec, for example slack/0
 * @param delivering null until a notification has been tried
 * @param since RFC 3339 time at which delivering last changed; null until a notification has been tried
 * @param sharedWith names of those of the same kind: Alertmanager v0.31.1 does not count them apart; null when alone
 * @param reason at most {@link #MAX_REASON_LENGTH} characters
 */
public record ReceiverStatus(
        @JsonPropertyDescription("Kind and position in spec.receivers. Example: slack/0.") @Required @Size(max = 64)
        String name,

        @JsonPropertyDescription("Whether its notifications arrive; absent until one has been tried.") @Nullable
        Boolean delivering,

        @JsonPropertyDescription("When delivering last changed.") @Nullable
        String since,

        @JsonPropertyDescription("The contact point's other receivers of this kind. The Alertmanager counts the"
                + " notifications of all of them together, so that each of them fails when one does. A test notification"
                + " tells them apart.")
        @Size(max = 32)
        @Nullable
        List<@Size(max = 64) String> sharedWith,

        @JsonPropertyDescription("Why they do not arrive, as the Alertmanager says.")
        @Size(max = MAX_REASON_LENGTH)
        @Nullable
        String reason) {
    /** Characters after which a reason must be cut. */
    public static final int MAX_REASON_LENGTH = 1024;
}
