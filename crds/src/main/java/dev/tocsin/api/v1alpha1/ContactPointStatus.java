package dev.tocsin.api.v1alpha1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Tocsin reports of one ContactPoint. */
public record ContactPointStatus(
        @Nullable Long observedGeneration,
        @Nullable String receiverKinds,
        @Nullable List<ReceiverStatus> receivers,
        @Nullable String reason,
        @Nullable List<Condition> conditions) {}
