package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A message to a Discord channel through a webhook. */
public record DiscordReceiver(
        @JsonPropertyDescription("URL of the channel's webhook. It carries a credential: give it by secretKeyRef.")
        @Required
        @ValidationRule(value = Url.RULE, message = Url.MESSAGE)
        ValueSource webhookUrl,

        @JsonPropertyDescription(
                "Text above the message, a template; mentions such as @here are made here. Default: none.")
        @Size(max = 4096)
        @Nullable
        String content,

        @JsonPropertyDescription("Title of the message, a template. Default: the Alertmanager's.")
        @Size(max = 4096)
        @Nullable
        String title,

        @JsonPropertyDescription("The message, a template. Default: the Alertmanager's.") @Size(max = 16384) @Nullable
        String message,

        @JsonPropertyDescription("Name to write under. Default: the webhook's own.")
        @Size(min = 1, max = 256)
        @Pattern(Syntax.ONE_LINE)
        @Nullable
        String username,

        @JsonPropertyDescription("URL of the picture beside the message. Default: the webhook's own.")
        @Size(min = 1, max = 2048)
        @Pattern(Syntax.HTTP_URL)
        @Nullable
        String avatarUrl,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: true.") @Nullable
        Boolean sendResolved) {}
