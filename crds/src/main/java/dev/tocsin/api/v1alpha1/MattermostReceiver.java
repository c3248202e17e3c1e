package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message to a Mattermost channel through an incoming webhook. */
public record MattermostReceiver(
        @JsonPropertyDescription("URL of the incoming webhook. It carries a credential: give it by secretKeyRef.")
        @Required
        @ValidationRule(value = Url.RULE, message = Url.MESSAGE)
        ValueSource webhookUrl,

        @JsonPropertyDescription("Channel to write to, a template. Default: the webhook's own.")
        @Size(max = 256)
        @Nullable
        String channel,

        @JsonPropertyDescription("Name to write under, a template. Default: the webhook's own.")
        @Size(max = 256)
        @Nullable
        String username,

        @JsonPropertyDescription("The message, a template; Markdown. Default: the Alertmanager's.")
        @Size(max = 16384)
        @Nullable
        String text,

        @JsonPropertyDescription("URL of a picture beside the message, a template. Default: none.")
        @Size(max = 2048)
        @Nullable
        String iconUrl,

        @JsonPropertyDescription("Emoji beside the message, a template. Default: none.") @Size(max = 256) @Nullable
        String iconEmoji,

        @JsonPropertyDescription("Attachments below the message. Default: none.") @Size(max = 16) @Nullable
        List<Attachment> attachments,

        @JsonPropertyDescription("Type of the message, a template: begins with custom_. Default: none.")
        @Size(max = 256)
        @Nullable
        String type,

        @JsonPropertyDescription("Further properties of the message.") @Nullable
        Props props,

        @JsonPropertyDescription("How urgent the message is. Default: standard.") @Nullable
        Priority priority,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: true.") @Nullable
        Boolean sendResolved) {

    /** A named value in an attachment. */
    public record Field(
            @JsonPropertyDescription("Name, a template.") @Required @Size(min = 1, max = 1024)
            String title,

            @JsonPropertyDescription("Value, a template.") @Required @Size(min = 1, max = 4096)
            String value,

            @JsonPropertyDescription("Whether it stands beside others. Default: false.")
            @Nullable
            @JsonProperty("short")
            Boolean isShort) {}

    /** A part of the message with a frame of its own. */
    public record Attachment(
            @JsonPropertyDescription("Text for clients that show no attachments, a template. Default: none.")
            @Size(max = 4096)
            @Nullable
            String fallback,

            @JsonPropertyDescription("Colour of the bar beside the attachment, a template: #rrggbb. Default: none.")
            @Size(max = 1024)
            @Nullable
            String color,

            @JsonPropertyDescription("Text above the attachment, a template. Default: none.")
            @Size(max = 4096)
            @Nullable
            String pretext,

            @JsonPropertyDescription("Text of the attachment, a template. Default: none.") @Size(max = 16384) @Nullable
            String text,

            @JsonPropertyDescription("Name of the author, a template. Default: none.") @Size(max = 1024) @Nullable
            String authorName,

            @JsonPropertyDescription("URL that the author leads to, a template. Default: none.")
            @Size(max = 2048)
            @Nullable
            String authorLink,

            @JsonPropertyDescription("URL of a picture beside the author, a template. Default: none.")
            @Size(max = 2048)
            @Nullable
            String authorIcon,

            @JsonPropertyDescription("Title, a template. Default: none.") @Size(max = 4096) @Nullable
            String title,

            @JsonPropertyDescription("URL that the title leads to, a template. Default: none.")
            @Size(max = 2048)
            @Nullable
            String titleLink,

            @JsonPropertyDescription("Named values. Default: none.") @Size(max = 32) @Nullable
            List<Field> fields,

            @JsonPropertyDescription("URL of a small picture, a template. Default: none.") @Size(max = 2048) @Nullable
            String thumbUrl,

            @JsonPropertyDescription("Text below the attachment, a template. Default: none.")
            @Size(max = 4096)
            @Nullable
            String footer,

            @JsonPropertyDescription("URL of a picture beside the footer, a template. Default: none.")
            @Size(max = 2048)
            @Nullable
            String footerIcon,

            @JsonPropertyDescription("URL of a picture, a template. Default: none.") @Size(max = 2048) @Nullable
            String imageUrl) {}

    /** Further properties of a message. */
    public record Props(
            @JsonPropertyDescription(
                    "Text that the channel shows beside the message, a template; Markdown. Default: none.")
            @Size(max = 16384)
            @Nullable
            String card) {}

    /** How urgent a message is. */
    public record Priority(
            @JsonPropertyDescription("standard, important or urgent, a template.") @Required @Size(min = 1, max = 1024)
            String priority,

            @JsonPropertyDescription("Whether to ask readers to acknowledge; not with standard. Default: false.")
            @Nullable
            Boolean requestedAck,

            @JsonPropertyDescription(
                    "Whether to remind readers until they acknowledge; only with urgent. Default: false.")
            @Nullable
            Boolean persistentNotifications) {}
}
