package dev.tocsin.e2e;

import java.time.Duration;
import java.util.List;

/**
 * Percentiles of measured durations, by nearest rank: each is a duration that was really seen.
 *
 * @param sorted the durations, shortest first; at least one
 */
record Percentiles(List<Duration> sorted) {
    Percentiles {
        if (sorted.isEmpty()) {
            throw new IllegalArgumentException("percentiles of nothing");
        }
        sorted = sorted.stream().sorted().toList();
    }

    /** The shortest duration that at least this many percent of all do not exceed. */
    Duration percentile(int percent) {
        return sorted.get(Math.max(0, Math.ceilDiv(percent * sorted.size(), 100) - 1));
    }
}
