package dev.tocsin.api.v1alpha1;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One alert of a rule, as the evaluator reports it.
 *
 * @param labels the alert's labels without alertname and those that Tocsin adds
 * @param value the expression's value at the last evaluation, as the engine prints it
 * @param activeAt RFC 3339 time at which the expression began to hold
 */
public record AlertInstance(AlertState state, @Nullable Map<String, String> labels, @Nullable String value, @Nullable String activeAt) {}
