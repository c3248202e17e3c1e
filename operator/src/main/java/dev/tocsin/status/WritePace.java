package dev.tocsin.status;

import java.time.Duration;

/**
 * How many writes may be under way at once, and whether one may begin now. An API server without room for a request answers
 * 429, with the seconds after which to come again, and it means all of this writer's requests: none begins before, and
 * half as many are under way at once then. One more may be every ten seconds.
 *
 * <p>All times are of {@link System#nanoTime()}.
 */
final class WritePace {
    static final int MOST_AT_ONCE = 16;
    private static final long GROWTH_NANOS = Duration.ofSeconds(10).toNanos();

    private int atOnce = MOST_AT_ONCE;
    private long changed;
    private long pausedUntil;

    WritePace(long now) {
        changed = now;
        pausedUntil = now;
    }

    boolean allows(int underWay, long now) {
        grow(now);
        return underWay < atOnce && !isPaused(now);
    }

    boolean isPaused(long now) {
        return pausedUntil - now > 0;
    }

    long nanosLeft(long now) {
        return Math.max(0, pausedUntil - now);
    }

    int atOnce() {
        return atOnce;
    }

    /**
     * A write was turned away. Of several that were under way together, the first one counts.
     *
     * @param begun when the write began
     * @param wait for how long none may begin
     * @return whether the pace is another one now
     */
    boolean turnedAway(long begun, long now, Duration wait) {
        pause(now, wait);
        if (begun - changed < 0 || atOnce == 1) {
            return false;
        }
        atOnce = atOnce / 2;
        changed = now;
        return true;
    }

    /** None may begin for so long. */
    void pause(long now, Duration wait) {
        pausedUntil = now + Math.max(wait.toNanos(), pausedUntil - now);
    }

    private void grow(long now) {
        if (isPaused(now)) {
            return;
        }
        while (atOnce < MOST_AT_ONCE && now - changed >= GROWTH_NANOS) {
            atOnce++;
            changed += GROWTH_NANOS;
        }
    }
}
