package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One question to the datasource. */
@ValidationRule(
        value = "has(self.range) != (has(self.instant) && self.instant)",
        message = "set either range, such as 10m, or instant: true")
@ValidationRule(value = "!has(self.step) || has(self.range)", message = "step goes with range")
public record Query(
        @JsonPropertyDescription("Name by which expressions refer to it. Example: cpu.")
        @Required
        @Size(min = 1, max = 63)
        @Pattern(Syntax.REF_NAME)
        String name,

        @JsonPropertyDescription("The expression, in the datasource's language: PromQL for Prometheus, MetricsQL for"
                + " VictoriaMetrics. Example: avg by (instance) (rate(node_cpu_seconds_total{mode!=\"idle\"}[5m])).")
        @Required
        @Size(min = 1, max = 8192)
        @Pattern(Syntax.NOT_BLANK)
        String expr,

        @JsonPropertyDescription(
                "How far back from the evaluation the series go. A reducer makes one number of each. Example: 10m.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.INTERVAL)
        @Nullable
        String range,

        @JsonPropertyDescription(
                "Time from one point of a series to the next; range must be a multiple of it. Default: 15s, or range"
                        + " if that is shorter. Example: 30s.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.INTERVAL)
        @Nullable
        String step,

        @JsonPropertyDescription(
                "True asks for the value at the time of evaluation only, one number a series. Default: false.")
        @Nullable
        Boolean instant,

        @JsonPropertyDescription(
                "Names of the labels that each of its series has. Needed where math joins it with another query, unless"
                        + " the whole of expr is an aggregation, which says it itself: sum by (instance) (...)."
                        + " Example: [instance].")
        @Size(max = 32)
        @Nullable
        List<@Size(min = 1, max = 128) @Pattern(Syntax.LABEL_NAME) String> dimensions) {}
