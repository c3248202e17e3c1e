package dev.tocsin.compile.queries;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.compile.CompiledRules;
import dev.tocsin.configuration.OperatorConfiguration.Language;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which series alert, and with which number, by the answer of each language's own engine, VictoriaMetrics and Prometheus: each row says what Grafana's documentation and
 * source give for these samples. docs/grafana-rules.md names the rows.
 */
@Tag("integration")
class QueriesOnEngineTest {
    private static final long STEP = 15;

    /** Seven seconds after a point, at which the query's window does not begin. */
    private static Instant now;

    private static final Map<Language, Metrics> ENGINES = new EnumMap<>(Language.class);

    @BeforeAll
    static void pushSamples(@TempDir Path folder) throws Exception {
        now = Instant.ofEpochSecond(Instant.now().getEpochSecond() / 900 * 900 - 900 + 7);
        for (Language language : Language.values()) {
            Metrics metrics = Metrics.start(folder, language);
            ENGINES.put(language, metrics);
            pushSamples(metrics);
        }
        Metrics prometheus = Objects.requireNonNull(ENGINES.get(Language.PromQL));
        for (int i = 0; i < 20; i++) {
            Instant at = Instant.ofEpochSecond(now.getEpochSecond() / STEP * STEP - i * STEP);
            prometheus
                    .push("nan_once{instance=\"a\"}", i == 1 ? Double.NaN : 20 - i, at)
                    .push("nan_now{instance=\"a\"}", i == 0 ? Double.NaN : 20 - i, at);
        }
    }

    private static void pushSamples(Metrics metrics) throws Exception {
        long last = now.getEpochSecond() / STEP * STEP;
        for (int i = 0; i < 20; i++) {
            Instant at = Instant.ofEpochSecond(last - i * STEP);
            int number = 20 - i;
            metrics.push("counting{instance=\"a\"}", number, at)
                    .push("counting{instance=\"b\"}", -number, at)
                    .push("pair{instance=\"a\"}", i % 2 == 0 ? 1 : 4, at)
                    .push("infinite{instance=\"a\"}", i == 1 ? Double.POSITIVE_INFINITY : number, at)
                    .push("zero{instance=\"a\"}", i == 1 ? 0 : 1, at)
                    .push("mem{instance=\"a\",zone=\"x\"}", 0.95, at)
                    .push("mem{instance=\"a\",zone=\"y\"}", 0.5, at)
                    .push("mem{instance=\"b\",zone=\"x\"}", 0.95, at)
                    .push("limit{zone=\"x\"}", 0.9, at)
                    .push("limit{zone=\"y\"}", 0.4, at)
                    .push("all_infinite{instance=\"a\"}", Double.POSITIVE_INFINITY, at);
            if (i >= 2) {
                metrics.push("gone{instance=\"a\"}", 1, at);
            }
            metrics.push("gone{instance=\"b\"}", 1, at);
            // Prometheus shows a sample for five minutes.
            metrics.push("ended{instance=\"a\"}", 1, at.minusSeconds(400));
            if (i >= 10) {
                metrics.push("long_gone{instance=\"a\"}", 1, at);
            }
        }
        for (int i = 0; i < 70; i++) {
            Instant at = Instant.ofEpochSecond(last - i * STEP);
            for (Map.Entry<String, IntPredicate> shape : SHAPES.entrySet()) {
                if (shape.getValue().test(i)) {
                    metrics.push(shape.getKey() + "{instance=\"a\"}", 70 - i, at);
                }
            }
        }
        metrics.flush();
    }

    /** At which points, counted from the last, a series has a sample. */
    private static final Map<String, IntPredicate> SHAPES = new TreeMap<>(Map.of(
            "appears", i -> i <= 3,
            "ends", i -> i >= 30,
            "has_a_gap_of_a_minute", i -> i < 10 || i >= 14,
            "has_a_gap_of_twelve_minutes", i -> i < 4 || i >= 52,
            "flaps", i -> i % 3 == 0,
            "has_one_sample", i -> i == 10));

