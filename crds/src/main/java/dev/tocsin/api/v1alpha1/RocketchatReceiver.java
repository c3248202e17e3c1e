package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message to a Rocket.Chat channel. */
public record RocketchatReceiver(
        @JsonPropertyDescription("URL of the server. Default: https://open.rocket.chat/.")
        @Size(min = 1, max = 2048)
        @Pattern(Syntax.HTTP_URL)
        @Nullable
        String apiUrl,

        @JsonPropertyDescription("User id that belongs to the token.") @Required
        SecretSource tokenId,

        @JsonPropertyDescription("Personal access token.") @Required
        SecretSource token,

        @JsonPropertyDescription("Channel or user to write to, a template. Example: \"#shop\".")
        @Size(max = 256)
        @Nullable
        String channel,

        @JsonPropertyDescription(
                "Colour of the bar beside the message, a template. Default: red while firing, green when resolved.")
        @Size(max = 1024)
        @Nullable
        String color,

        @JsonPropertyDescription("Title, a template. Default: the Alertmanager's.") @Size(max = 4096) @Nullable
        String title,

        @JsonPropertyDescription("URL that the title leads to, a template. Default: the Alertmanager's page.")
        @Size(max = 2048)
        @Nullable
        String titleLink,

        @JsonPropertyDescription("The message, a template. Default: the Alertmanager's.") @Size(max = 16384) @Nullable
        String text,

        @JsonPropertyDescription("Named values below the message. Default: none.") @Size(max = 32) @Nullable
        List<Field> fields,

        @JsonPropertyDescription("Whether fields stand side by side. Default: false.") @Nullable
        Boolean shortFields,

        @JsonPropertyDescription("Emoji beside the message, a template. Default: none.") @Size(max = 256) @Nullable
        String emoji,

        @JsonPropertyDescription("URL of a picture beside the message, a template. Default: none.")
        @Size(max = 2048)
        @Nullable
        String iconUrl,

        @JsonPropertyDescription("URL of a picture in the message, a template. Default: none.")
        @Size(max = 2048)
        @Nullable
        String imageUrl,

        @JsonPropertyDescription("URL of a small picture in the message, a template. Default: none.")
        @Size(max = 2048)
        @Nullable
        String thumbUrl,

        @JsonPropertyDescription(
                "Whether to turn names into links; Alertmanager 0.31 takes it and does nothing with it. Default: false.")
        @Nullable
        Boolean linkNames,

        @JsonPropertyDescription("Buttons below the message. Default: none.") @Size(max = 16) @Nullable
        List<Action> actions,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: false.") @Nullable
        Boolean sendResolved) {

    /** A named value in the message. */
    public record Field(
            @JsonPropertyDescription("Name, a template.") @Required @Size(min = 1, max = 1024)
            String title,

            @JsonPropertyDescription("Value, a template.") @Required @Size(min = 1, max = 4096)
            String value,

            @JsonPropertyDescription("Whether it stands beside others. Default: shortFields.")
            @Nullable
            @JsonProperty("short")
            Boolean isShort) {}

    /** A button below the message. */
    public record Action(
            @JsonPropertyDescription("Text on the button, a template. Default: none.") @Size(max = 1024) @Nullable
            String text,

            @JsonPropertyDescription("URL that the button leads to, a template. Default: none.")
            @Size(max = 2048)
            @Nullable
            String url,

            @JsonPropertyDescription("What pressing the button writes into the channel, a template. Default: none.")
            @Size(max = 4096)
            @Nullable
            String msg) {}
}
