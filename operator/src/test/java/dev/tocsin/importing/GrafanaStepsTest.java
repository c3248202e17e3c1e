package dev.tocsin.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How far apart Grafana's points are, as its source works it out (pkg/promlib/models/query.go). */
class GrafanaStepsTest {

    @ParameterizedTest(name = "{0} over {1}s: every {2}ms, $__rate_interval {3}ms")
    @CsvSource(
            delimiter = '|',
            value = {
                "{x: 1}                                          |   600 |   1000 |  60000",
                "{intervalMs: 15000}                             |   600 |  15000 |  60000",
                "{intervalMs: 60000}                             |   600 |  60000 |  75000",
                "{intervalMs: 1000, maxDataPoints: 100}          |  3600 |  30000 |  60000",
                "{intervalMs: 1000, maxDataPoints: 100}          |   100 |   1000 |  60000",
                "{intervalMs: 1000}                              | 86400 |  10000 |  60000",
                "{interval: 30s, intervalMs: 1000}               |   600 |  30000 | 120000",
                "{interval: '>10s', intervalMs: 1000}            |   600 |  10000 |  40000",
                "{interval: '20', intervalMs: 1000}              |   600 |  20000 |  80000",
                "{interval: 0s, intervalMs: 5000}                |   600 |   5000 |  60000",
                "{interval: $__interval, intervalMs: 5000}       |   600 |   5000 |  60000",
                "{intervalMs: 15000, intervalFactor: 2}          |   600 |  30000 |  60000",
                "{intervalMs: 500}                               |   600 |    500 |  60000",
            })
    void stepsAreThoseOfGrafana(String model, long range, long step, long rate) throws NotCarriedOver {
        GrafanaSteps steps = GrafanaSteps.of(tree(model), range);

        assertThat(steps.stepMillis()).isEqualTo(step);
        assertThat(steps.rateMillis()).isEqualTo(rate);
    }

    @Test
    void variablesStandForTheirValuesWhicheverWayTheyAreWritten() throws NotCarriedOver {
        GrafanaSteps steps = GrafanaSteps.of(tree("{intervalMs: 15000}"), 600);

        assertThat(steps.filledIn("a[$__interval] b[${__interval}] $__interval_ms $__range_s ${__range} $__range_ms"
                        + " c[$__rate_interval] ${__rate_interval_ms} $__intervals"))
                .isEqualTo("a[15s] b[15s] 15000 600 600s 600000 c[1m] 60000 $__intervals");
    }

    @Test
    void whatDependsOnTheDatasourceIsRefused() {
        assertThatThrownBy(() -> GrafanaSteps.of(tree("{interval: $__rate_interval}"), 600))
                .isInstanceOf(NotCarriedOver.class)
                .hasMessageContaining("scrape interval");
        assertThatThrownBy(() -> GrafanaSteps.of(tree("{interval: soon}"), 600))
                .isInstanceOf(NotCarriedOver.class)
                .hasMessageContaining("\"soon\" is no duration");
    }

    private static Tree tree(String yaml) {
        List<Tree> documents = Tree.documents("model", yaml);
        return documents.getFirst();
    }
}
