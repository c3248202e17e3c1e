package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/** A range of numbers; whether its ends belong to it is said where it is used. */
@ValidationRule(value = "self.from <= self.to", message = "from must not be greater than to")
public record ValueRange(
        @JsonPropertyDescription("The lower end. Example: 10.") @Required
        Double from,

        @JsonPropertyDescription("The upper end. Example: 20.") @Required
        Double to) {}
