package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How a TLS server is verified, and what it is shown. */
@ValidationRule(value = "has(self.cert) == has(self.key)", message = "cert and key go together; set both or neither")
@ValidationRule(
        value = "!has(self.minVersion) || !has(self.maxVersion) || self.minVersion <= self.maxVersion",
        message = "minVersion must not be above maxVersion")
public record TlsConfig(
        @JsonPropertyDescription("Certificates, in PEM form, of the authorities that are trusted. Default: those of the"
                + " Alertmanager's image.")
        @Nullable
        PublicSource ca,

        @JsonPropertyDescription("Certificate, in PEM form, to show to the server; goes with key. Default: none.")
        @Nullable
        PublicSource cert,

        @JsonPropertyDescription("Private key, in PEM form, of the certificate; goes with cert.") @Nullable
        SecretSource key,

        @JsonPropertyDescription("The name that the server's certificate must bear. Default: the host that is called."
                + " Example: hooks.example.com.")
        @Size(min = 1, max = 253)
        @Pattern(Syntax.ONE_LINE)
        @Nullable
        String serverName,

        @JsonPropertyDescription("True accepts any certificate: for trying out only. Default: false.") @Nullable
        Boolean insecureSkipVerify,

        @JsonPropertyDescription("Lowest version of TLS to speak. Default: TLS12.") @Nullable
        Version minVersion,

        @JsonPropertyDescription("Highest version of TLS to speak. Default: TLS13.") @Nullable
        Version maxVersion) {

    /** A version of TLS. */
    public enum Version {
        TLS10,
        TLS11,
        TLS12,
        TLS13
    }
}
