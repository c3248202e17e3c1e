package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** A file that holds define blocks, and nothing else, for templates. */
public record TemplateFile(
        @JsonPropertyDescription("The key of a ConfigMap in the same namespace that holds the file.") @Required
        ConfigMapKeyRef configMapKeyRef) {}
