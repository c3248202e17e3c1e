package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {
    private static final Percentiles FIFTY = new Percentiles(IntStream.rangeClosed(1, 50)
            .map(i -> 51 - i)
            .mapToObj(Duration::ofMillis)
            .toList());

    @Test
    void aPercentileIsADurationThatWasSeen() {
        assertThat(FIFTY.percentile(50)).isEqualTo(Duration.ofMillis(25));
        assertThat(FIFTY.percentile(90)).isEqualTo(Duration.ofMillis(45));
    }

    @Test
    void theNinetyNinthOfFiftyIsTheLongest() {
        assertThat(FIFTY.percentile(99)).isEqualTo(Duration.ofMillis(50));
        assertThat(FIFTY.percentile(100)).isEqualTo(Duration.ofMillis(50));
    }

    @Test
    void nothingHasNoPercentiles() {
        assertThatThrownBy(() -> new Percentiles(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
