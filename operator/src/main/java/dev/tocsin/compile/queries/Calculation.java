package dev.tocsin.compile.queries;

import static dev.tocsin.compile.queries.PromqlText.always;
import static dev.tocsin.compile.queries.PromqlText.nans;
import static dev.tocsin.compile.queries.PromqlText.number;
import static dev.tocsin.compile.queries.PromqlText.or;

import dev.tocsin.compile.queries.MathTree.Binary;
import dev.tocsin.compile.queries.MathTree.Call;
import dev.tocsin.compile.queries.MathTree.Function;
import dev.tocsin.compile.queries.MathTree.Operator;
import dev.tocsin.compile.queries.MathTree.Reference;
import dev.tocsin.compile.queries.MathTree.Unary;
import dev.tocsin.compile.queries.Node.Constant;
import dev.tocsin.compile.queries.Node.Vector;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns a calculation into PromQL with Grafana's meaning (pkg/expr/mathexp/exp.go): a NaN operand makes the result NaN,
 * of comparisons too; a left operand that decides || or &amp;&amp; comes before that; numbers are joined when their
 * labels are equal or those of one are among those of the other.
 */
final class Calculation {
    /** Gives what a name stands for. */
    interface Names {
        Node node(String field, String name) throws NotExpressible;
    }

    private final String field;
    private final PromqlText text;
    private final Names names;

    Calculation(String field, PromqlText text, Names names) {
        this.field = field;
        this.text = text;
        this.names = names;
    }

    Node evaluate(MathTree tree) throws NotExpressible {
        Node result = switch (tree) {
            case MathTree.Constant(double value) -> new Constant(value);
            case Reference(String name) -> names.node(field, name);
            case Unary(Operator operator, MathTree operand) -> unary(operator, evaluate(operand));
            case Call(Function function, MathTree operand) -> call(function, evaluate(operand));
            case Binary(Operator operator, MathTree left, MathTree right) ->
                binary(operator, evaluate(left), evaluate(right));
        };
        return PromqlText.bounded(field, result);
    }

    // ---- one operand ----

    private static Node unary(Operator operator, Node operand) {
        return switch (operand) {
            case Constant(double value) ->
                new Constant(operator == Operator.MINUS ? -value : Double.isNaN(value) ? value : value == 0 ? 1 : 0);
            case Vector vector ->
                vector.with(
                        operator == Operator.MINUS
                                ? "(" + vector.value() + " * -1)"
                                : "(" + vector.value() + " == bool 0)",
                        vector.total());
        };
    }

    private Node call(Function function, Node operand) {
        return switch (operand) {
            case Constant(double value) -> new Constant(apply(function, value));
            case Vector vector -> call(function, vector);
        };
    }

    private static double apply(Function function, double value) {
        return switch (function) {
            case ABS -> Math.abs(value);
            case LOG -> Math.log(value);
            case ROUND -> Math.signum(value) * Math.floor(Math.abs(value) + 0.5);
            case CEIL -> Math.ceil(value);
            case FLOOR -> Math.floor(value);
            case IS_NAN -> Double.isNaN(value) ? 1 : 0;
            case IS_INF -> Double.isInfinite(value) ? 1 : 0;
            case IS_NUMBER -> Double.isFinite(value) ? 1 : 0;
        };
    }

    private Vector call(Function function, Vector vector) {
        String value = vector.value();
        return switch (function) {
            case ABS -> vector.with("abs(" + value + ")", vector.total());
            case LOG -> vector.with(text.withoutNan("ln(" + value + ")"), false);
            // PromQL's round takes halves up, Grafana's away from zero.
            case ROUND -> vector.with("(sgn(" + value + ") * floor(abs(" + value + ") + 0.5))", vector.total());
            case CEIL -> vector.with("ceil(" + value + ")", vector.total());
            case FLOOR -> vector.with("floor(" + value + ")", vector.total());
            case IS_NAN -> vector.with(orWhereNan(always(value, 0), vector, 1), true);
            case IS_INF -> vector.with(orWhereNan("(abs(" + value + ") == bool Inf)", vector, 0), true);
            case IS_NUMBER -> vector.with(orWhereNan("(abs(" + value + ") < bool Inf)", vector, 0), true);
        };
    }

