package dev.tocsin.observe;

import dev.tocsin.observe.SendCounters.Sender;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges from counters whether each sender's notifications arrive, and keeps its judgement until they say otherwise.
 *
 * <p>A notification that was given up outweighs others that arrived: somebody missed one. An attempt that failed while
 * others arrived is a retry that worked.
 */
public final class DeliveryHealth {
    /** Counted as failed attempts of a notification that is still being tried. */
    public static final String STILL_TRYING = "stillTrying";

    private final Map<String, Map<Sender, SendCounters>> previous = new HashMap<>();
    private final Map<Sender, Health> health = new HashMap<>();
    private final Map<Sender, Long> notMade = new HashMap<>();

    /**
     * Whether a sender's notifications arrive.
     *
     * @param reason why not: Alertmanager's own word, {@link #STILL_TRYING} or {@link SendCounters#NOT_MADE}; empty when they do
     */
    public record Health(boolean delivering, String reason) {
        static final Health DELIVERING = new Health(true, "");
    }

    /** What is known; a sender that has not sent anything is absent. */
    public Map<Sender, Health> health() {
        return Map.copyOf(health);
    }

    /**
     * In how many rounds each sender failed because no message could be made, or may have: of
     * {@link SendCounters#TRY_AGAIN}, and when a member has just loaded its configuration, the counters do not say. None
     * is absent.
     */
    public Map<Sender, Long> notMade() {
        return Map.copyOf(notMade);
    }

    /**
     * Takes in one round of answers.
     *
     * @param answers counters by the member's identity; a member that did not answer is absent
     */
    public void update(Map<String, Map<Sender, SendCounters>> answers) {
        Map<Sender, SendCounters> sum = new HashMap<>();
        answers.forEach((member, counters) -> {
            Map<Sender, SendCounters> before = previous.get(member);
            counters.forEach((sender, now) -> {
                if (before != null) {
                    SendCounters start = before.getOrDefault(sender, SendCounters.ZERO);
                    sum.merge(sender, now.since(start), DeliveryHealth::sum);
                } else if (isOfOneKind(now)) {
                    sum.merge(sender, now.sinceLoad(), DeliveryHealth::sum);
                }
            });
            previous.put(member, counters);
        });
        sum.forEach((sender, change) -> judge(change).ifPresent(judgement -> {
            health.put(sender, judgement);
            if (mayBeNotMade(sender, change, judgement)) {
                notMade.merge(sender, 1L, Long::sum);
            }
        }));
    }

    /** Forgets members that are gone. */
    public void retain(Set<String> members) {
        previous.keySet().retainAll(members);
    }

    private static boolean mayBeNotMade(Sender sender, SendCounters change, Health judgement) {
        return change.mayBeNotMade()
                || judgement.reason().equals(SendCounters.NOT_MADE)
                || (!judgement.delivering() && SendCounters.TRY_AGAIN.contains(sender.integration()));
    }

    private static Optional<Health> judge(SendCounters change) {
        Optional<String> lost = change.reason();
        if (lost.isPresent()) {
            return Optional.of(new Health(false, lost.get()));
        }
        if (change.succeeded() > 0) {
            return Optional.of(Health.DELIVERING);
        }
        return change.failedRequests() > 0 ? Optional.of(new Health(false, STILL_TRYING)) : Optional.empty();
    }

    /** Of a member seen for the first time, successes and failures cannot be put in order; only one of them can. */
    private static boolean isOfOneKind(SendCounters counters) {
        return counters.failedRequests() == 0 || counters.succeeded() == 0;
    }

    private static SendCounters sum(SendCounters a, SendCounters b) {
        Map<String, Double> lost = new HashMap<>(a.lost());
        b.lost().forEach((reason, count) -> lost.merge(reason, count, Double::sum));
        return new SendCounters(0, a.requests() + b.requests(), a.failedRequests() + b.failedRequests(), lost);
    }
}
