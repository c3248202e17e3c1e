package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A generic webhook: Alertmanager posts its JSON there. */
public record WebhookReceiver(
        @JsonPropertyDescription("The URL to post to, http or https. Example: value: http://sink.shop.svc:8080/.")
        @Required
        @ValidationRule(value = Url.RULE, message = Url.MESSAGE)
        ValueSource url,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: true.") @Nullable
        Boolean sendResolved,

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
        String timeout) {}
