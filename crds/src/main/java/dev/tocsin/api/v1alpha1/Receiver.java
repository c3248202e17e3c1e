package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** One way to send a notification: exactly one kind is set. */
@ValidationRule(
        value = "[has(self.webhook), has(self.email), has(self.slack), has(self.pagerduty)].filter(set, set).size() =="
                + " 1",
        message =
                "set exactly one of webhook, email, slack and pagerduty; give each further receiver an item of its own")
public record Receiver(
        @JsonPropertyDescription("Posts the notification as JSON to a URL.") @Nullable
        WebhookReceiver webhook,

        @JsonPropertyDescription("Sends an e-mail through an SMTP server.") @Nullable
        EmailReceiver email,

        @JsonPropertyDescription("Writes to a Slack channel.") @Nullable
        SlackReceiver slack,

        @JsonPropertyDescription("Opens an incident in PagerDuty, and resolves it.") @Nullable
        PagerdutyReceiver pagerduty) {}
