package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A key of a Secret in the object's own namespace. */
public record SecretKeyRef(
        @JsonPropertyDescription("Name of the Secret, which is in the same namespace. Example: slack.")
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Syntax.DNS_SUBDOMAIN)
        String name,

        @JsonPropertyDescription("Key of the Secret whose value is taken. Example: url.")
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Syntax.SECRET_KEY)
        String key) {}
