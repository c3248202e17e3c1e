package dev.tocsin.api.v1alpha1;

import org.jspecify.annotations.Nullable;

/**
 * Whether one receiver's notifications arrive.
 *
 * @param name kind and position in the spec, for example slack/0
 */
public record ReceiverStatus(String name, @Nullable Boolean delivering, @Nullable String reason) {}
