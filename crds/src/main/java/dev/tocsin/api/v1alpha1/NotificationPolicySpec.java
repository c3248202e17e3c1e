package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaSwap;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the user asks of one policy. */
@JsonClassDescription("Which alerts go to which contact points, and when.")
@SchemaSwap(originalType = Route.class, fieldName = "routes", depth = Route.DEPTH)
@ValidationRule(
        value = "has(self.route.contactPoint)",
        fieldPath = ".route.contactPoint",
        reason = "FieldValueRequired",
        message = "the root route needs a contactPoint: it takes the alerts that no nested route takes")
public record NotificationPolicySpec(
        @JsonPropertyDescription(
                "Whose alerts the policy sees. Namespace: those of rules in its own namespace. Cluster: all,"
                        + " also those that others push to the Alertmanager; only in namespaces that the operator's"
                        + " configuration names. Default: Namespace.")
        @Default("Namespace")
        @Nullable
        PolicyScope scope,

        @JsonPropertyDescription(
                "The tree of routes. Its root takes every alert that the policy sees and that the root's"
                        + " matchers match; a nested route takes a part of its parent's.")
        @Required
        Route route,

        @JsonPropertyDescription(
                "Named sets of time intervals, for muteTimings and activeTimings of the routes. Default:" + " none.")
        @Size(max = 50)
        @Nullable
        List<MuteTiming> muteTimings,

        @JsonPropertyDescription(
                "While one alert fires, others need not be notified. Within a Namespace policy both are of"
                        + " its own namespace. Default: none.")
        @Size(max = 50)
        @Nullable
        List<InhibitRule> inhibitRules) {}
