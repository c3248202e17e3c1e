package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A message to a Telegram chat through a bot. */
public record TelegramReceiver(
        @JsonPropertyDescription("URL of the bot API. Default: https://api.telegram.org.")
        @Size(min = 1, max = 2048)
        @Pattern(Syntax.HTTP_URL)
        @Nullable
        String apiUrl,

        @JsonPropertyDescription("Token of the bot.") @Required
        SecretSource botToken,

        @JsonPropertyDescription("Id of the chat; groups and channels have negative ones. Example: -1001234567890.")
        @Required
        @Min(-MAX_CHAT_ID)
        @Max(MAX_CHAT_ID)
        @ValidationRule(value = "self != 0", message = "must be the id of a chat, which is not 0")
        Long chatId,

        @JsonPropertyDescription("Id of the topic in a group that has topics. Default: none.")
        @Min(1)
        @Max(Integer.MAX_VALUE)
        @Nullable
        Integer messageThreadId,

        @JsonPropertyDescription("The message, a template. Default: the Alertmanager's.") @Size(max = 16384) @Nullable
        String message,

        @JsonPropertyDescription("Whether the message arrives without a sound. Default: false.") @Nullable
        Boolean disableNotifications,

        @JsonPropertyDescription(
                "How Telegram reads the message; None is plain text. With HTML the values in the message are escaped. Default: HTML.")
        @Nullable
        ParseMode parseMode,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: true.") @Nullable
        Boolean sendResolved) {

    /** Telegram promises ids of at most 52 bits. */
    private static final long MAX_CHAT_ID = (1L << 52) - 1;

    /** How Telegram reads the message. */
    public enum ParseMode {
        HTML,
        Markdown,
        MarkdownV2,
        None
    }
}
