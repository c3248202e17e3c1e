package dev.tocsin.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * Writes in PromQL for how many series of a query a classic condition of Grafana v12 holds (pkg/expr/classic/reduce.go):
 * it does as soon as it holds for one, and it has no data when there are none. Points that are NaN are passed over.
 */
final class GrafanaSeriesCount {
    private static final Map<String, String> FUNCTIONS = Map.of(
            "avg", "avg_over_time(",
            "min", "min_over_time(",
            "max", "max_over_time(",
            "sum", "sum_over_time(",
            "count", "count_over_time(",
            "last", "last_over_time(",
            "median", "quantile_over_time(0.5, ");

    private GrafanaSeriesCount() {}

    static boolean knows(String reducer) {
        return FUNCTIONS.containsKey(reducer);
    }

    /**
     * The text of an instant query.
     *
     * @param query of an AlertRule
     * @param threshold of an AlertRule: what each series is compared with
     */
    static String of(ObjectNode query, String reducer, ObjectNode threshold) {
        // A comment at the end of the text must not swallow what follows it.
        String own =
                "(" + query.path("expr").asText() + (query.path("expr").asText().contains("#") ? "\n" : "") + ")";
        return "sum(" + holds(query.has("range") ? reduced(own, query, reducer) : own, threshold) + ")";
    }

    private static String reduced(String own, ObjectNode query, String reducer) {
        long step = seconds(query.path("step"));
        // Both ends of the range belong to it, and a subquery leaves its start out.
        String window = "[" + (seconds(query.path("range")) + step) + "s:" + step + "s]";
        String points = reducer.equals("count") ? own : "(" + own + " >= -Inf)";
        return FUNCTIONS.get(reducer) + points + window + ")";
    }

    private static long seconds(JsonNode duration) {
        return Durations.millis(duration.asText()).orElseThrow() / 1000;
    }

    private static String holds(String value, ObjectNode threshold) {
        for (Map.Entry<String, JsonNode> field : threshold.properties()) {
            JsonNode number = field.getValue();
            switch (field.getKey()) {
                case "above" -> {
                    return compared(value, ">", number);
                }
                case "below" -> {
                    return compared(value, "<", number);
                }
                case "equal" -> {
                    return compared(value, "==", number);
                }
                case "notEqual" -> {
                    return compared(value, "!=", number);
                }
                case "atLeast" -> {
                    return compared(value, ">=", number);
                }
                case "atMost" -> {
                    return compared(value, "<=", number);
                }
                case "within" -> {
                    return both(value, ">", number.path("from"), "*", "<", number.path("to"));
                }
                case "withinInclusive" -> {
                    return both(value, ">=", number.path("from"), "*", "<=", number.path("to"));
                }
                case "outside" -> {
                    return both(value, "<", number.path("from"), "+", ">", number.path("to"));
                }
                case "outsideInclusive" -> {
                    return both(value, "<=", number.path("from"), "+", ">=", number.path("to"));
                }
                default -> {}
            }
        }
        throw new IllegalArgumentException("a threshold compares with something: " + threshold);
    }

    private static String both(String value, String first, JsonNode from, String joined, String second, JsonNode to) {
        return "(" + compared(value, first, from) + ") " + joined + " (" + compared(value, second, to) + ")";
    }

    private static String compared(String value, String operator, JsonNode with) {
        return value + " " + operator + " bool " + with.decimalValue().toPlainString();
    }
}
