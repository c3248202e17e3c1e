package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of the routing tree: the first child that matches takes the alert, unless it continues. */
public record Route(
        @JsonPropertyDescription(
                "The ContactPoint to notify: a name of the same namespace, or namespace/name of another one whose"
                        + " spec.allowFrom names this namespace. The root needs one; a nested route has its parent's by"
                        + " default. Example: team-shop.")
        @Size(min = 1, max = 317)
        @Pattern(Syntax.CONTACT_POINT)
        @Nullable
        String contactPoint,

        @JsonPropertyDescription(
                "Labels by which alerts are put together into one notification; [\"...\"] notifies each alert by"
                        + " itself. Default: the parent's; at the root the operator's. Example: [alertname, route].")
        @Size(max = 16)
        @ValidationRule(
                value = "!('...' in self) || self.size() == 1",
                message = "... stands for all labels; it must be the only item")
        @Nullable
        List<@Size(min = 1, max = 128) @Pattern(Syntax.GROUP_BY) String> groupBy,

        @JsonPropertyDescription(
                "How long a new group of alerts waits for more before its first notification. Default: the"
                        + " parent's; at the root the operator's. Example: 10s.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.DURATION)
        @Nullable
        String groupWait,

        @JsonPropertyDescription(
                "How long a group waits after a notification before it tells of new or resolved alerts."
                        + " Above zero. Default: the parent's; at the root the operator's. Example: 1m.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.POSITIVE_DURATION)
        @Nullable
        String groupInterval,

        @JsonPropertyDescription(
                "How long a group waits before it repeats a notification in which nothing changed. Above"
                        + " zero. Default: the parent's; at the root the operator's. Example: 4h.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.POSITIVE_DURATION)
        @Nullable
        String repeatInterval,

        @JsonPropertyDescription(
                "Which alerts the route takes: all matchers must hold. Default: none, it takes every alert.")
        @Size(max = 16)
        @Nullable
        List<Matcher> matchers,

        @JsonProperty("continue")
        @JsonPropertyDescription("True lets an alert that this route took go on to the routes that follow. Default:"
                + " false; at the root of a Cluster policy true.")
        @Nullable
        Boolean continueMatching,

        @JsonPropertyDescription(
                "Names of spec.muteTimings during which the route does not notify. Not passed on to nested"
                        + " routes. Default: none. Example: [nights].")
        @Size(max = 20)
        @Nullable
        List<@Size(min = 1, max = 63) @Pattern(Syntax.DNS_LABEL) String> muteTimings,

        @JsonPropertyDescription(
                "Names of spec.muteTimings outside of which the route does not notify. Not passed on to"
                        + " nested routes. Default: none, it always notifies. Example: [office-hours].")
        @Size(max = 20)
        @Nullable
        List<@Size(min = 1, max = 63) @Pattern(Syntax.DNS_LABEL) String> activeTimings,

        @JsonPropertyDescription("Nested routes, in order: the first that matches takes the alert. At most 8 levels of"
                + " them. Default: none.")
        @Size(max = 100)
        @Nullable
        List<Route> routes) {
    /** How many levels of routes may hang under the root. */
    public static final int DEPTH = 8;
}
