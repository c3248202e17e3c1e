package dev.tocsin.e2e.bench;

import java.time.Duration;

/** Waits for something that nobody tells of. */
final class Wait {
    private Wait() {}

    /** Whether it is so now. */
    interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * Asks until it is so.
     *
     * @throws IllegalStateException if it is not so in time
     */
    static void until(String what, Duration atMost, Duration between, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (RuntimeException | InterruptedException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(what + ": " + e, e);
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not within " + atMost.toSeconds() + " s: " + what);
            }
            Thread.sleep(between);
        }
    }
}
