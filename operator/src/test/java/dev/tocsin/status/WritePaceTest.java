package dev.tocsin.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WritePaceTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** Where {@link System#nanoTime()} stands means nothing: it may overflow at any time. */
    private static final long BEGIN = Long.MAX_VALUE - 2 * SECOND;

    private final WritePace pace = new WritePace(BEGIN);

    @Test
    void noneBeginsUntilTheTimeAskedForIsOver() {
        pace.turnedAway(BEGIN, BEGIN, Duration.ofSeconds(5));
        pace.turnedAway(BEGIN, BEGIN, Duration.ofSeconds(2));

        assertThat(pace.allows(0, BEGIN + 5 * SECOND - 1)).isFalse();
        assertThat(pace.allows(0, BEGIN + 5 * SECOND)).isTrue();
    }

    @Test
    void ofThoseThatAreTurnedAwayTogetherTheFirstHalvesThePace() {
        assertThat(pace.turnedAway(BEGIN, BEGIN + 2, Duration.ofSeconds(1))).isTrue();
        assertThat(pace.turnedAway(BEGIN + 1, BEGIN + 3, Duration.ofSeconds(1))).isFalse();

        assertThat(pace.atOnce()).isEqualTo(8);
    }

    @Test
    void oneAtATimeIsTheLeast() {
        for (int i = 0; i < 10; i++) {
            long now = BEGIN + i * SECOND;
            pace.turnedAway(now, now, Duration.ofSeconds(1));
        }

        assertThat(pace.allows(0, BEGIN + 10 * SECOND)).isTrue();
        assertThat(pace.allows(1, BEGIN + 10 * SECOND)).isFalse();
    }

    @Test
    void onceNoneIsTurnedAwayOneMoreIsAllowedEveryTenSecondsUpToTheMost() {
        pace.turnedAway(BEGIN, BEGIN, Duration.ofSeconds(1));

        assertThat(pace.allows(8, BEGIN + 9 * SECOND)).isFalse();
        assertThat(pace.allows(8, BEGIN + 10 * SECOND)).isTrue();
        assertThat(pace.allows(9, BEGIN + 10 * SECOND)).isFalse();
        assertThat(pace.allows(WritePace.MOST_AT_ONCE, BEGIN + 1000 * SECOND)).isFalse();
        assertThat(pace.allows(WritePace.MOST_AT_ONCE - 1, BEGIN + 1000 * SECOND))
                .isTrue();
    }

    @Test
    void aPauseLeavesThePaceAsItIs() {
        pace.pause(BEGIN, Duration.ofSeconds(1));

        assertThat(pace.allows(0, BEGIN + SECOND - 1)).isFalse();
        assertThat(pace.allows(15, BEGIN + SECOND)).isTrue();
    }
}
