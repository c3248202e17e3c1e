package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A push message through Pushover. */
@ValidationRule(
        value = "!(has(self.html) && self.html && has(self.monospace) && self.monospace)",
        message = "html and monospace exclude each other; keep one")
public record PushoverReceiver(
        @JsonPropertyDescription("Key of the user or group that is told.") @Required
        SecretSource userKey,

        @JsonPropertyDescription("Token of the application that sends.") @Required
        SecretSource token,

        @JsonPropertyDescription("Title, a template. Default: the Alertmanager's.") @Size(max = 4096) @Nullable
        String title,

        @JsonPropertyDescription("The message, a template; cut after 1024 characters. Default: the Alertmanager's.")
        @Size(max = 16384)
        @Nullable
        String message,

        @JsonPropertyDescription("URL below the message, a template. Default: the Alertmanager's page.")
        @Size(max = 2048)
        @Nullable
        String url,

        @JsonPropertyDescription("Text of the URL, a template. Default: none.") @Size(max = 1024) @Nullable
        String urlTitle,

        @JsonPropertyDescription("Devices of the user to send to, with commas between, a template. Default: all.")
        @Size(max = 1024)
        @Nullable
        String device,

        @JsonPropertyDescription("Sound, a template. Default: the user's.") @Size(max = 1024) @Nullable
        String sound,

        @JsonPropertyDescription("Priority, a template: -2 to 2. Default: 2 while firing, 0 when resolved.")
        @Size(max = 1024)
        @Nullable
        String priority,

        @JsonPropertyDescription(
                "How often the user is told again until he acknowledges a message of priority 2; at least 30s. Default: 1m.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.DURATION)
        @Nullable
        String retry,

        @JsonPropertyDescription("How long the user is told again; at most 3h. Default: 1h.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.DURATION)
        @Nullable
        String expire,

        @JsonPropertyDescription("After which time the message is removed. Default: never.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.DURATION)
        @Nullable
        String ttl,

        @JsonPropertyDescription("Whether the message is HTML; excludes monospace. Default: false.") @Nullable
        Boolean html,

        @JsonPropertyDescription("Whether the message is shown in a fixed-width font; excludes html. Default: false.")
        @Nullable
        Boolean monospace,

        @JsonPropertyDescription("Whether to notify when alerts resolve. Default: true.") @Nullable
        Boolean sendResolved) {}
