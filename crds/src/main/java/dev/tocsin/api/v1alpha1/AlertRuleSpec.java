package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the user asks of one alert. */
public record AlertRuleSpec(
        @Nullable String alert,
        @Nullable String datasource,
        @Nullable String expr,
        @Nullable String interval,
        @JsonProperty("for") @Nullable String forDuration,
        @Nullable String keepFiringFor,
        @Nullable Map<String, String> labels,
        @Nullable Map<String, String> annotations,
        @Nullable Boolean paused) {}
