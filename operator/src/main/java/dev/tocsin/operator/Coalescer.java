package dev.tocsin.operator;

import java.time.Duration;

/**
 * Says when changes that wait are to be published: few at once, many together. An idle system thus publishes on the
 * leading edge, and a storm of edits costs few reloads, also one that trickles: each reload reads all rules of a shard.
 */
final class Coalescer {
    /** Changes in {@link #LONGEST_WAIT}, published or not, that are published at once. */
    private static final int FEW = 20;

    /** After the last of many changes. */
    static final Duration QUIET = Duration.ofMillis(250);

    /** After the first of many, where they do not end. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(4);

    private boolean waiting;
    private long firstNanos;
    private long lastNanos;

    /** When the last changes came, in a ring: the next one takes the place of the oldest. */
    private final long[] came = new long[FEW];

    private long changes;

    /** Whether more than few have come lately, the last one included. */
    private boolean many;

    /** A change has come. */
    void changed(long nowNanos) {
        if (!waiting) {
            firstNanos = nowNanos;
        }
        waiting = true;
        lastNanos = nowNanos;
        int oldest = (int) (changes % FEW);
        many = changes >= FEW && nowNanos - came[oldest] < LONGEST_WAIT.toNanos();
        came[oldest] = nowNanos;
        changes++;
    }

    /** What waited is on its way. */
    void taken() {
        waiting = false;
    }

    /** Nanoseconds until what waits is to be published: zero or less is now; a very long time when nothing waits. */
    long nanosUntilDue(long nowNanos) {
        if (!waiting) {
            return Long.MAX_VALUE;
        }
        if (!many) {
            return 0;
        }
        return Math.min(QUIET.toNanos() - (nowNanos - lastNanos), LONGEST_WAIT.toNanos() - (nowNanos - firstNanos));
    }
}