    static Stream<Arguments> shapes() {
        return SHAPES.keySet().stream()
                .flatMap(shape -> Stream.of(Language.values()).map(language -> Arguments.of(shape, language)));
    }

    /** As Grafana asks for them: at multiples of the step. */
    @ParameterizedTest(name = "a series that {0}, {1}")
    @MethodSource("shapes")
    void aRangeHasThePointsThatTheEngineWouldAnswerToGrafana(String series, Language language) throws Exception {
        Instant end = Instant.ofEpochSecond(now.getEpochSecond() / STEP * STEP);
        List<Double> points =
                Objects.requireNonNull(ENGINES.get(language)).points(series, end.minusSeconds(900), end, STEP);
        String query = "{name: A, expr: " + series + ", range: 15m}";

        for (String reducer : List.of("count", "sum", "last", "min")) {
            Condition compiled =
                    compile(language, query, "{name: C, reduce: {input: A, function: " + reducer + "}}", "C", 1, 15);

            double expected = switch (reducer) {
                case "count" -> points.size();
                case "sum" -> points.stream().mapToDouble(point -> point).sum();
                case "last" -> points.getLast();
                default -> points.stream().mapToDouble(point -> point).min().orElseThrow();
            };
            assertThat(query(language, compiled.alerts(), now)).as(reducer).isEqualTo(Map.of("instance=a", expected));
        }
    }

    @AfterAll
    static void stop() {
        ENGINES.values().forEach(Metrics::close);
    }

