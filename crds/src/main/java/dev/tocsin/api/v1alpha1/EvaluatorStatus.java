package dev.tocsin.api.v1alpha1;

import org.jspecify.annotations.Nullable;

/**
 * Where a rule is evaluated.
 *
 * @param shard name of the evaluator shard, for example default-2
 * @param generation the generation of the AlertRule that this shard runs
 */
public record EvaluatorStatus(String shard, @Nullable Long generation) {}
