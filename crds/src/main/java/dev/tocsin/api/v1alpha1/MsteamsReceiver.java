package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A message to Microsoft Teams through an Office 365 connector, which Microsoft has retired: see msteamsv2. */
public record MsteamsReceiver(
        @JsonPropertyDescription("URL of the connector's webhook. It carries a credential: give it by secretKeyRef.")
        @Required
        @ValidationRule(value = Url.RULE, message = Url.MESSAGE)
        ValueSource webhookUrl,

        @JsonPropertyDescription("Title, a template. Default: the Alertmanager's.") @Size(max = 4096) @Nullable
        String title,

        @JsonPropertyDescription("Summary that lists show, a template. Default: the Alertmanager's.")
        @Size(max = 4096)
        @Nullable
        String summary,

        @JsonPropertyDescription("The message, a template. Default: the Alertmanager's.") @Size(max = 16384) @Nullable
        String text,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: true.") @Nullable
        Boolean sendResolved) {}
