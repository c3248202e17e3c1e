package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * While an alert that matches source is firing, those that match target and equal it in the named labels are not
 * notified.
 */
public record InhibitRule(
        @JsonPropertyDescription("Matches the alert that inhibits. All matchers must hold. At least one.")
        @Required
        @Size(min = 1, max = 16)
        List<Matcher> source,

        @JsonPropertyDescription(
                "Matches the alerts that are not notified meanwhile. All matchers must hold. At least one.")
        @Required
        @Size(min = 1, max = 16)
        List<Matcher> target,

        @JsonPropertyDescription(
                "Labels in which both alerts must be equal; a label that both lack is equal. Default: none."
                        + " Example: [cluster].")
        @Size(max = 16)
        @Nullable
        List<@Size(min = 1, max = 128) @Pattern(Syntax.LABEL_NAME) String> equal) {}
