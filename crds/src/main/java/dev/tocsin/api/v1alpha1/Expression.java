package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A step from what the queries return to the condition: exactly one of reduce, math and threshold is set. */
@ValidationRule(
        value = "[has(self.reduce), has(self.math), has(self.threshold)].filter(set, set).size() == 1",
        message = "set exactly one of reduce, math and threshold; give each further step an item of its own")
public record Expression(
        @JsonPropertyDescription("Name by which others refer to it. Example: cpuMean.")
        @Required
        @Size(min = 1, max = 63)
        @Pattern(Syntax.REF_NAME)
        String name,

        @JsonPropertyDescription("Makes one number of each series.") @Nullable
        Reduce reduce,

        @JsonPropertyDescription(
                "A calculation with the numbers of queries and expressions, which are written $name: + - * / % **,"
                        + " == != > >= < <=, && || !, abs log round ceil floor is_nan is_inf is_number, inf() infn()"
                        + " nan(). Numbers are joined when their labels are equal, or those of one are among those of"
                        + " the other. Example: $cpuMean > 0.8 && $mem > 0.9.")
        @Size(min = 1, max = 2048)
        @Pattern(Syntax.NOT_BLANK)
        @Nullable
        String math,

        @JsonPropertyDescription("Compares each number.") @Nullable
        Threshold threshold) {}
