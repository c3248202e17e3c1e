package dev.tocsin.status;

import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.compile.Verdict;
import dev.tocsin.status.Conditions.Truth;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says in conditions how far an object of the delivery path has come: Ready, Accepted, Loaded, Stalled when only an edit
 * helps, and NearCapacity. What is refused for a reference is not stalled: what it refers to may come a moment later.
 */
public final class DeliveryConditions {
    private static final String LOADED = "Loaded";
    private static final String LOADED_REASON = "Loaded";
    private static final String OLDER_REASON = "OlderGeneration";
    private static final String NEAR_CAPACITY = "NearCapacity";

    private DeliveryConditions() {}

    /**
     * How far one object has come.
     *
     * @param generation the object's generation
     * @param verdict on the object as it stands
     * @param liveGeneration the generation that is in the published configuration; null when none is
     * @param loadedBy members that work with that
     * @param members that there should be
     * @param loadedEverywhere whether every member has been seen to work with it
     * @param waitingFor why it is not loaded everywhere, in words; empty when there is nothing to say
     * @param filled percent of the configuration's room that are used at least; 0 when there is plenty
     */
    record Progress(
            long generation,
            Verdict verdict,
            @Nullable Long liveGeneration,
            long loadedBy,
            int members,
            boolean loadedEverywhere,
            String waitingFor,
            int filled) {

        boolean isAccepted() {
            return verdict instanceof Verdict.Accepted;
        }

        boolean isLoaded() {
            return liveGeneration != null && liveGeneration == generation && loadedEverywhere;
        }

        boolean isReady() {
            return isAccepted() && isLoaded();
        }
    }

    /** One condition's content. */
    record Content(Truth truth, String reason, String message) {}

    /** Adds Ready, Accepted and Loaded, and NearCapacity as long as it holds. */
    static void add(Conditions conditions, Progress progress) {
        Content accepted = accepted(progress);
        Content loaded = loaded(progress);
        Content ready = progress.isReady()
                ? new Content(Truth.True, "Ready", "accepted and loaded by every Alertmanager member")
                : new Content(
                        Truth.False,
                        (progress.isAccepted() ? loaded : accepted).reason(),
                        (progress.isAccepted() ? loaded : accepted).message());
        conditions.add("Ready", ready.truth(), ready.reason(), ready.message());
        conditions.add("Accepted", accepted.truth(), accepted.reason(), accepted.message());
        conditions.add(LOADED, loaded.truth(), loaded.reason(), loaded.message());
        if (onlyAnEditHelps(progress.verdict())) {
            conditions.add("Stalled", Truth.True, accepted.reason(), "edit the object to go on");
        }
        if (progress.filled() > 0) {
            conditions.add(
                    NEAR_CAPACITY,
                    Truth.True,
                    "ConfigurationFillsUp",
                    "Alertmanager's configuration is more than " + progress.filled()
                            + "% full; at its limit new contact"
                            + " points and policies are refused. Remove what is not needed, shorten long templates");
        }
    }

    /** Whether earlier conditions say that what is live of the object is loaded everywhere. */
    public static boolean saysLoaded(@Nullable List<Condition> conditions) {
        return Conditions.find(conditions, LOADED)
                .filter(loaded ->
                        loaded.reason().equals(LOADED_REASON) || loaded.reason().equals(OLDER_REASON))
                .isPresent();
    }

    /** Why it is not ready; empty when it is. */
    static String reason(Progress progress) {
        return progress.isReady() ? "" : (progress.isAccepted() ? loaded(progress) : accepted(progress)).reason();
    }

    private static Content accepted(Progress progress) {
        return switch (progress.verdict()) {
            case Verdict.Accepted() -> new Content(Truth.True, "Accepted", "can go live as it stands");
            case Verdict.Refused(Verdict.Reason reason, String message) ->
                new Content(Truth.False, reason.name(), message + consequence(progress));
        };
    }

    private static String consequence(Progress progress) {
        Long live = progress.liveGeneration();
        if (live == null) {
            return ". Nothing of it is live";
        }
        if (live == progress.generation()) {
            return isReference(progress.verdict())
                    ? ". Until then alerts of that route go to the contact point of the route above it, at the top to the"
                            + " default one and to later policies; all else of generation " + live + " is live"
                    : ". What was live of generation " + live + " stays live";
        }
        return ". Generation " + progress.generation() + " is refused; generation " + live + " stays live";
    }

    private static boolean onlyAnEditHelps(Verdict verdict) {
        return verdict instanceof Verdict.Refused(Verdict.Reason reason, String message) && !reason.healsByItself();
    }

    private static boolean isReference(Verdict verdict) {
        return verdict instanceof Verdict.Refused(Verdict.Reason reason, String message)
                && switch (reason) {
                    case RefNotFound, RefNotPermitted, RefNotAccepted -> true;
                    default -> false;
                };
    }

    private static Content loaded(Progress progress) {
        Long live = progress.liveGeneration();
        if (live == null) {
            return new Content(Truth.False, "NotLive", "it is not part of the configuration of Alertmanager");
        }
        String count = progress.loadedBy() + " of " + progress.members() + " Alertmanager members";
        if (!progress.loadedEverywhere()) {
            String why = progress.waitingFor().isEmpty() ? "" : ": " + progress.waitingFor();
            return new Content(
                    Truth.False, "Loading", "generation " + live + " is proven to be loaded by " + count + why);
        }
        return live == progress.generation()
                ? new Content(
                        Truth.True, LOADED_REASON, "generation " + live + " is loaded by every Alertmanager member")
                : new Content(
                        Truth.False,
                        OLDER_REASON,
                        "generation " + live + " is loaded by every Alertmanager member instead");
    }
}
