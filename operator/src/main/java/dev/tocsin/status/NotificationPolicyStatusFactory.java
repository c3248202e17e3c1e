package dev.tocsin.status;

import dev.tocsin.api.v1alpha1.NotificationPolicyStatus;
import dev.tocsin.compile.Verdict;
import dev.tocsin.status.DeliveryConditions.Progress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The only maker of a NotificationPolicy's status. */
public final class NotificationPolicyStatusFactory {
    private NotificationPolicyStatusFactory() {}

    /**
     * What is known of one NotificationPolicy.
     *
     * @param generation the object's generation
     * @param verdict on the object as it stands
     * @param liveGeneration the generation that is in the published configuration; null when none is
     * @param loadedBy members that work with that
     * @param members that there should be
     * @param loadedEverywhere whether every member has been seen to work with it
     * @param waitingFor why it is not loaded everywhere, in words
     * @param filled percent of the configuration's room that are used at least; 0 when there is plenty
     * @param alerts that it routes now
     */
    public record Facts(
            long generation,
            Verdict verdict,
            @Nullable Long liveGeneration,
            long loadedBy,
            int members,
            boolean loadedEverywhere,
            String waitingFor,
            int filled,
            int alerts) {

        private Progress progress() {
            return new Progress(
                    generation, verdict, liveGeneration, loadedBy, members, loadedEverywhere, waitingFor, filled);
        }
    }

    /** The status that these facts make of the previous one. */
    public static NotificationPolicyStatus status(
            @Nullable NotificationPolicyStatus previous, Facts facts, Instant now) {
        Conditions conditions =
                new Conditions(previous == null ? null : previous.conditions(), facts.generation(), now);
        DeliveryConditions.add(conditions, facts.progress());
        String reason = DeliveryConditions.reason(facts.progress());
        return new NotificationPolicyStatus(
                facts.generation(), facts.alerts(), reason.isEmpty() ? null : reason, conditions.list());
    }
}
