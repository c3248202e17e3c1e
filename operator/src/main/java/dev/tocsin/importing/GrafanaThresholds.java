package dev.tocsin.importing;

import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads comparisons with numbers, as thresholds and classic conditions of Grafana v12 have them (pkg/expr). */
final class GrafanaThresholds {
    private static final int MOST_DIGITS = 40;

    private static final Map<String, String> ONE_NUMBER = Map.of(
            "gt", "above",
            "lt", "below",
            "eq", "equal",
            "ne", "notEqual",
            "gte", "atLeast",
            "ge", "atLeast",
            "lte", "atMost",
            "le", "atMost");

    private static final Map<String, String> RANGE = Map.of(
            "within_range", "within",
            "outside_range", "outside",
            "within_range_included", "withinInclusive",
            "outside_range_included", "outsideInclusive");

    /** What ends an alert, and the comparisons that it can go with. */
    private static final Map<String, List<String>> RECOVERY = Map.of(
            "lt", List.of("recoverBelow", "above", "atLeast"),
            "gt", List.of("recoverAbove", "below", "atMost"),
            "outside_range", List.of("recoverOutside", "within", "withinInclusive"),
            "within_range", List.of("recoverWithin", "outside", "outsideInclusive"));

    /** Fields that say what ends an alert. */
    static final List<String> RECOVERIES = List.of("recoverBelow", "recoverAbove", "recoverOutside", "recoverWithin");

    private GrafanaThresholds() {}

    /** A threshold. */
    static ObjectNode threshold(Tree evaluator, String input) throws NotCarriedOver {
        ObjectNode threshold = Harvest.mapping();
        threshold.put("input", input);
        String type = evaluator.text("type").orElse("");
        String field = ONE_NUMBER.get(type);
        if (field != null) {
            threshold.set(field, number(param(evaluator, 0)));
        } else if (RANGE.containsKey(type)) {
            threshold.set(RANGE.get(type), range(evaluator));
        } else {
            throw new NotCarriedOver(evaluator, "compares by \"" + type + "\", which an AlertRule does not have");
        }
        evaluator.done();
        return threshold;
    }

    /** Adds to a threshold what ends its alerts. */
    static void recovery(Tree evaluator, ObjectNode threshold) throws NotCarriedOver {
        String type = evaluator.text("type").orElse("");
        List<String> fields = RECOVERY.getOrDefault(type, List.of("", ""));
        Optional<String> begins = fields.stream().skip(1).filter(threshold::has).findFirst();
        if (begins.isEmpty()) {
            throw new NotCarriedOver(
                    evaluator, "ends its alerts by \"" + type + "\", which does not go with how they begin");
        }
        if (fields.getFirst().endsWith("Within") || fields.getFirst().endsWith("Outside")) {
            threshold.set(fields.getFirst(), range(evaluator));
        } else {
            DecimalNode number = number(param(evaluator, 0));
            BigDecimal first = threshold.path(begins.get()).decimalValue();
            int order = number.decimalValue().compareTo(first);
            if (type.equals("lt") ? order > 0 : order < 0) {
                throw new NotCarriedOver(evaluator, "its alerts end before they begin: " + number + " and " + first);
            }
            threshold.set(fields.getFirst(), number);
        }
        evaluator.done();
    }

    private static ObjectNode range(Tree evaluator) throws NotCarriedOver {
        DecimalNode from = number(param(evaluator, 0));
        DecimalNode to = number(param(evaluator, 1));
        if (from.decimalValue().compareTo(to.decimalValue()) > 0) {
            throw new NotCarriedOver(evaluator, "its range ends (" + to + ") before it begins (" + from + ")");
        }
        ObjectNode range = Harvest.mapping();
        range.set("from", from);
        range.set("to", to);
        return range;
    }

    private static Tree param(Tree evaluator, int index) throws NotCarriedOver {
        List<Tree> params = evaluator.items("params");
        if (params.size() <= index) {
            throw new NotCarriedOver(evaluator, "has " + params.size() + " numbers to compare with, and needs more");
        }
        return params.get(index);
    }

    /** A number as it is written, without zeros at its end. */
    static DecimalNode number(Tree tree) throws NotCarriedOver {
        try {
            BigDecimal number = new BigDecimal(tree.text()).stripTrailingZeros();
            if (number.precision() + Math.abs(number.scale()) <= MOST_DIGITS) {
                return DecimalNode.valueOf(new BigDecimal(number.toPlainString()));
            }
        } catch (NumberFormatException e) {
            throw new NotCarriedOver(tree, "\"" + tree.text() + "\" is no number");
        }
        throw new NotCarriedOver(tree, "\"" + tree.text() + "\" has too many digits");
    }
}