    /** The expression, and that number for those whose number is NaN. */
    static String orWhereNan(String expression, Vector vector, double number) {
        return vector.total() ? expression : or(expression, always(nans(vector), number));
    }

    // ---- two operands ----

    private Node binary(Operator operator, Node left, Node right) throws NotExpressible {
        return switch (left) {
            case Constant(double a) ->
                switch (right) {
                    case Constant(double b) -> new Constant(apply(operator, a, b));
                    case Vector b -> withConstantLeft(operator, a, b);
                };
            case Vector a ->
                switch (right) {
                    case Constant(double b) -> withConstantRight(operator, a, b);
                    case Vector b -> join(operator, a, b);
                };
        };
    }

    private static double apply(Operator operator, double a, double b) {
        if (operator == Operator.OR && a != 0) {
            return 1;
        }
        if (operator == Operator.AND && a == 0) {
            return 0;
        }
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Double.NaN;
        }
        return switch (operator) {
            case OR -> b != 0 ? 1 : 0;
            case AND -> b != 0 ? 1 : 0;
            case EQUAL -> a == b ? 1 : 0;
            case NOT_EQUAL -> a != b ? 1 : 0;
            case AT_LEAST -> a >= b ? 1 : 0;
            case AT_MOST -> a <= b ? 1 : 0;
            case ABOVE -> a > b ? 1 : 0;
            case BELOW -> a < b ? 1 : 0;
            case PLUS -> a + b;
            case MINUS -> a - b;
            case TIMES -> a * b;
            case DIVIDED -> a / b;
            case MODULO -> a % b;
            case POWER -> Math.pow(a, b);
            case NOT -> throw new IllegalArgumentException("takes one operand");
        };
    }

    private Vector withConstantLeft(Operator operator, double a, Vector b) {
        switch (operator) {
            case OR -> {
                return a != 0 ? b.with(always(b.existing(), 1), true) : b.with(isTrue(b.value()), b.total());
            }
            case AND -> {
                return a == 0
                        ? b.with(always(b.existing(), 0), true)
                        : Double.isNaN(a) ? nothing(b) : b.with(isTrue(b.value()), b.total());
            }
            default -> {}
        }
        if (Double.isNaN(a)) {
            return nothing(b);
        }
        if (operator.isComparison()) {
            return b.with(compared(b.value(), operator.exchanged(), number(a)), b.total());
        }
        String value = "(" + number(a) + " " + operator.promql() + " " + b.value() + ")";
        boolean safe = Double.isFinite(a)
                && switch (operator) {
                    case PLUS, MINUS -> true;
                    case TIMES -> a != 0;
                    default -> false;
                };
        return b.with(safe ? value : text.withoutNan(value), safe && b.total());
    }

    private Vector withConstantRight(Operator operator, Vector a, double b) {
        switch (operator) {
            case OR -> {
                if (Double.isNaN(b)) {
                    return a.with(orWhereNan("(" + isTrue(a.value()) + " == 1)", a, 1), false);
                }
                return b != 0
                        ? a.with(always(a.existing(), 1), true)
                        : a.with(orWhereNan(isTrue(a.value()), a, 1), true);
            }
            case AND -> {
                if (Double.isNaN(b)) {
                    return a.with("(" + a.value() + " == 0)", false);
                }
                return a.with(b == 0 ? always(a.value(), 0) : isTrue(a.value()), a.total());
            }
            default -> {}
        }
        if (Double.isNaN(b)) {
            return nothing(a);
        }
        if (operator.isComparison()) {
            return a.with(compared(a.value(), operator, number(b)), a.total());
        }
        String value = "(" + a.value() + " " + operator.promql() + " " + number(b) + ")";
        boolean safe = Double.isFinite(b)
                && switch (operator) {
                    case PLUS, MINUS -> true;
                    case TIMES, DIVIDED -> b != 0;
                    default -> false;
                };
        return a.with(safe ? value : text.withoutNan(value), safe && a.total());
    }

    /** NaN for every label set. */
    private static Vector nothing(Vector vector) {
        return vector.with("(" + vector.value() + " < -Inf)", false);
    }

    private static String isTrue(String value) {
        return "(" + value + " != bool 0)";
    }

    private static String compared(String value, Operator operator, String with) {
        return "(" + value + " " + operator.promql() + " bool " + with + ")";
    }

    private Vector join(Operator operator, Vector a, Vector b) throws NotExpressible {
        if (!Objects.equals(a.points(), b.points())) {
            throw new NotExpressible(
                    field,
                    a.points() == null || b.points() == null
                            ? "joins series of points with single numbers; reduce the series first"
                            : "joins series of different range or step; reduce them first, or give their queries the"
                                    + " same range and step");
        }
        Matching matching = Matching.of(field, a.labels(), b.labels());
        String core = switch (operator) {
            case OR -> "(" + matching.join("+", isTrue(a.value()), isTrue(b.value())) + " > bool 0)";
            case AND -> matching.join("*", isTrue(a.value()), isTrue(b.value()));
            // To VictoriaMetrics a comparison with nothing on its right is false and not nothing; a difference
            // with nothing is nothing.
            case EQUAL, NOT_EQUAL, AT_LEAST, AT_MOST, ABOVE, BELOW ->
                compared(matching.join("-", a.value(), b.value()), operator, "0");
            default -> matching.join(operator.promql(), a.value(), b.value());
        };
        boolean truth = operator == Operator.OR || operator == Operator.AND;
        String value = truth || operator.isComparison() ? core : text.withoutNan(core);
        if (operator == Operator.AND && !b.total()) {
            value = or(value, matching.join("*", "(" + a.value() + " == 0)", always(b.existing(), 1)));
        }
        if (operator == Operator.OR && !b.total()) {
            value = or(value, matching.join("+", "(" + isTrue(a.value()) + " == 1)", always(b.existing(), 0)));
        }
        if (operator == Operator.OR && !a.total()) {
            value = or(value, matching.join("+", always(nans(a), 1), always(b.existing(), 0)));
        }
        boolean total = (truth || operator.isComparison()) && a.total() && b.total();
        Set<String> queries = new TreeSet<>(a.queries());
        queries.addAll(b.queries());
        String existing = matching.join("+", always(a.existing(), 0), always(b.existing(), 0));
        return new Vector(value, existing, total, false, a.points(), matching.result(), Set.copyOf(queries));
    }

    /** How the label sets of two operands are matched. */
    private record Matching(String clause, Node.Labels result) {

        /**
         * Grafana decides it for each pair of label sets; here it is decided by the names of the labels, which have to be
         * known, unless both come from one query.
         */
        static Matching of(String field, Node.Labels a, Node.Labels b) throws NotExpressible {
            if (a.query().equals(b.query())) {
                return new Matching("", a);
            }
            Set<String> left = known(field, a, b);
            Set<String> right = known(field, b, a);
            if (left.equals(right)) {
                return new Matching(on(left), a);
            }
            if (left.containsAll(right)) {
                return new Matching(on(right) + " group_left ()", a);
            }
            if (right.containsAll(left)) {
                return new Matching(on(left) + " group_right ()", b);
            }
            throw new NotExpressible(
                    field,
                    "joins \"" + a.query() + "\" with labels " + String.join(", ", left) + " and \"" + b.query()
                            + "\" with labels " + String.join(", ", right)
                            + ": numbers are joined only where the labels of one are among those of the other;"
                            + " aggregate one of them to the labels that both have");
        }

        private static Set<String> known(String field, Node.Labels labels, Node.Labels other) throws NotExpressible {
            Optional<Set<String>> names = labels.names();
            if (names.isEmpty()) {
                throw new NotExpressible(
                        field,
                        "joins \"" + labels.query() + "\" with \"" + other.query()
                                + "\", and the labels of the former are not known; name them in dimensions of query \""
                                + labels.query() + "\"");
            }
            return names.get();
        }

        private static String on(Set<String> labels) {
            return " on (" + String.join(", ", new TreeSet<>(labels)) + ")";
        }

        String join(String operator, String left, String right) {
            return "(" + left + " " + operator + clause + " " + right + ")";
        }
    }
}
