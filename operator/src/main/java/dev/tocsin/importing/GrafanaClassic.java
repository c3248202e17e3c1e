package dev.tocsin.importing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads classic conditions of Grafana v12 (pkg/expr/classic). All of them together give one alert without labels, which
 * is what reducers, thresholds and a calculation give too as long as no query has labels; of another query its series are
 * counted. Each operator joins a condition with all that stand before it.
 */
final class GrafanaClassic {
    private static final String AND = " && ";

    private final GrafanaData data;
    private final String name;
    private final Tree model;

    GrafanaClassic(GrafanaData data, String name, Tree model) {
        this.data = data;
        this.name = name;
        this.model = model;
    }

    void read() throws NotCarriedOver {
        List<Tree> conditions = model.items("conditions");
        if (conditions.isEmpty()) {
            throw new NotCarriedOver(model, "expression " + name + " has no conditions");
        }
        List<String> parts = new ArrayList<>();
        Set<String> values = new HashSet<>();
        boolean holdTogether = true;
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < conditions.size(); i++) {
            Tree condition = conditions.get(i);
            condition.done("type");
            String part = conditions.size() == 1 ? name : data.free(name + i + "_holds");
            String value = name + i;
            if (condition(condition, value, part)) {
                values.add(value);
            }
            parts.add(part);
            if (i > 0) {
                String operator = operator(condition);
                holdTogether &= operator.equals(AND);
                joined = new StringBuilder(i > 1 ? "(" + joined + ")" : joined)
                        .append(operator)
                        .append("$")
                        .append(part);
            } else {
                condition.done("operator");
                joined.append("$").append(part);
            }
        }
        if (parts.size() > 1) {
            data.addMath(name, joined.toString());
        }
        // Grafana numbers what holds: the first is of the first condition only where one holds as long as all do.
        data.addClassic(name, holdTogether && values.size() == conditions.size() ? values : Set.of());
    }

    private static String operator(Tree condition) throws NotCarriedOver {
        String type = condition
                .get("operator")
                .flatMap(operator -> operator.text("type"))
                .orElse("");
        return switch (type) {
            case "and" -> AND;
            case "or", "logic-or" -> " || ";
            default -> throw new NotCarriedOver(condition, "joins conditions by \"" + type + "\", which is not known");
        };
    }

    /**
     * Adds the steps of a condition.
     *
     * @param value the name that Grafana gives to the number of what holds
     * @return whether there is a step of that name, with that number
     */
    private boolean condition(Tree condition, String value, String holds) throws NotCarriedOver {
        List<Tree> params =
                condition.get("query").map(query -> query.items("params")).orElse(List.of());
        if (params.isEmpty()) {
            throw new NotCarriedOver(condition, "a classic condition names no query");
        }
        params.forEach(Tree::done);
        String input = data.step(params.getFirst().text());
        Tree evaluator = condition
                .get("evaluator")
                .orElseThrow(() -> new NotCarriedOver(condition, "a classic condition compares with nothing"));
        if (evaluator.text("type").orElse("").equals("no_value")) {
            throw new NotCarriedOver(evaluator, "asks whether there is no value; noDataState: Alerting says it");
        }
        Optional<Tree> reducer = condition.get("reducer");
        reducer.ifPresent(given -> given.done("params"));
        String function = reducer.flatMap(given -> given.text("type")).orElse("");
        boolean hasLabels = !data.isWithoutLabels(input);
        if (hasLabels || data.isSeriesOfPoints(input)) {
            mustBeKnown(condition, function);
        }
        if (hasLabels) {
            count(condition, input, function, evaluator, data.free(value), holds);
            return false;
        }
        String number = input;
        if (data.isSeriesOfPoints(input)) {
            number = data.free(value);
            data.addReduce(number, reduce(function, input));
            data.harvest()
                    .note(
                            "classic conditions pass over points that are NaN and count infinite ones; imported ones pass over"
                                    + " both");
        }
        data.addThreshold(holds, GrafanaThresholds.threshold(evaluator, number));
        return number.equals(value);
    }

    /** One alert as soon as the condition holds for one of the series. */
    private void count(Tree condition, String input, String function, Tree evaluator, String counted, String holds)
            throws NotCarriedOver {
        ObjectNode query = data.query(input)
                .orElseThrow(() -> new NotCarriedOver(
                        condition,
                        "classic conditions give one alert, whatever series " + input
                                + " has, and an AlertRule one for each; let the condition look at a query"));
        String text = GrafanaSeriesCount.of(query, function, GrafanaThresholds.threshold(evaluator, input));
        data.addCount(counted, input, text);
        ObjectNode threshold = Harvest.mapping();
        threshold.put("input", counted).put("above", 0);
        data.addThreshold(holds, threshold);
    }

    private static void mustBeKnown(Tree condition, String reducer) throws NotCarriedOver {
        if (!GrafanaSeriesCount.knows(reducer)) {
            throw new NotCarriedOver(
                    condition.get("reducer").orElse(condition),
                    "reduces by \"" + reducer + "\", which an AlertRule does not have");
        }
    }

    private static ObjectNode reduce(String reducer, String input) {
        String function = reducer.equals("avg") ? "mean" : reducer;
        ObjectNode reduce = Harvest.mapping();
        reduce.put("input", input).put("function", function);
        if (!function.equals("count")) {
            reduce.put("mode", "DropNonNumeric");
        }
        return reduce;
    }
}
