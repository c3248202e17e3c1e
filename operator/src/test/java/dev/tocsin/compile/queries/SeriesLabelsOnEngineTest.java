package dev.tocsin.compile.queries;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** VictoriaMetrics gives series with the labels that are told of the text. */
@Tag("integration")
class SeriesLabelsOnEngineTest {

    private static Metrics metrics;
    private static Instant now;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        metrics = Metrics.start(folder);
        now = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS);
        for (int minute = 0; minute < 5; minute++) {
            Instant at = now.minusSeconds(60L * minute);
            for (String labels : new String[] {"a=\"1\",b=\"x\"", "a=\"2\",b=\"x\"", "a=\"1\",b=\"y\""}) {
                metrics.push("m{" + labels + "}", 20 - minute, at);
                metrics.push("n{" + labels + "}", 50 - minute, at);
                metrics.push("h{le=\"1\"," + labels + "}", 70 - minute, at);
                metrics.push("h{le=\"+Inf\"," + labels + "}", 90 - 2 * minute, at);
            }
        }
        metrics.flush();
    }

    @AfterAll
    static void stop() {
        metrics.close();
    }

    @ParameterizedTest
    @MethodSource("dev.tocsin.compile.queries.SeriesLabelsTest#clear")
    void theEngineGivesTheseLabels(String expression, Set<String> labels) throws Exception {
        Map<String, Double> series = metrics.query(expression, now);

        assertThat(series).isNotEmpty();
        assertThat(series.keySet()).allSatisfy(key -> assertThat(namesIn(key)).isEqualTo(labels));
    }

    private static Set<String> namesIn(String labels) {
        return Arrays.stream(labels.split(","))
                .filter(label -> !label.isEmpty())
                .map(label -> label.substring(0, label.indexOf('=')))
                .collect(Collectors.toSet());
    }
}
