package dev.tocsin.api.v1alpha1;

import org.jspecify.annotations.Nullable;

/** One way to send a notification: exactly one kind is set. */
public record Receiver(
        @Nullable WebhookReceiver webhook,
        @Nullable EmailReceiver email,
        @Nullable SlackReceiver slack,
        @Nullable PagerdutyReceiver pagerduty) {}
