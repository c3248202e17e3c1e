package dev.tocsin.compile.queries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeriesLabelsTest {
    static Stream<Arguments> clear() {
        return Stream.of(
                arguments("sum(m)", Set.of()),
                arguments(" SUM (rate(m[5m])) ", Set.of()),
                arguments("sum by (a) (m{b!=\"(\"})", Set.of("a")),
                arguments("max(m) by (a, b,)", Set.of("a", "b")),
                arguments("avg by () (m)", Set.of()),
                arguments("(sum by (a) (m))", Set.of("a")),
                arguments("sum(m) + sum(n)", Set.of()),
                arguments("sum(rate(m[5m])) / sum(rate(n[5m])) * 100", Set.of()),
                arguments("100 * (1 - avg by (a) (m) / sum(n) by (a))", Set.of("a")),
                arguments("-sum by (a) (m)", Set.of("a")),
                arguments("sum(m) or vector(0)", Set.of()),
                arguments("sum by (a) (m) > bool 1e-9", Set.of("a")),
                arguments("sum by (a) (m) >= 0.5 and sum by (a) (n) != 3", Set.of("a")),
                arguments("clamp_min(sum by (b) (m), 0.1)", Set.of("b")),
                arguments("histogram_quantile(0.95, sum by (le, a) (rate(h[5m])))", Set.of("a")),
                arguments("histogram_quantile(0.5, sum by (le) (h)) * 1000", Set.of()));
    }

    @ParameterizedTest
    @MethodSource("clear")
    void whatTheTextSays(String expression, Set<String> labels) {
        assertThat(SeriesLabels.of(expression)).contains(labels);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "m",
                "5",
                "1 + 1",
                "sum without (a) (m)",
                "sum by (a) (m) by (b)",
                "sum(m",
                "sum(m) offset 5m",
                "sum(m)[10m:]",
                "sum by (a) (m) / on (a) sum by (a) (n)",
                "sum by (a) (m) * ignoring (b) group_left sum(n)",
                "sum by (a) (m) / sum(n)",
                "sum by (a) (m) or sum by (b) (m)",
                "sum(m) or 5",
                "sum(m) default 0",
                "sum(m) limit 3",
                "sum(m) # and no more",
                "topk(3, sum by (a) (m))",
                "absent(sum(m))",
                "label_set(sum(m), 'a', 'b')",
                "count_values(\"a\", m)",
                "histogram_quantile(0.95, sum by (a) (m))",
                "histogram_quantile(0.95, m)",
                "rate(m[5m]) / sum(n)",
                "sum by ('a') (m)",
                "vector(sum(m))",
                "5m",
                "sum(m) +",
                "sum(m) sum(n)",
                "sum(m)) + (sum(n)"
            })
    void whereItDoesNotNothingIsSaid(String expression) {
        assertThat(SeriesLabels.of(expression)).isEmpty();
    }

    @Test
    void manyParenthesesAreNoTrouble() {
        assertThat(SeriesLabels.of("(".repeat(10_000) + "sum(m)" + ")".repeat(10_000)))
                .isEmpty();
    }
}