    /** Name, queries, expressions, condition, and what alerts. */
    private static final String TABLE = """
        points of a range query: both ends | {name: A, expr: counting, range: 1m} | {name: C, reduce: {input: A, function: count}} | C | instance=a 5, instance=b 5
        last | {name: A, expr: counting, range: 1m} | {name: C, reduce: {input: A, function: last}} | C | instance=a 20, instance=b -20
        min | {name: A, expr: counting, range: 1m} | {name: C, reduce: {input: A, function: min}} | C | instance=a 16, instance=b -20
        max | {name: A, expr: counting, range: 1m} | {name: C, reduce: {input: A, function: max}} | C | instance=a 20, instance=b -16
        mean | {name: A, expr: counting, range: 1m} | {name: C, reduce: {input: A, function: mean}} | C | instance=a 18, instance=b -18
        median of an odd number of points | {name: A, expr: counting, range: 1m} | {name: C, reduce: {input: A, function: median}} | C | instance=a 18, instance=b -18
        median of an even number of points | {name: A, expr: pair, range: 45s} | {name: C, reduce: {input: A, function: median}} | C | instance=a 2.5
        sum | {name: A, expr: counting, range: 1m} | {name: C, reduce: {input: A, function: sum}} | C | instance=a 90, instance=b -90
        another step | {name: A, expr: counting, range: 1m, step: 30s} | {name: C, reduce: {input: A, function: count}} | C | instance=a 3, instance=b 3
        strict, infinite point | {name: A, expr: infinite, range: 1m} | {name: C, reduce: {input: A, function: max}} | C | instance=a Infinity
        drop, infinite point | {name: A, expr: infinite, range: 1m} | {name: C, reduce: {input: A, function: max, mode: DropNonNumeric}} | C | instance=a 20
        drop, mean without the infinite point | {name: A, expr: infinite, range: 1m} | {name: C, reduce: {input: A, function: mean, mode: DropNonNumeric}} | C | instance=a 17.75
        drop, count without the infinite point | {name: A, expr: infinite, range: 1m} | {name: C, reduce: {input: A, function: count, mode: DropNonNumeric}} | C | instance=a 4
        replace, sum with the replacement | {name: A, expr: infinite, range: 1m} | {name: C, reduce: {input: A, function: sum, mode: ReplaceNonNumeric, replaceWith: 100}} | C | instance=a 171
        replace, count of all points | {name: A, expr: infinite, range: 1m} | {name: C, reduce: {input: A, function: count, mode: ReplaceNonNumeric, replaceWith: 0}} | C | instance=a 5
        drop, no point left: sum is 0 | {name: A, expr: all_infinite, range: 1m} | {name: B, reduce: {input: A, function: sum, mode: DropNonNumeric}}, {name: C, threshold: {input: B, equal: 0}} | C | instance=a 0
        drop, no point left: max is nothing | {name: A, expr: all_infinite, range: 1m} | {name: B, reduce: {input: A, function: max, mode: DropNonNumeric}}, {name: C, threshold: {input: B, notEqual: 5}} | C |
        strict, NaN of a calculation: mean is NaN, which alerts | {name: A, expr: zero, range: 1m} | {name: R, math: $A / $A}, {name: C, reduce: {input: R, function: mean}} | C | instance=a 1
        strict, NaN is not above | {name: A, expr: zero, range: 1m} | {name: R, math: $A / $A}, {name: B, reduce: {input: R, function: mean}}, {name: C, threshold: {input: B, above: -5}} | C |
        strict, NaN is not equal | {name: A, expr: zero, range: 1m} | {name: R, math: $A / $A}, {name: B, reduce: {input: R, function: max}}, {name: C, threshold: {input: B, notEqual: 5}} | C | instance=a 1
        replace, NaN of a calculation | {name: A, expr: zero, range: 1m} | {name: R, math: $A / $A}, {name: C, reduce: {input: R, function: sum, mode: ReplaceNonNumeric, replaceWith: 7}} | C | instance=a 11
        drop, NaN of a calculation | {name: A, expr: zero, range: 1m} | {name: R, math: $A / $A}, {name: C, reduce: {input: R, function: count, mode: DropNonNumeric}} | C | instance=a 4
        count of a calculation counts NaN | {name: A, expr: zero, range: 1m} | {name: R, math: $A / $A}, {name: C, reduce: {input: R, function: count}} | C | instance=a 5
        an instant query reduced: nothing to do | {name: A, expr: counting, instant: true} | {name: C, reduce: {input: A, function: count}} | C | instance=a 20, instance=b -20
        above | {name: A, expr: counting, instant: true} | {name: C, threshold: {input: A, above: 19}} | C | instance=a 20
        above excludes | {name: A, expr: counting, instant: true} | {name: C, threshold: {input: A, above: 20}} | C |
        atLeast includes | {name: A, expr: counting, instant: true} | {name: C, threshold: {input: A, atLeast: 20}} | C | instance=a 20
        below | {name: A, expr: counting, instant: true} | {name: C, threshold: {input: A, below: 20}} | C | instance=b -20
        atMost includes | {name: A, expr: counting, instant: true} | {name: C, threshold: {input: A, atMost: -20}} | C | instance=b -20
        equal | {name: A, expr: counting, instant: true} | {name: C, threshold: {input: A, equal: 20}} | C | instance=a 20
        notEqual | {name: A, expr: counting, instant: true} | {name: C, threshold: {input: A, notEqual: 20}} | C | instance=b -20
        within excludes its ends | {name: A, expr: counting, instant: true} | {name: C, threshold: {input: A, within: {from: -20, to: 21}}} | C | instance=a 20
        withinInclusive includes them | {name: A, expr: counting, instant: true} | {name: C, threshold: {input: A, withinInclusive: {from: -20, to: 20}}} | C | instance=a 20, instance=b -20
        outside does not count its ends | {name: A, expr: counting, instant: true} | {name: C, threshold: {input: A, outside: {from: -20, to: 19}}} | C | instance=a 20
        outsideInclusive counts them | {name: A, expr: counting, instant: true} | {name: C, threshold: {input: A, outsideInclusive: {from: -20, to: 20}}} | C | instance=a 20, instance=b -20
        a threshold within a calculation | {name: A, expr: counting, instant: true} | {name: B, threshold: {input: A, outside: {from: -19, to: 30}}}, {name: C, math: $B + 1 > 1} | C | instance=b 1
        join, equal labels | {name: A, expr: avg by (instance) (counting), instant: true}, {name: B, expr: max by (instance) (mem), instant: true} | {name: C, math: $A * $B} | C | instance=a 19, instance=b -19
        join, labels of the right among those of the left | {name: A, expr: mem, instant: true, dimensions: [instance, zone]}, {name: B, expr: limit, instant: true, dimensions: [zone]} | {name: C, math: $A > $B} | C | instance=a,zone=x 1, instance=a,zone=y 1, instance=b,zone=x 1
        join, labels of the left among those of the right | {name: A, expr: limit, instant: true, dimensions: [zone]}, {name: B, expr: mem, instant: true, dimensions: [instance, zone]} | {name: C, math: $A - $B > -0.09} | C | instance=a,zone=x 1, instance=b,zone=x 1
        join, no labels | {name: A, expr: mem, instant: true, dimensions: [instance, zone]}, {name: B, expr: sum(limit), instant: true} | {name: C, math: $A / $B > 0.5} | C | instance=a,zone=x 1, instance=b,zone=x 1
        join of one query with itself | {name: A, expr: mem, instant: true} | {name: C, math: $A > 0.4 && $A < 0.6} | C | instance=a,zone=y 1
        join of series of points | {name: A, expr: 'sum(counting{instance="a"})', range: 1m}, {name: B, expr: sum(pair), range: 1m} | {name: R, math: $A * $B}, {name: C, reduce: {input: R, function: sum}} | C | "" 198
        a query that the condition does not need is empty: no data | {name: A, expr: counting, instant: true}, {name: B, expr: nothing, instant: true} | {name: C, math: $A > 0} | C |
        """;

