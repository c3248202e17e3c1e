package dev.tocsin.api.v1alpha1;

import org.jspecify.annotations.Nullable;

/**
 * A standard Kubernetes condition.
 *
 * @param status True, False or Unknown
 * @param lastTransitionTime RFC 3339 time at which status last changed
 */
public record Condition(
        String type,
        String status,
        @Nullable Long observedGeneration,
        String lastTransitionTime,
        String reason,
        String message) {}
