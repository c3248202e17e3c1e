package dev.tocsin.observe;

import java.time.Instant;
import java.util.Map;

/**
 * One alert as one replica reports it.
 *
 * @param labels without alertname and the identity labels
 * @param value as the engine prints it
 */
public record SeenAlert(boolean firing, Map<String, String> labels, String value, Instant activeAt) {

    /** Whether a person would call the two the same: the value changes with every evaluation, and is no news. */
    boolean sameButForValue(SeenAlert other) {
        return firing == other.firing && activeAt.equals(other.activeAt) && labels.equals(other.labels);
    }
}
