package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message to a Slack channel, through an incoming webhook or as an app: exactly one of apiUrl and appToken. */
@ValidationRule(
        value = "[has(self.apiUrl), has(self.appToken)].filter(set, set).size() == 1",
        message = "set exactly one of apiUrl (incoming webhook) and appToken (app)")
@ValidationRule(
        value = "!has(self.appToken) || has(self.channel)",
        message = "appToken needs channel: an app can write to many")
public record SlackReceiver(
        @JsonPropertyDescription(
                "URL of an incoming webhook. It carries a credential: give it by secretKeyRef. Either this or appToken.")
        @ValidationRule(value = Url.RULE, message = Url.MESSAGE)
        @Nullable
        ValueSource apiUrl,

        @JsonPropertyDescription("Bot token of an app that may write; needs channel. Either this or apiUrl.") @Nullable
        SecretSource appToken,

        @JsonPropertyDescription("URL that an app writes to. Default: https://slack.com/api/chat.postMessage.")
        @Size(min = 1, max = 2048)
        @Pattern(Syntax.HTTP_URL)
        @Nullable
        String appUrl,

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

        @JsonPropertyDescription("Text of the message itself, above the attachment, a template. Default: none.")
        @Size(max = 16384)
        @Nullable
        String messageText,

        @JsonPropertyDescription("Named values below the message. Default: none.") @Size(max = 32) @Nullable
        List<Field> fields,

        @JsonPropertyDescription("Text below the message, a template. Default: none.") @Size(max = 4096) @Nullable
        String footer,

        @JsonPropertyDescription("Text for clients that show no attachments, a template. Default: the title.")
        @Size(max = 4096)
        @Nullable
        String fallback,

        @JsonPropertyDescription("Id that actions report back, a template. Default: none.") @Size(max = 256) @Nullable
        String callbackId,

        @JsonPropertyDescription("Emoji beside the message, a template. Default: none. Example: \":bell:\".")
        @Size(max = 256)
        @Nullable
        String iconEmoji,

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

        @JsonPropertyDescription("Whether to turn names such as @team into links. Default: false.") @Nullable
        Boolean linkNames,

        @JsonPropertyDescription("Whether fields stand side by side. Default: false.") @Nullable
        Boolean shortFields,

        @JsonPropertyDescription("Which texts are read as Markdown. Default: [fallback, pretext, text].")
        @Size(max = 8)
        @Nullable
        List<@Size(min = 1, max = 64) String> mrkdwnIn,

        @JsonPropertyDescription("Buttons below the message. Default: none.") @Size(max = 16) @Nullable
        List<Action> actions,

        @JsonPropertyDescription(
                "How long the server may take to answer; 0 is without limit. Default: 0. Example: 10s.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.DURATION)
        @Nullable
        String timeout,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: false.") @Nullable
        Boolean sendResolved) {

    /** A named value in the message. */
    public record Field(
            @JsonPropertyDescription("Name, a template.") @Required @Size(min = 1, max = 1024)
            String title,

            @JsonPropertyDescription("Value, a template.") @Required @Size(min = 1, max = 4096)
            String value,

            @JsonPropertyDescription("Whether it stands beside others. Default: shortFields.")
            @JsonProperty("short")
            @Nullable
            Boolean isShort) {}

    /** A button: it leads to url, or reports name and value to the app. */
    @ValidationRule(
            value = "has(self.url) != has(self.name)",
            message = "set exactly one of url (leads there) and name (reports it to the app)")
    @ValidationRule(
            value = "has(self.name) || !has(self.value) && !has(self.confirm)",
            message = "value and confirm go with name, not with url")
    public record Action(
            @JsonPropertyDescription("Kind of action, a template. Example: button.") @Required @Size(min = 1, max = 256)
            String type,

            @JsonPropertyDescription("Text on the button, a template.") @Required @Size(min = 1, max = 1024)
            String text,

            @JsonPropertyDescription("URL that the button leads to, a template. Either this or name.")
            @Size(min = 1, max = 2048)
            @Nullable
            String url,

            @JsonPropertyDescription("Look of the button, a template: default, primary or danger. Default: default.")
            @Size(max = 256)
            @Nullable
            String style,

            @JsonPropertyDescription("What the button reports to the app, a template. Either this or url.")
            @Size(min = 1, max = 256)
            @Nullable
            String name,

            @JsonPropertyDescription("Value reported with name, a template. Default: none.") @Size(max = 1024) @Nullable
            String value,

            @JsonPropertyDescription("Question asked before the button works; goes with name. Default: none.") @Nullable
            Confirm confirm) {}

    /** A question that is asked before a button works. */
    public record Confirm(
            @JsonPropertyDescription("The question, a template.") @Required @Size(min = 1, max = 1024)
            String text,

            @JsonPropertyDescription("Title of the question, a template. Default: Slack's.") @Size(max = 256) @Nullable
            String title,

            @JsonPropertyDescription("Text on the button that confirms, a template. Default: Slack's.")
            @Size(max = 256)
            @Nullable
            String okText,

            @JsonPropertyDescription("Text on the button that does not, a template. Default: Slack's.")
            @Size(max = 256)
            @Nullable
            String dismissText) {}
}
