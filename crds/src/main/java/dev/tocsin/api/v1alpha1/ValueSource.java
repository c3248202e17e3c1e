package dev.tocsin.api.v1alpha1;

import org.jspecify.annotations.Nullable;

/** A text that may carry a credential (a URL, say): given in place, or by reference to a Secret. Exactly one is set. */
public record ValueSource(@Nullable String value, @Nullable SecretKeyRef secretKeyRef) {}
