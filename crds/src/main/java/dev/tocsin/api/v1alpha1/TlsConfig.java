package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** How a TLS server is verified. */
public record TlsConfig(
        @JsonPropertyDescription("Certificates, in PEM form, of the authorities that are trusted. Default: those of the"
                + " Alertmanager's image.")
        @Nullable
        ValueSource ca,

        @JsonPropertyDescription("The name that the server's certificate must bear. Default: the host that is called."
                + " Example: hooks.example.com.")
        @Size(min = 1, max = 253)
        @Pattern(Syntax.ONE_LINE)
        @Nullable
        String serverName,

        @JsonPropertyDescription("True accepts any certificate: for trying out only. Default: false.") @Nullable
        Boolean insecureSkipVerify) {}
