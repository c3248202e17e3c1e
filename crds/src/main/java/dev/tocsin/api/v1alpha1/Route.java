package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of the routing tree: the first child that matches takes the alert, unless it continues. */
public record Route(
        @Nullable String contactPoint,
        @Nullable List<String> groupBy,
        @Nullable String groupWait,
        @Nullable String groupInterval,
        @Nullable String repeatInterval,
        @Nullable List<Matcher> matchers,
        @JsonProperty("continue") @Nullable Boolean continueMatching,
        @Nullable List<String> muteTimings,
        @Nullable List<String> activeTimings,
        @Nullable List<Route> routes) {}
