package dev.tocsin.crds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.LocalTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The clock of kube-api-test wraps at midnight. */
class ApiServerWithCrdsTest {
    @ParameterizedTest
    @CsvSource({"00:00:00,PT0S", "12:30:00,PT0S", "23:58:59,PT0S", "23:59:00,PT60S", "23:59:15.5,PT44.5S"})
    void nothingIsStartedThatMayTakeUntilTomorrow(LocalTime now, Duration wait) {
        assertThat(ApiServerWithCrds.untilStartsWork(now)).isEqualTo(wait);
    }
}
