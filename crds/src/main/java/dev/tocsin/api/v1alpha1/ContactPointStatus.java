package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Tocsin reports of one ContactPoint.
 *
 * @param receiverKinds the different kinds of its receivers, sorted, with commas between: slack,webhook
 * @param receivers one per item of the spec, in its order
 * @param test null when no test notification was ever asked for
 * @param reason the reason of the condition that is not True, or FallbackText; null when all is well
 */
@JsonClassDescription("What Tocsin reports of the contact point. Written by the operator alone.")
public record ContactPointStatus(
        @JsonPropertyDescription(
                "The generation of the object that the conditions speak of; -1 until the operator has seen" + " it.")
        @Min(-1)
        @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("The kinds of its receivers, with commas between. Example: slack,webhook.")
        @Size(max = 512)
        @Nullable
        String receiverKinds,

        @JsonPropertyDescription("Whether notifications arrive, receiver by receiver.") @Size(max = 32) @Nullable
        List<ReceiverStatus> receivers,

        @JsonPropertyDescription(
                "The newest test notification: the annotation tocsin.dev/test asks for one with each new value.")
        @Nullable
        TestStatus test,

        @JsonPropertyDescription("Why the contact point is not ready or not delivering, in one word; absent when all is"
                + " well. The conditions say more.")
        @Size(max = 1024)
        @Nullable
        String reason,

        @JsonPropertyDescription(
                "Ready: accepted and loaded. Accepted: the object itself is fine. Loaded: this generation is proven to"
                        + " be loaded on every Alertmanager. Delivering: False says which receiver's notifications fail,"
                        + " and why. NearCapacity: there and True when Alertmanager's configuration fills up."
                        + " RefusedReferences: there and True when policies name the contact point that spec.allowFrom does"
                        + " not allow.")
        @Size(max = 16)
        @Nullable
        List<Condition> conditions) {}
