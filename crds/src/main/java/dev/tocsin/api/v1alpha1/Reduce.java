package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Makes one number of each series of its input. */
@ValidationRule(
        value = "has(self.replaceWith) == (has(self.mode) && self.mode == 'ReplaceNonNumeric')",
        message = "replaceWith goes with mode ReplaceNonNumeric, and only with it")
public record Reduce(
        @JsonPropertyDescription("Name of the query or expression whose series are reduced. Example: cpu.")
        @Required
        @Size(min = 1, max = 63)
        @Pattern(Syntax.REF_NAME)
        String input,

        @JsonPropertyDescription("How the points of a series become one number. Example: mean.") @Required
        Reducer function,

        @JsonPropertyDescription(
                "What becomes of points that are NaN or infinite. Strict: they count, and a NaN makes the result NaN."
                        + " DropNonNumeric: they are left out. ReplaceNonNumeric: replaceWith takes their place."
                        + " Default: Strict.")
        @Nullable
        ReduceMode mode,

        @JsonPropertyDescription("The number that takes the place of points that are NaN or infinite. Example: 0.")
        @Nullable
        Double replaceWith) {}
