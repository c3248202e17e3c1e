package dev.tocsin.api.v1alpha1;

import io.fabric8.crd.generator.annotation.SchemaSwap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the user asks of one policy. */
@SchemaSwap(originalType = Route.class, fieldName = "routes")
public record NotificationPolicySpec(
        @Nullable PolicyScope scope,
        Route route,
        @Nullable List<MuteTiming> muteTimings,
        @Nullable List<InhibitRule> inhibitRules) {}
