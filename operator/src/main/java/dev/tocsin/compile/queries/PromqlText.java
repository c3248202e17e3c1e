package dev.tocsin.compile.queries;

import dev.tocsin.compile.queries.Node.Points;
import dev.tocsin.compile.queries.Node.Vector;
import dev.tocsin.configuration.OperatorConfiguration.Language;

/** Pieces of expressions, each in parentheses, so that they can be put together without thought of precedence. */
record PromqlText(Language language) {

    /** VictoriaMetrics refuses longer ones (-search.maxQueryLen, 1.150). */
    private static final int LONGEST = 16_384;

    /** What a user wrote, as an operand. A comment ends with its line. */
    static String own(String expression) {
        String text = expression.strip();
        return "(" + text + (text.contains("#") ? "\n)" : ")");
    }

    /** A number as PromQL writes it. */
    static String number(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "Inf" : "-Inf";
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        return Double.toString(value).replace("E", "e");
    }

    /** A text as PromQL writes it. */
    static String quoted(String value) {
        return '"'
                + value.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                        .replace("\t", "\\t")
                + '"';
    }

    /** Leaves NaN out, where the engine would keep it. */
    String withoutNan(String expression) {
        return language == Language.PromQL ? "(" + expression + " >= -Inf)" : expression;
    }

    /** Without points that are infinite. */
    static String finite(String expression) {
        return "((" + expression + " < Inf) > -Inf)";
    }

    /** The same number for each label set that is there, whatever its own. */
    static String always(String expression, double number) {
        String zero = "((" + expression + " > bool 0) * 0)";
        return number == 0 ? zero : "(" + zero + " + " + number(number) + ")";
    }

    /** Those of which the number is NaN. */
    static String nans(Vector vector) {
        return "(" + vector.existing() + " unless " + vector.value() + ")";
    }

    static String or(String... alternatives) {
        return alternatives.length == 1 ? alternatives[0] : "(" + String.join(" or ", alternatives) + ")";
    }

    static String overTime(String function, String expression, Points points) {
        return function + "(" + (function.equals("quantile_over_time") ? "0.5, " : "") + expression + points.window()
                + ")";
    }

    /**
     * An expression as it was some time before. A subquery looks at multiples of its step, and evaluations are at whole
     * seconds (vmalert 1.150, client_prom.go). MetricsQL's offset of any expression would look further back than that.
     */
    static String before(String expression, long seconds) {
        return "last_over_time(" + expression + "[1s:1s] offset " + seconds + "s)";
    }

    /** The node, unless its text has grown beyond what an engine takes: each use of it would multiply it. */
    static Node bounded(String field, Node node) throws NotExpressible {
        if (node instanceof Vector vector) {
            refuseTooLong(field, vector.value());
            refuseTooLong(field, vector.existing());
        }
        return node;
    }

    static void refuseTooLong(String field, String expression) throws NotExpressible {
        if (expression.length() > LONGEST) {
            throw new NotExpressible(
                    field,
                    "what the engine is to evaluate has " + expression.length() + " characters, more than the "
                            + LONGEST
                            + " that it takes; shorten the queries, use fewer of them, or lower"
                            + " missingSeriesEvaluations");
        }
    }
}
