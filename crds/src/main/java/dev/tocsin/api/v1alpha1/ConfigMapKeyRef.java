package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A key of a ConfigMap in the object's own namespace. */
public record ConfigMapKeyRef(
        @JsonPropertyDescription("Name of the ConfigMap, which is in the same namespace. Example: messages.")
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Syntax.DNS_SUBDOMAIN)
        String name,

        @JsonPropertyDescription("Key of the ConfigMap whose value is taken. Example: ca.crt.")
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Syntax.SECRET_KEY)
        String key) {}
