package dev.tocsin.api.v1alpha1;

import org.jspecify.annotations.Nullable;

/** How an HTTP receiver is called. */
public record HttpConfig(
        @Nullable Authorization authorization,
        @Nullable BasicAuth basicAuth,
        @Nullable TlsConfig tls,
        @Nullable Boolean followRedirects) {

    /** An Authorization header. */
    public record Authorization(@Nullable String type, SecretSource credentials) {}

    /** HTTP basic authentication. */
    public record BasicAuth(String username, SecretSource password) {}
}
