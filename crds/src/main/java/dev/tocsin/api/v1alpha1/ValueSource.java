package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A text that may carry a credential (a URL, say): given in place, or by reference to a Secret. Exactly one is set. */
@ValidationRule(
        value = "[has(self.value), has(self.secretKeyRef)].filter(set, set).size() == 1",
        message = "set exactly one of value and secretKeyRef")
public record ValueSource(
        @JsonPropertyDescription(
                "The text itself. Whoever may read this object reads it: give credentials by secretKeyRef.")
        @Size(min = 1, max = 16384)
        @Nullable
        String value,

        @JsonPropertyDescription("The key of a Secret in the same namespace that holds the text.") @Nullable
        SecretKeyRef secretKeyRef) {}
