package dev.tocsin.status;

import dev.tocsin.api.v1alpha1.NotificationPolicyStatus;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.delivery.DeadRoutes.DeadRoute;
import dev.tocsin.status.Conditions.Truth;
import dev.tocsin.status.DeliveryConditions.Progress;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The only maker of a NotificationPolicy's status. */
public final class NotificationPolicyStatusFactory {
    private static final int SHOWN = 10;

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
     * @param routes in its tree
     * @param alerts that it routes now
     * @param deadRoutes those of its live generation
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
            int routes,
            int alerts,
            List<DeadRoute> deadRoutes) {

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
        addDeadRoutes(conditions, facts);
        String reason = DeliveryConditions.reason(facts.progress());
        return new NotificationPolicyStatus(
                facts.generation(),
                facts.routes(),
                facts.alerts(),
                reason.isEmpty() ? null : reason,
                conditions.list());
    }

    /** There only while it holds. Paths of another generation than the object's own would mislead. */
    private static void addDeadRoutes(Conditions conditions, Facts facts) {
        if (facts.deadRoutes().isEmpty() || !Objects.equals(facts.liveGeneration(), facts.generation())) {
            return;
        }
        String routes = facts.deadRoutes().stream()
                .limit(SHOWN)
                .map(route -> route.path() + " (" + route.why() + ")")
                .collect(Collectors.joining("; "));
        int more = facts.deadRoutes().size() - SHOWN;
        conditions.add(
                "DeadRoutes",
                Truth.True,
                "NeverReached",
                "no alert reaches " + routes + (more > 0 ? "; and " + more + " more" : "")
                        + ". Put them before what takes their alerts, give that continue: true, or remove them");
    }
}
