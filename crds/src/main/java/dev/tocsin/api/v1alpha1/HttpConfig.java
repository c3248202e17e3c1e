package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How an HTTP receiver is called. */
@ValidationRule(
        value = "!(has(self.authorization) && has(self.basicAuth))",
        message = "authorization and basicAuth exclude each other; keep one")
public record HttpConfig(
        @JsonPropertyDescription("The Authorization header. Default: none.") @Nullable
        Authorization authorization,

        @JsonPropertyDescription("User name and password of HTTP basic authentication. Default: none.") @Nullable
        BasicAuth basicAuth,

        @JsonPropertyDescription("How the server's certificate is verified.") @Nullable
        TlsConfig tls,

        @JsonPropertyDescription("Whether to follow redirects. Default: true.") @Nullable
        Boolean followRedirects) {

    /** An Authorization header. */
    public record Authorization(
            @JsonPropertyDescription("The scheme. Default: Bearer.")
            @Size(min = 1, max = 64)
            @Pattern(Syntax.AUTHORIZATION_TYPE)
            @ValidationRule(value = "self.lowerAscii() != 'basic'", message = "must not be Basic; use http.basicAuth")
            @Nullable
            String type,

            @JsonPropertyDescription("What follows the scheme, for example a token.") @Required
            SecretSource credentials) {}

    /** HTTP basic authentication. */
    public record BasicAuth(
            @JsonPropertyDescription("The user name.") @Required @Size(min = 1, max = 256) @Pattern(Syntax.ONE_LINE)
            String username,

            @JsonPropertyDescription("The password.") @Required
            SecretSource password) {}
}
