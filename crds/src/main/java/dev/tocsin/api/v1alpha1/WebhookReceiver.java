package dev.tocsin.api.v1alpha1;

import org.jspecify.annotations.Nullable;

/** A generic webhook: Alertmanager posts its JSON there. */
public record WebhookReceiver(
        ValueSource url, @Nullable Boolean sendResolved, @Nullable Integer maxAlerts, @Nullable String timeout, @Nullable HttpConfig http) {}
