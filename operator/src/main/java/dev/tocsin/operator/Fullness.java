package dev.tocsin.operator;

import java.util.stream.IntStream;

/**
 * How full what is published is, in steps, so that objects need not say something else whenever a byte is added: a step
 * is left only when it is well undercut.
 */
final class Fullness {
    private static final int[] STEPS = {90, 80, 70};
    private static final int MARGIN = 5;

    private int step;

    /**
     * Takes what percentage of the room is used now.
     *
     * @return the percentage that is reached; 0 below the lowest one that matters
     */
    int of(double percent) {
        step = IntStream.of(STEPS)
                .filter(candidate -> percent >= (candidate <= step ? candidate - MARGIN : candidate))
                .findFirst()
                .orElse(0);
        return step;
    }
}
