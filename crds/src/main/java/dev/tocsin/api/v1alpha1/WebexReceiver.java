package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A message to a Webex room. The bot's token goes into http.authorization. */
public record WebexReceiver(
        @JsonPropertyDescription("URL of the API. Default: https://webexapis.com/v1/messages.")
        @Size(min = 1, max = 2048)
        @Pattern(Syntax.HTTP_URL)
        @Nullable
        String apiUrl,

        @JsonPropertyDescription("Id of the room, a template.") @Required @Size(min = 1, max = 256)
        String roomId,

        @JsonPropertyDescription("The message, a template; Markdown. Default: the Alertmanager's.")
        @Size(max = 16384)
        @Nullable
        String message,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: true.") @Nullable
        Boolean sendResolved) {}
