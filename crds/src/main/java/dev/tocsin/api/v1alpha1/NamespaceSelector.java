package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Selects namespaces by their labels, as Kubernetes' label selectors do: everything that is set must hold. */
public record NamespaceSelector(
        @JsonPropertyDescription("Labels that a namespace has with these values. Default: none. Example: team: shop.")
        @Size(max = 16)
        @ValidationRule(
                value = "self.all(name, name.size() <= 317)",
                message = "matchLabels: each name must have at most 317 characters")
        @Nullable
        Map<String, @Size(max = 63) @Pattern(Syntax.LABEL_VALUE) String> matchLabels,

        @JsonPropertyDescription("What else the labels fulfil. Default: none.") @Size(max = 16) @Nullable
        List<Requirement> matchExpressions) {

    /** What one label fulfils. */
    @ValidationRule(
            value = "(self.operator in ['In', 'NotIn']) == (has(self.values) && self.values.size() > 0)",
            message = "In and NotIn need values, Exists and DoesNotExist have none")
    public record Requirement(
            @JsonPropertyDescription("Name of the label. Example: tier.")
            @Required
            @Size(min = 1, max = 317)
            @Pattern(Syntax.KUBERNETES_LABEL_NAME)
            String key,

            @JsonPropertyDescription("In: it has one of the values. NotIn: it has none of them, or is not there.")
            @Required
            Operator operator,

            @JsonPropertyDescription("Values for In and NotIn. Example: [gold, silver].") @Size(max = 32) @Nullable
            List<@Size(max = 63) @Pattern(Syntax.LABEL_VALUE) String> values) {}

    /** How a label is looked at. */
    public enum Operator {
        In,
        NotIn,
        Exists,
        DoesNotExist
    }
}
