package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** A credential, only ever by reference. */
public record SecretSource(
        @JsonPropertyDescription("The key of a Secret in the same namespace that holds the credential.") @Required
        SecretKeyRef secretKeyRef) {}
