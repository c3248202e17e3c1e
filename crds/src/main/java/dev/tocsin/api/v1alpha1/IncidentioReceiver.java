package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** An alert to incident.io. Either alertSourceToken or http.authorization is set. */
public record IncidentioReceiver(
        @JsonPropertyDescription(
                "URL of the alert source. Example: https://api.incident.io/v2/alert_events/http/01ABC.")
        @Required
        @Size(min = 1, max = 2048)
        @Pattern(Syntax.HTTP_URL)
        String url,

        @JsonPropertyDescription("Token of the alert source. Either this or http.authorization.") @Nullable
        SecretSource alertSourceToken,

        @JsonPropertyDescription("Most alerts that one notification lists; 0 lists all. Default: 0.")
        @Min(0)
        @Max(100_000)
        @Nullable
        Integer maxAlerts,

        @JsonPropertyDescription(
                "How long the server may take to answer; 0 is without limit. Default: 0. Example: 10s.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.DURATION)
        @Nullable
        String timeout,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: true.") @Nullable
        Boolean sendResolved) {}
