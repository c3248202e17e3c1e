package dev.tocsin.api.v1alpha1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Tocsin reports of one NotificationPolicy. */
public record NotificationPolicyStatus(
        @Nullable Long observedGeneration,
        @Nullable Integer alerts,
        @Nullable String reason,
        @Nullable List<Condition> conditions) {}
