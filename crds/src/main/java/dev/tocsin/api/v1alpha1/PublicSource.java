package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A text that is no secret, a certificate say: given in place, or by reference. Exactly one is set. */
@ValidationRule(
        value = "[has(self.value), has(self.secretKeyRef), has(self.configMapKeyRef)].filter(set, set).size() == 1",
        message = "set exactly one of value, secretKeyRef and configMapKeyRef")
public record PublicSource(
        @JsonPropertyDescription("The text itself.") @Size(min = 1, max = 16384) @Nullable
        String value,

        @JsonPropertyDescription("The key of a Secret in the same namespace that holds the text.") @Nullable
        SecretKeyRef secretKeyRef,

        @JsonPropertyDescription("The key of a ConfigMap in the same namespace that holds the text.") @Nullable
        ConfigMapKeyRef configMapKeyRef) {}