    static Stream<Arguments> rows() {
        return inEachLanguage(TABLE);
    }

    private static Stream<Arguments> inEachLanguage(String table) {
        return table.lines()
                .map(line ->
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                .flatMap(row -> Stream.of(Language.values())
                        .map(language -> Arguments.of(
                                row.getFirst(), language, row.get(1), row.get(2), row.get(3), row.get(4))));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("rows")
    void alerts(String name, Language language, String queries, String expressions, String condition, String expected)
            throws Exception {
        Condition compiled = compile(language, queries, expressions, condition, 1, 15);

        assertThat(query(language, compiled.alerts(), now)).isEqualTo(numbers(expected));
    }

    /** VictoriaMetrics stores no NaN. */
    private static final String NAN = """
        strict, NaN point: max is not above | {name: A, expr: nan_once, range: 1m} | {name: B, reduce: {input: A, function: max}}, {name: C, threshold: {input: B, above: -5}} | C |
        strict, NaN point: max is not equal | {name: A, expr: nan_once, range: 1m} | {name: B, reduce: {input: A, function: max}}, {name: C, threshold: {input: B, notEqual: -5}} | C | instance=a 1
        strict, NaN point: count counts it | {name: A, expr: nan_once, range: 1m} | {name: C, reduce: {input: A, function: count}} | C | instance=a 5
        strict, NaN point: last is another | {name: A, expr: nan_once, range: 1m} | {name: B, reduce: {input: A, function: last}}, {name: C, threshold: {input: B, above: -5}} | C | instance=a 20
        strict, last is NaN: not above | {name: A, expr: nan_now, range: 1m} | {name: B, reduce: {input: A, function: last}}, {name: C, threshold: {input: B, above: -5}} | C |
        strict, last is NaN: a calculation with it is, which alerts | {name: A, expr: nan_now, range: 1m} | {name: B, reduce: {input: A, function: last}}, {name: C, math: $B > 100} | C | instance=a 1
        drop, NaN point: mean of the others | {name: A, expr: nan_once, range: 1m} | {name: C, reduce: {input: A, function: mean, mode: DropNonNumeric}} | C | instance=a 17.75
        drop, NaN point: count of the others | {name: A, expr: nan_once, range: 1m} | {name: C, reduce: {input: A, function: count, mode: DropNonNumeric}} | C | instance=a 4
        replace, NaN point: sum with the replacement | {name: A, expr: nan_once, range: 1m} | {name: C, reduce: {input: A, function: sum, mode: ReplaceNonNumeric, replaceWith: 100}} | C | instance=a 171
        an instant query, NaN: not above | {name: A, expr: nan_now, instant: true} | {name: C, threshold: {input: A, above: -5}} | C |
        an instant query, NaN: a calculation with it is, which alerts | {name: A, expr: nan_now, instant: true} | {name: C, math: $A > 100} | C | instance=a 1
        an instant query, NaN: replaced | {name: A, expr: nan_now, instant: true} | {name: C, reduce: {input: A, function: last, mode: ReplaceNonNumeric, replaceWith: 7}} | C | instance=a 7
        """;

    static Stream<Arguments> nan() {
        return NAN.lines()
                .map(line ->
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                .map(row -> Arguments.of(row.getFirst(), row.get(1), row.get(2), row.get(3), row.get(4)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nan")
    void toPrometheusNanIsASample(String name, String queries, String expressions, String condition, String expected)
            throws Exception {
        Condition compiled = compile(Language.PromQL, queries, expressions, condition, 1, 15);

        assertThat(query(Language.PromQL, compiled.alerts(), now)).isEqualTo(numbers(expected));
    }

    /** Interval 15s: the samples of gone{instance="a"} end 30 s before the last point. */
    private static final String VANISHING = """
        last seen at this evaluation | 1 | 23 | instance=a 1, instance=b 1
        one evaluation missed of 1 | 1 | 8 | instance=b 1
        one evaluation missed of 2 | 2 | 8 | instance=a 1, instance=b 1
        two evaluations missed of 2 | 2 | 0 | instance=b 1
        two evaluations missed of 3 | 3 | 0 | instance=a 1, instance=b 1
        """;

    static Stream<Arguments> vanishing() {
        return VANISHING
                .lines()
                .map(line ->
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                .flatMap(row -> Stream.of(Language.values())
                        .map(language -> Arguments.of(
                                row.getFirst(),
                                language,
                                Integer.parseInt(row.get(1)),
                                Integer.parseInt(row.get(2)),
                                row.get(3))));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("vanishing")
    void aVanishedSeriesAlertsForTheEvaluationsThatItMayMiss(
            String name, Language language, int evaluations, int secondsBeforeNow, String expected) throws Exception {
        Condition compiled = compile(
                language,
                "{name: A, expr: 'count_over_time(gone[15s]) > 0', instant: true}",
                "{name: C, threshold: {input: A, above: 0}}",
                "C",
                evaluations,
                15);

        assertThat(query(language, compiled.alerts(), now.minusSeconds(secondsBeforeNow)))
                .isEqualTo(numbers(expected));
    }

    private static final String NO_DATA = """
        all return | {name: A, expr: counting, instant: true} | {name: C, math: $A > 100} |
        one query, nothing | {name: A, expr: nothing, instant: true} | {name: C, math: $A > 100} | ref_id=A 1
        no point in the range | {name: A, expr: ended, range: 1m} | {name: C, reduce: {input: A, function: max}} | ref_id=A 1
        points in the range | {name: A, expr: long_gone, range: 5m} | {name: C, reduce: {input: A, function: max}} |
        one of two | {name: A, expr: sum(counting), instant: true}, {name: B, expr: sum(nothing), instant: true} | {name: C, math: $A > $B} | ref_id=B 1
        both | {name: A, expr: sum(nought), instant: true}, {name: B, expr: sum(nothing), instant: true} | {name: C, math: $A > $B} | ref_id=A 1, ref_id=B 1
        nothing to join | {name: A, expr: sum by (instance) (counting), instant: true}, {name: B, expr: "sum by (instance) (label_replace(pair, \\"instance\\", \\"z\\", \\"\\", \\"\\"))", instant: true} | {name: C, math: $A > $B} | "" 1
        one that the condition does not need | {name: A, expr: counting, instant: true}, {name: B, expr: nothing, range: 1m} | {name: C, math: $A > 100} | ref_id=B 1
        """;

    static Stream<Arguments> noData() {
        return NO_DATA.lines()
                .map(line ->
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                .flatMap(row -> Stream.of(Language.values())
                        .map(language -> Arguments.of(row.getFirst(), language, row.get(1), row.get(2), row.get(3))));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("noData")
    void noDataNamesTheQueryThatReturnsNothing(
            String name, Language language, String queries, String expressions, String expected) throws Exception {
        Condition compiled = compile(language, queries, expressions, "C", 1, 15);

        assertThat(query(language, compiled.noData(), now)).isEqualTo(numbers(expected));
        if (!expected.isEmpty()) {
            assertThat(query(language, compiled.alerts(), now)).isEmpty();
        }
    }

    /** Queries, expressions, the step that an annotation asks for, and what alerts with which number. */
    private static final String TOLD = """
        a comparison's step | {name: A, expr: counting, range: 1m} | {name: B, reduce: {input: A, function: mean}}, {name: C, math: $B > 0} | B | instance=a 18
        a step before that | {name: A, expr: counting, instant: true} | {name: B, math: $A * 2}, {name: C, math: $B != 0} | A | instance=a 20, instance=b -20
        the query before a threshold's input | {name: A, expr: counting, instant: true} | {name: B, math: $A * 2}, {name: C, threshold: {input: B, above: 30}} | A | instance=a 20
        one of two, equal labels | {name: A, expr: avg by (instance) (counting), instant: true}, {name: B, expr: max by (instance) (mem), instant: true} | {name: C, math: $A > $B} | B | instance=a 0.95
        the one with fewer labels | {name: A, expr: mem, instant: true, dimensions: [instance, zone]}, {name: B, expr: limit, instant: true, dimensions: [zone]} | {name: C, math: $A > $B} | B | instance=a,zone=x 0.9, instance=a,zone=y 0.4, instance=b,zone=x 0.9
        one without a number: the alert is there all the same, with 1 | {name: A, expr: all_infinite, range: 1m} | {name: B, reduce: {input: A, function: max, mode: DropNonNumeric}}, {name: N, reduce: {input: A, function: count}}, {name: C, math: $N > 2} | B | instance=a 1
        one that is NaN: the alert is there all the same, with 1 | {name: A, expr: zero, range: 1m} | {name: R, math: $A / $A}, {name: B, reduce: {input: R, function: mean}}, {name: C, math: is_nan($B)} | B | instance=a 1
        """;

    static Stream<Arguments> told() {
        return inEachLanguage(TOLD);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("told")
    void anAlertCarriesTheNumberOfTheStepThatAnAnnotationAsksFor(
            String name, Language language, String queries, String expressions, String step, String expected)
            throws Exception {
        String condition = "C, annotations: {summary: '{{ $values." + step + " }}'}";
        for (int missing : new int[] {1, 2}) {
            Condition compiled = compile(language, queries, expressions, condition, missing, 15);

            assertThat(compiled.values()).containsEntry(step, "$value");
            assertThat(query(language, compiled.alerts(), now)).isEqualTo(numbers(expected));
        }
    }

    private static Condition compile(
            Language language, String queries, String expressions, String condition, int evaluations, int interval)
            throws NotExpressible {
        return ConditionCompiler.compile(
                CompiledRules.spec("{queries: [" + queries + "], expressions: ["
                        + expressions.replaceAll("math: ([^}]*)}", "math: \"$1\"}") + "], condition: " + condition
                        + ", missingSeriesEvaluations: " + evaluations + "}"),
                language,
                interval,
                Optional.empty());
    }

    private static Map<String, Double> query(Language language, String expression, Instant at) throws Exception {
        return Objects.requireNonNull(ENGINES.get(language)).query(expression, at);
    }

    private static Map<String, Double> numbers(String text) {
        Map<String, Double> result = new TreeMap<>();
        if (!text.isEmpty()) {
            for (String series : text.split(", ")) {
                String[] parts = series.split(" ");
                result.put(parts[0].replace("\"", ""), Double.parseDouble(parts[1]));
            }
        }
        return result;
    }
}
