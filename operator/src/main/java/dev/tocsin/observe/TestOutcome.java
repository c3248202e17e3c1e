package dev.tocsin.observe;

import dev.tocsin.api.v1alpha1.TestState;
import dev.tocsin.observe.SendCounters.Sender;
import java.util.List;
import java.util.Map;

/**
 * What has become of a test notification at one receiver, judged from what the members have counted since before it.
 *
 * @param state Pending while it may still arrive
 * @param reason why it did not arrive, or has not yet, as {@link DeliveryHealth.Health} has it; else empty
 */
public record TestOutcome(TestState state, String reason) {

    /**
     * Judges. Each member sends if no other has, so that it arrives when one succeeds, and is lost when all have given
     * up.
     *
     * @param before counters by the identity of each member that was handed the test, read before that
     * @param now the same now; a member that did not answer is absent
     */
    public static TestOutcome of(
            Sender sender, Map<String, Map<Sender, SendCounters>> before, Map<String, Map<Sender, SendCounters>> now) {
        List<SendCounters> changes = before.keySet().stream()
                .map(member -> counters(now, member, sender).since(counters(before, member, sender)))
                .toList();
        if (changes.stream().anyMatch(change -> change.succeeded() > 0)) {
            return new TestOutcome(TestState.Sent, "");
        }
        String reason = changes.stream()
                .flatMap(change -> change.reason().stream())
                .findFirst()
                .orElseGet(() -> changes.stream().anyMatch(change -> change.failedRequests() > 0)
                        ? DeliveryHealth.STILL_TRYING
                        : "");
        boolean givenUp = !changes.isEmpty() && changes.stream().allMatch(change -> change.givenUp() > 0);
        return new TestOutcome(givenUp ? TestState.Failed : TestState.Pending, reason);
    }

    private static SendCounters counters(Map<String, Map<Sender, SendCounters>> answers, String member, Sender sender) {
        return answers.getOrDefault(member, Map.of()).getOrDefault(sender, SendCounters.ZERO);
    }
}
