package dev.tocsin.compile.queries;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.compile.CompiledRules;
import dev.tocsin.configuration.OperatorConfiguration.Language;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Calculations that each language's own engine makes against those that Grafana would make, written down anew here from its
 * pkg/expr/mathexp (exp.go, funcs.go) and pkg/services/ngalert/eval (a number other than 0 alerts, NaN too).
 */
@Tag("integration")
class MathOnEngineTest {
    private static final int CALCULATIONS = 400;
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final List<Double> VALUES = List.of(-2.5, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0);
    private static final List<String> OPERATORS =
            List.of("+", "-", "*", "/", "%", "**", "==", "!=", ">", ">=", "<", "<=", "&&", "||", "&&", "||");
    private static final List<String> FUNCTIONS =
            List.of("abs", "log", "round", "ceil", "floor", "is_nan", "is_inf", "is_number");

    private static final Map<Language, Metrics> ENGINES = new EnumMap<>(Language.class);

    @BeforeAll
    static void start(@TempDir Path folder) {
        for (Language language : Language.values()) {
            ENGINES.put(language, Metrics.start(folder, language));
        }
    }

    @AfterAll
    static void stop() {
        ENGINES.values().forEach(Metrics::close);
    }

    @ParameterizedTest
    @EnumSource(Language.class)
    void theEngineComesToWhatGrafanaWouldComeTo(Language language) throws Exception {
        Metrics engine = Objects.requireNonNull(ENGINES.get(language));
        Random random = new Random(20261125);
        Map<String, String> differing = new TreeMap<>();
        int compared = 0;
        int alerting = 0;
        int nan = 0;

        for (int i = 0; i < CALCULATIONS; i++) {
            Map<String, Double> values = NAMES.stream()
                    .collect(Collectors.toMap(name -> name, name -> VALUES.get(random.nextInt(VALUES.size()))));
            String math = calculation(random, 3);
            Grafana grafana = new Grafana(values);
            double expected = grafana.evaluate(MathParser.parse("math", math));
            if (grafana.comparesInfinities || !math.contains("$")) {
                continue;
            }
            Condition condition;
            try {
                condition = compile(math, values, language);
            } catch (NotExpressible e) {
                assertThat(e.text()).contains("does not depend on any query");
                continue;
            }
            Map<String, Double> actual = engine.query(condition.alerts(), Instant.now());
            compared++;
            alerting += expected != 0 ? 1 : 0;
            nan += Double.isNaN(expected) ? 1 : 0;
            if (actual.isEmpty() != (expected == 0)
                    || (!actual.isEmpty()
                            && !Double.isNaN(expected)
                            && !isNear(actual.values().iterator().next(), expected))) {
                differing.put(math + " with " + new TreeMap<>(values), "Grafana: " + expected + ", engine: " + actual);
            }
        }

        assertThat(differing).isEmpty();
        assertThat(compared).isGreaterThan(CALCULATIONS / 2);
        assertThat(alerting).isBetween(compared / 5, compared - compared / 5);
        assertThat(nan).isGreaterThan(compared / 20);
    }

    private static boolean isNear(double actual, double expected) {
        return actual == expected || Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
    }

    private static Condition compile(String math, Map<String, Double> values, Language language) throws NotExpressible {
        String queries = values.keySet().stream()
                .filter(name -> math.contains("$" + name))
                .map(name ->
                        "{name: " + name + ", expr: vector(" + values.get(name) + "), instant: true, dimensions: []}")
                .collect(Collectors.joining(", "));
        return ConditionCompiler.compile(
                CompiledRules.spec("""
                    queries: [%s]
                    expressions: [{name: result, math: "%s"}]
                    condition: result
                    missingSeriesEvaluations: 1
                    """.formatted(queries, math)), language, 30, Optional.empty());
    }

    private static String calculation(Random random, int depth) {
        if (depth == 0 || random.nextInt(6) == 0) {
            return switch (random.nextInt(8)) {
                case 0 -> "inf()";
                case 1 -> "nan()";
                case 2 -> "0";
                case 3 -> "2";
                default -> "$" + NAMES.get(random.nextInt(NAMES.size()));
            };
        }
        return switch (random.nextInt(8)) {
            case 0 -> "!" + "(" + calculation(random, depth - 1) + ")";
            case 1 -> "-(" + calculation(random, depth - 1) + ")";
            case 2 -> FUNCTIONS.get(random.nextInt(FUNCTIONS.size())) + "(" + calculation(random, depth - 1) + ")";
            default ->
                "(" + calculation(random, depth - 1) + " " + OPERATORS.get(random.nextInt(OPERATORS.size())) + " "
                        + calculation(random, depth - 1) + ")";
        };
    }

    /** What Grafana makes of one number for each name. */
    private static final class Grafana {
        private final Map<String, Double> values;
        private boolean comparesInfinities;

        Grafana(Map<String, Double> values) {
            this.values = values;
        }

        double evaluate(MathTree tree) {
            return switch (tree) {
                case MathTree.Constant(double value) -> value;
                case MathTree.Reference(String name) -> values.get(name);
                case MathTree.Unary(var operator, var operand) -> {
                    double a = evaluate(operand);
                    yield operator == MathTree.Operator.MINUS ? -a : Double.isNaN(a) ? a : truth(a == 0);
                }
                case MathTree.Call(var function, var operand) -> call(function, evaluate(operand));
                case MathTree.Binary(var operator, var left, var right) ->
                    binary(operator.symbol, evaluate(left), evaluate(right));
            };
        }

        private double call(MathTree.Function function, double a) {
            return switch (function) {
                case ABS -> Math.abs(a);
                case LOG -> Math.log(a);
                case CEIL -> Math.ceil(a);
                case FLOOR -> Math.floor(a);
                case ROUND -> a < 0 ? -Math.floor(-a + 0.5) : Math.floor(a + 0.5);
                case IS_NAN -> truth(Double.isNaN(a));
                case IS_INF -> truth(Double.isInfinite(a));
                case IS_NUMBER -> truth(Double.isFinite(a));
            };
        }

        private double binary(String operator, double a, double b) {
            if (operator.equals("||") && a != 0) {
                return 1;
            }
            if (operator.equals("&&") && a == 0) {
                return 0;
            }
            if (Double.isNaN(a) || Double.isNaN(b)) {
                return Double.NaN;
            }
            comparesInfinities |= Double.isInfinite(a) && a == b;
            return switch (operator) {
                case "+" -> a + b;
                case "-" -> a - b;
                case "*" -> a * b;
                case "/" -> a / b;
                case "%" -> a % b;
                case "**" -> Math.pow(a, b);
                case "==" -> truth(a == b);
                case "!=" -> truth(a != b);
                case ">" -> truth(a > b);
                case ">=" -> truth(a >= b);
                case "<" -> truth(a < b);
                case "<=" -> truth(a <= b);
                default -> truth(b != 0);
            };
        }

        private static double truth(boolean holds) {
            return holds ? 1 : 0;
        }
    }
}
