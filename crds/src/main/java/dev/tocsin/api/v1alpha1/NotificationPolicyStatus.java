package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Tocsin reports of one NotificationPolicy.
 *
 * @param routes number of routes in the spec's tree, with the one at the top
 * @param alerts number of alerts that the policy routes now
 * @param reason the reason of the condition that keeps the policy from being ready, null when it is ready
 */
@JsonClassDescription("What Tocsin reports of the policy. Written by the operator alone.")
public record NotificationPolicyStatus(
        @JsonPropertyDescription(
                "The generation of the object that the conditions speak of; -1 until the operator has seen" + " it.")
        @Min(-1)
        @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Number of routes, with the one at the top.") @Min(0) @Nullable
        Integer routes,

        @JsonPropertyDescription("Number of alerts that the policy routes now.") @Min(0) @Nullable
        Integer alerts,

        @JsonPropertyDescription(
                "Why the policy is not ready, in one word; absent when it is ready. The conditions say" + " more.")
        @Size(max = 1024)
        @Nullable
        String reason,

        @JsonPropertyDescription(
                "Ready: accepted and loaded. Accepted: the object itself is fine. Loaded: this generation is"
                        + " proven to be loaded on every Alertmanager. NearCapacity: there and True when Alertmanager's configuration fills up."
                        + " DeadRoutes: there and True when no alert can reach some of the routes.")
        @Size(max = 16)
        @Nullable
        List<Condition> conditions) {}
