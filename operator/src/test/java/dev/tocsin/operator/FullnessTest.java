package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FullnessTest {
    @Test
    void aStepIsLeftOnlyWhenItIsWellUndercut() {
        Fullness fullness = new Fullness();

        int[] steps = IntStream.of(0, 69, 70, 66, 64, 69, 81, 79, 76, 74, 95, 86, 84, 10)
                .map(fullness::of)
                .toArray();

        assertThat(steps).containsExactly(0, 0, 70, 70, 0, 0, 80, 80, 80, 70, 90, 90, 80, 0);
    }
}
