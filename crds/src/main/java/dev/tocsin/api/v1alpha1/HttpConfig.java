package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How an HTTP receiver is called. */
@ValidationRule(
        value = "[has(self.authorization), has(self.basicAuth), has(self.oauth2)].filter(set, set).size() <= 1",
        message = "authorization, basicAuth and oauth2 exclude each other; keep one")
public record HttpConfig(
        @JsonPropertyDescription("The Authorization header. Default: none.") @Nullable
        Authorization authorization,

        @JsonPropertyDescription("User name and password of HTTP basic authentication. Default: none.") @Nullable
        BasicAuth basicAuth,

        @JsonPropertyDescription("A token that is fetched with OAuth 2.0. Default: none.") @Nullable
        OAuth2 oauth2,

        @JsonPropertyDescription("How the server's certificate is verified.") @Nullable
        TlsConfig tls,

        @JsonPropertyDescription("Whether to follow redirects. Default: true.") @Nullable
        Boolean followRedirects,

        @JsonPropertyDescription("Whether to speak HTTP/2 with servers that do. Default: true.") @Nullable
        Boolean enableHttp2,

        @JsonPropertyDescription("Further headers of the request by name. Default: none.")
        @Size(max = 16)
        @ValidationRule(
                value = "self.all(name, name.matches(r'^[-a-zA-Z0-9]{1,128}$'))",
                message = "headers: each name must have letters, digits and dashes only, at most 128 of them")
        @ValidationRule(
                value = "self.all(name, !(name.lowerAscii() in ['authorization', 'host', 'content-encoding',"
                        + " 'content-length', 'content-type', 'user-agent', 'connection', 'keep-alive',"
                        + " 'proxy-authenticate', 'proxy-authorization', 'www-authenticate', 'accept-encoding']))",
                message = "headers: a name is one that the Alertmanager sets itself; for credentials there are"
                        + " authorization, basicAuth and oauth2")
        @Nullable
        Map<String, ValueSource> headers) {

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

    /** A token that is fetched from an OAuth 2.0 server: with a client's secret, or with an assertion that it signs. */
    @ValidationRule(
            value = "has(self.clientSecret) != has(self.assertion)",
            message = "set exactly one of clientSecret and assertion")
    public record OAuth2(
            @JsonPropertyDescription("Id of the client.") @Required @Size(min = 1, max = 1024) @Pattern(Syntax.ONE_LINE)
            String clientId,

            @JsonPropertyDescription("Secret of the client. Either this or assertion.") @Nullable
            SecretSource clientSecret,

            @JsonPropertyDescription("A signed assertion in place of a secret (RFC 7523). Either this or clientSecret.")
            @Nullable
            Assertion assertion,

            @JsonPropertyDescription("URL that gives the token. Example: https://login.example.com/oauth2/token.")
            @Required
            @Size(min = 1, max = 2048)
            @Pattern(Syntax.HTTP_URL)
            String tokenUrl,

            @JsonPropertyDescription("Scopes to ask for. Default: none.") @Size(max = 32) @Nullable
            List<@Size(min = 1, max = 256) String> scopes,

            @JsonPropertyDescription("Further parameters of the request for a token, by name. Default: none.")
            @Size(max = 16)
            @Nullable
            Map<String, @Size(max = 1024) String> endpointParams,

            @JsonPropertyDescription("How the server that gives the token is verified.") @Nullable
            TlsConfig tls) {}

    /** What a client signs to show who it is. */
    public record Assertion(
            @JsonPropertyDescription("Private RSA key, in PEM form, to sign with.") @Required
            SecretSource key,

            @JsonPropertyDescription("Id of the key. Default: none.")
            @Size(min = 1, max = 256)
            @Pattern(Syntax.ONE_LINE)
            @Nullable
            String keyId,

            @JsonPropertyDescription("How to sign. Default: RS256.") @Nullable
            SignatureAlgorithm algorithm,

            @JsonPropertyDescription("Who signs. Default: clientId.")
            @Size(min = 1, max = 1024)
            @Pattern(Syntax.ONE_LINE)
            @Nullable
            String issuer,

            @JsonPropertyDescription("Whom the assertion is for. Default: tokenUrl.")
            @Size(min = 1, max = 2048)
            @Pattern(Syntax.ONE_LINE)
            @Nullable
            String audience,

            @JsonPropertyDescription("Further claims by name. Default: none.") @Size(max = 16) @Nullable
            Map<String, @Size(max = 1024) String> claims) {}

    /** How an assertion is signed. */
    public enum SignatureAlgorithm {
        RS256,
        RS384,
        RS512
    }
}
