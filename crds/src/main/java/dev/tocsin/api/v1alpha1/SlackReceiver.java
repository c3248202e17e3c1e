package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A message to a Slack channel through an incoming webhook. */
public record SlackReceiver(
        @JsonPropertyDescription("URL of the incoming webhook. It carries a credential: give it by secretKeyRef.")
        @Required
        @ValidationRule(value = Url.RULE, message = Url.MESSAGE)
        ValueSource apiUrl,

        @JsonPropertyDescription(
                "Channel or user to write to, a template. Default: the webhook's own channel. Example:" + " \"#shop\".")
        @Size(max = 256)
        @Nullable
        String channel,

        @JsonPropertyDescription("Name to write under, a template. Default: the Alertmanager's.")
        @Size(max = 256)
        @Nullable
        String username,

        @JsonPropertyDescription("Colour of the bar beside the message, a template: good, warning, danger or #rrggbb."
                + " Default: danger while firing, good when resolved.")
        @Size(max = 1024)
        @Nullable
        String color,

        @JsonPropertyDescription("Title, a template. Default: the Alertmanager's.") @Size(max = 4096) @Nullable
        String title,

        @JsonPropertyDescription("URL that the title leads to, a template. Default: the Alertmanager's page.")
        @Size(max = 2048)
        @Nullable
        String titleLink,

        @JsonPropertyDescription("Text above the message, a template. Default: none.") @Size(max = 4096) @Nullable
        String pretext,

        @JsonPropertyDescription("The message, a template. Default: none, the title says it all.")
        @Size(max = 16384)
        @Nullable
        String text,

        @JsonPropertyDescription("Text below the message, a template. Default: none.") @Size(max = 4096) @Nullable
        String footer,

        @JsonPropertyDescription("Text for clients that show no attachments, a template. Default: the title.")
        @Size(max = 4096)
        @Nullable
        String fallback,

        @JsonPropertyDescription("Emoji beside the message. Default: none. Example: \":bell:\".")
        @Size(max = 256)
        @Nullable
        String iconEmoji,

        @JsonPropertyDescription("URL of a picture beside the message. Default: none.") @Size(max = 2048) @Nullable
        String iconUrl,

        @JsonPropertyDescription("Whether to turn names such as @team into links. Default: false.") @Nullable
        Boolean linkNames,

        @JsonPropertyDescription("Whether fields stand side by side. Default: false.") @Nullable
        Boolean shortFields,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: false.") @Nullable
        Boolean sendResolved,

        @JsonPropertyDescription("How the server is called: credentials, TLS.") @Nullable
        HttpConfig http) {}
