package dev.tocsin.api.v1alpha1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Tocsin reports of one AlertRule. */
public record AlertRuleStatus(
        @Nullable Long observedGeneration,
        @Nullable AlertRuleState state,
        @Nullable Integer firing,
        @Nullable Integer pending,
        @Nullable String since,
        @Nullable List<AlertInstance> alerts,
        @Nullable EvaluatorStatus evaluator,
        @Nullable List<String> contactPoints,
        @Nullable String reason,
        @Nullable List<Condition> conditions) {}
