package dev.tocsin.e2e.bench;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Several measurements of one thing.
 *
 * @param sorted smallest first; at least one
 */
record Spread(List<Double> sorted) {
    Spread {
        if (sorted.isEmpty()) {
            throw new IllegalArgumentException("a spread of nothing");
        }
        sorted = sorted.stream().sorted().toList();
    }

    static Spread ofSeconds(Collection<Duration> durations) {
        return new Spread(
                durations.stream().map(duration -> duration.toNanos() / 1e9).toList());
    }

    double median() {
        return percentile(50);
    }

    /** By nearest rank: a value that was really seen. */
    double percentile(int percent) {
        return sorted.get(Math.max(0, Math.ceilDiv(percent * sorted.size(), 100) - 1));
    }

    double max() {
        return sorted.getLast();
    }

    /** For example "median 0.31 (0.22 to 0.65, 100 times)". */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "median %.3g (%.3g to %.3g, %d times)",
                median(),
                sorted.getFirst(),
                sorted.getLast(),
                sorted.size());
    }
}
