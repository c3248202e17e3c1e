package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A condition on one label. */
// The API server has the same regular expressions as Alertmanager (RE2 of Go): a bad one makes the rule itself fail.
@ValidationRule(
        value = "!(self.op in ['=~', '!~']) || ''.matches(self.value) in [true, false]",
        message = "value must be a regular expression in RE2 syntax")
public record Matcher(
        @JsonPropertyDescription("Name of the label. Example: severity.")
        @Required
        @Size(min = 1, max = 128)
        @Pattern(Syntax.LABEL_NAME)
        String label,

        @JsonPropertyDescription(
                "How to compare: = equal, != not equal, =~ matches the regular expression, !~ does not match" + " it.")
        @Required
        MatchOp op,

        @JsonPropertyDescription(
                "What to compare with; \"\" stands for a label that is missing. Regular expressions are RE2"
                        + " and match the whole value. Example: page.")
        @Required
        @Size(max = 1024)
        String value) {}
