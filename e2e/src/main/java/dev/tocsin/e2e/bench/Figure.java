package dev.tocsin.e2e.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One measured figure.
 *
 * @param value in the goal's unit
 * @param peer the same of another way to do it, in the same run; null where none can be run simply
 * @param detail spread, CPU seconds, and what else helps to read the value
 */
record Figure(Goal goal, double value, @Nullable Peer peer, String detail) {

    /** Another way to do the same. */
    record Peer(String name, double value) {
        Peer {
            value = rounded(value);
        }
    }

    Figure {
        value = rounded(value);
    }

    boolean isMet() {
        return goal.isMetBy(value);
    }

    /** Three digits say all that a repetition would confirm. */
    private static double rounded(double value) {
        if (value == 0 || Math.abs(value) >= 1000) {
            return Math.rint(value);
        }
        return Double.parseDouble(String.format(Locale.ROOT, "%.3g", value));
    }

    /** A value as people write it. */
    static String text(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%,.0f", value) : String.valueOf(value);
    }
}
