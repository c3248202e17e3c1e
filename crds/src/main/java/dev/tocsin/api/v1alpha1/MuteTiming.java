package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** A named set of time intervals. */
public record MuteTiming(
        @JsonPropertyDescription("Name, by which routes of the same policy refer to it. Example: nights.")
        @Required
        @Size(min = 1, max = 63)
        @Pattern(Syntax.DNS_LABEL)
        String name,

        @JsonPropertyDescription("The intervals; it is enough that one of them holds. At least one.")
        @Required
        @Size(min = 1, max = 20)
        List<TimeInterval> intervals) {}
