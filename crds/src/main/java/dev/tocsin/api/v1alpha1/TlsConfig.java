package dev.tocsin.api.v1alpha1;

import org.jspecify.annotations.Nullable;

/** How a TLS server is verified. */
public record TlsConfig(@Nullable ValueSource ca, @Nullable String serverName, @Nullable Boolean insecureSkipVerify) {}
