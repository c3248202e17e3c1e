package dev.tocsin.observe;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one Alertmanager member has counted for one kind of integration of one receiver since it loaded its configuration.
 *
 * @param loadedAt when that was, in seconds since 1970; 0 where nothing is known
 * @param requests attempts to send
 * @param failedRequests those of them that failed; a failed attempt may be tried again
 * @param lost notifications given up, by Alertmanager's reason
 */
public record SendCounters(double loadedAt, double requests, double failedRequests, Map<String, Double> lost) {

    /**
     * Our word for what Alertmanager counts as "other" and does not try again: a server that cannot be reached is tried
     * again, a message that cannot be made from the alerts is not (v0.31.1, notify.RetryStage).
     */
    public static final String NOT_MADE = "notMade";

    private static final String OTHER = "other";
    private static final String CLIENT_ERROR = "clientError";
    private static final String CANCELED = "contextCanceled";

    /** Our word for what may have been given up as {@link #NOT_MADE}, or have been interrupted by a reload. */
    private static final String NOT_MADE_OR_INTERRUPTED = "notMadeOrInterrupted";

    private static final Set<String> NOT_LOST = Set.of(CANCELED, NOT_MADE_OR_INTERRUPTED);

    /**
     * Kinds of which Alertmanager tries again a message that cannot be made (v0.31.1, notify/sns and notify/victorops),
     * so that it is counted like a server that cannot be reached, or that refuses.
     */
    public static final Set<String> TRY_AGAIN = Set.of("sns", "victorops");

    static final SendCounters ZERO = new SendCounters(0, 0, 0, Map.of());

    /**
     * Which counters these are.
     *
     * @param receiver Alertmanager's name of the receiver
     * @param integration kind of it, for example slack: Alertmanager v0.31.1 does not count several of a kind apart
     */
    public record Sender(String receiver, String integration) {}

    /**
     * What has been counted since then. Alertmanager counts from zero again when it starts, and also at each reload
     * (v0.31.1, notify.Metrics.InitializeFor).
     */
    SendCounters since(SendCounters before) {
        boolean hasLoaded = before.loadedAt > 0 && loadedAt != before.loadedAt;
        if (hasLoaded || requests < before.requests || failedRequests < before.failedRequests) {
            return sinceLoad();
        }
        Map<String, Double> difference = new HashMap<>();
        lost.forEach((reason, count) -> difference.put(reason, count - before.lost.getOrDefault(reason, 0.0)));
        return new SendCounters(
                loadedAt, requests - before.requests, failedRequests - before.failedRequests, difference);
    }

    /**
     * What has been counted since the member loaded its configuration. A notification that was being repeated when it
     * did is sent again, but is counted as given up before or after counting begins, with the reason of its last attempt
     * (seen with v0.31.1: the dispatcher does not wait for what it stops). So where others arrived since, only what is
     * never repeated is lost for certain, and that a message could not be made is not certain at all.
     */
    SendCounters sinceLoad() {
        Map<String, Double> certain = new HashMap<>(lost);
        if (succeeded() > 0) {
            certain.keySet().retainAll(Set.of(CLIENT_ERROR));
        }
        if (failedRequests <= givenUp()) {
            certain.remove(OTHER);
            certain.put(NOT_MADE_OR_INTERRUPTED, lost.getOrDefault(OTHER, 0.0));
        }
        return new SendCounters(loadedAt, requests, failedRequests, certain);
    }

    /** Whether a message may not have been made, or a reload may have interrupted one that was. */
    boolean mayBeNotMade() {
        return lost.getOrDefault(NOT_MADE_OR_INTERRUPTED, 0.0) > 0;
    }

    /** Notifications given up for good; what a reload or a shutdown interrupts is sent again afterwards. */
    double givenUp() {
        return lost.entrySet().stream()
                .filter(entry -> !NOT_LOST.contains(entry.getKey()))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** The most frequent reason for which notifications were given up; empty when none was. */
    Optional<String> reason() {
        return lost.entrySet().stream()
                .filter(entry -> entry.getValue() > 0 && !NOT_LOST.contains(entry.getKey()))
                .max(Map.Entry.comparingByValue())
                .map(entry -> entry.getKey().equals(OTHER) && failedRequests <= givenUp() ? NOT_MADE : entry.getKey());
    }

    double succeeded() {
        return requests - failedRequests;
    }
}
