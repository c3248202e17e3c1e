package dev.tocsin.operator;

import dev.tocsin.observe.SeenAlert;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Whether the replicas that gain a rule show what those that lose it show, so that nobody who is notified sees that it
 * moved. Pure.
 *
 * <p>Only alerts that began before the gaining replicas evaluated the rule are looked at: each later one begins on both
 * sides alike. A firing one has to fire, since else it would be told as resolved. A pending one has to have begun at the
 * same evaluation or to fire already, since else it would fire later than it should: as a timer begins at zero, that is
 * when it fires on both sides, or is over.
 */
final class Handover {
    private Handover() {}

    /**
     * The first alert that the gaining replicas do not show as it is.
     *
     * @param losing the alerts of the losing replicas, merged
     * @param gaining the alerts of each gaining replica
     * @param evaluatedAt when all gaining replicas had evaluated the rule
     * @param interval the rule's evaluation interval
     */
    static Optional<SeenAlert> lacking(
            Collection<SeenAlert> losing, List<List<SeenAlert>> gaining, Instant evaluatedAt, Duration interval) {
        return losing.stream()
                .filter(alert -> !alert.activeAt().isAfter(evaluatedAt))
                .filter(alert -> !gaining.stream().allMatch(replica -> shows(replica, alert, interval)))
                .findFirst();
    }

    private static boolean shows(List<SeenAlert> replica, SeenAlert alert, Duration interval) {
        return replica.stream()
                .filter(other -> other.labels().equals(alert.labels()))
                .anyMatch(other -> other.firing()
                        || (!alert.firing()
                                && !other.activeAt().isAfter(alert.activeAt().plus(interval))));
    }
}
