package dev.tocsin.compile.queries;

import static dev.tocsin.compile.queries.PromqlText.always;
import static dev.tocsin.compile.queries.PromqlText.finite;
import static dev.tocsin.compile.queries.PromqlText.nans;
import static dev.tocsin.compile.queries.PromqlText.number;
import static dev.tocsin.compile.queries.PromqlText.or;
import static dev.tocsin.compile.queries.PromqlText.overTime;

import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.api.v1alpha1.ErrorPolicy;
import dev.tocsin.api.v1alpha1.Expression;
import dev.tocsin.api.v1alpha1.NoDataPolicy;
import dev.tocsin.api.v1alpha1.Query;
import dev.tocsin.api.v1alpha1.Reduce;
import dev.tocsin.api.v1alpha1.ReduceMode;
import dev.tocsin.api.v1alpha1.Reducer;
import dev.tocsin.api.v1alpha1.Threshold;
import dev.tocsin.api.v1alpha1.ValueRange;
import dev.tocsin.compile.PromDuration;
import dev.tocsin.compile.queries.Node.Labels;
import dev.tocsin.compile.queries.Node.Points;
import dev.tocsin.compile.queries.Node.Vector;
import dev.tocsin.configuration.OperatorConfiguration.Language;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Turns queries, expressions and condition of one rule into what the engine evaluates. */
public final class ConditionCompiler {
    /** Prometheus and VictoriaMetrics refuse range queries with more points. */
    private static final int MOST_POINTS = 11_000;

    private static final int DEFAULT_STEP_SECONDS = 15;
    /** How long errors may go on in what is kept: as far as vmalert looks back for pending times (-remoteRead.lookback). */
    private static final long KEPT_SECONDS = 3600;

    private static final int DEFAULT_MISSING_SERIES_EVALUATIONS = 2;

    private final PromqlText text;
    private final long intervalSeconds;
    private final AlertRuleSpec spec;
    private final Optional<OwnAlerts> ownAlerts;
    private final Map<String, Integer> queries = new LinkedHashMap<>();
    private final Map<String, Integer> expressions = new LinkedHashMap<>();
    private final Map<String, MathTree> calculations = new HashMap<>();
    private final Map<String, Node> nodes = new HashMap<>();
    private final Set<String> underWay = new LinkedHashSet<>();
    private boolean remembers;

    private ConditionCompiler(
            AlertRuleSpec spec, Language language, long intervalSeconds, Optional<OwnAlerts> ownAlerts) {
        this.spec = spec;
        this.text = new PromqlText(language);
        this.intervalSeconds = intervalSeconds;
        this.ownAlerts = ownAlerts;
    }

    /**
     * Compiles a rule that has queries.
     *
     * @param intervalSeconds from one evaluation to the next
     * @param ownAlerts of a datasource that remembers them
     * @throws NotExpressible when it cannot be done exactly
     */
    public static Condition compile(
            AlertRuleSpec spec, Language language, long intervalSeconds, Optional<OwnAlerts> ownAlerts)
            throws NotExpressible {
        return new ConditionCompiler(spec, language, intervalSeconds, ownAlerts).compile();
    }

    private Condition compile() throws NotExpressible {
        collectNames();
        for (String query : queries.keySet()) {
            node("spec.queries", query);
        }
        String name = Objects.requireNonNullElse(spec.condition(), "");
        Node node = node("spec.condition", name);
        if (!(node instanceof Vector vector)) {
            throw new NotExpressible("spec.condition", "\"" + name + "\" does not depend on any query");
        }
        if (vector.points() != null) {
            throw new NotExpressible(
                    "spec.condition",
                    "\"" + name + "\" gives series of points; reduce them, and let the condition look at the numbers");
        }
        List<String> others = queries.keySet().stream()
                .filter(query -> !vector.queries().contains(query))
                .map(this::present)
                .toList();
        String existing = whereAllReturn(vector.existing(), others);
        String noData = noData(vector, existing);
        String told = told(name, vector);
        String alerts = whereAllReturn(telling(told, name, alerts(name, vector, noData), vector), others);
        String kept = kept(held(alerts, existing), vector, existing, noData);
        Condition condition = new Condition(kept, noData, remembers, values(name, told));
        refuseWhatIsTooLong(condition);
        return condition;
    }

    // ---- names ----

    private void collectNames() throws NotExpressible {
        List<Query> list = Objects.requireNonNullElse(spec.queries(), List.of());
        for (int i = 0; i < list.size(); i++) {
            queries.put(list.get(i).name(), i);
        }
        List<Expression> steps = expressionsOf(spec);
        for (int i = 0; i < steps.size(); i++) {
            Expression step = steps.get(i);
            String field = "spec.expressions[" + i + "]";
            if (queries.containsKey(step.name()) || expressions.put(step.name(), i) != null) {
                throw new NotExpressible(
                        field + ".name", "\"" + step.name() + "\" is the name of another one; choose a different one");
            }
            if (step.math() != null) {
                calculations.put(step.name(), MathParser.parse(field + ".math", step.math()));
            }
        }
        for (int i = 0; i < steps.size(); i++) {
            for (Map.Entry<String, String> input :
                    inputs("spec.expressions[" + i + "]", steps.get(i)).entrySet()) {
                if (!queries.containsKey(input.getValue()) && !expressions.containsKey(input.getValue())) {
                    throw unknown(input.getKey(), input.getValue());
                }
            }
        }
    }

    /** What an expression refers to, by the field that does; of math any one. */
    private Map<String, String> inputs(String field, Expression step) {
        Map<String, String> result = new LinkedHashMap<>();
        if (step.reduce() != null) {
            result.put(field + ".reduce.input", step.reduce().input());
        }
        if (step.threshold() != null) {
            result.put(field + ".threshold.input", step.threshold().input());
        }
        MathTree tree = calculations.get(step.name());
        if (tree != null) {
            references(tree).stream()
                    .filter(name -> !queries.containsKey(name) && !expressions.containsKey(name))
                    .findFirst()
                    .ifPresent(name -> result.put(field + ".math", name));
        }
        return result;
    }

    private static Set<String> references(MathTree tree) {
        return switch (tree) {
            case MathTree.Constant ignored -> Set.of();
            case MathTree.Reference(String name) -> Set.of(name);
            case MathTree.Unary(var operator, MathTree operand) -> references(operand);
            case MathTree.Call(var function, MathTree operand) -> references(operand);
            case MathTree.Binary(var operator, MathTree left, MathTree right) -> {
                Set<String> both = new TreeSet<>(references(left));
                both.addAll(references(right));
                yield both;
            }
        };
    }

    private static List<Expression> expressionsOf(AlertRuleSpec spec) {
        return Objects.requireNonNullElse(spec.expressions(), List.of());
    }

    private NotExpressible unknown(String field, String name) {
        List<String> known = new ArrayList<>(queries.keySet());
        known.addAll(expressions.keySet());
        return new NotExpressible(
                field,
                "there is no query or expression \"" + name + "\"; there are: "
                        + String.join(", ", new TreeSet<>(known)));
    }

    // ---- nodes ----

    private Node node(String field, String name) throws NotExpressible {
        Node known = nodes.get(name);
        if (known != null) {
            return known;
        }
        if (!underWay.add(name)) {
            throw new NotExpressible(
                    field, "goes in a circle: " + String.join(" -> ", underWay) + " -> " + name + "; break it");
        }
        Node result = compiled(field, name);
        underWay.remove(name);
        nodes.put(name, PromqlText.bounded(field, result));
        return result;
    }

    private Node compiled(String field, String name) throws NotExpressible {
        Integer query = queries.get(name);
        if (query != null) {
            return query(Objects.requireNonNull(spec.queries()).get(query), query);
        }
        Integer expression = expressions.get(name);
        if (expression != null) {
            return expression(expressionsOf(spec).get(expression), "spec.expressions[" + expression + "]");
        }
        throw unknown(field, name);
    }

    private Vector query(Query query, int index) throws NotExpressible {
        Points points = points(query, "spec.queries[" + index + "]");
        String own = PromqlText.own(query.expr());
        boolean total = text.language() == Language.MetricsQL;
        Optional<Set<String>> names = query.dimensions() == null
                ? SeriesLabels.of(query.expr())
                : Optional.of(new TreeSet<>(query.dimensions()));
        return new Vector(
                text.withoutNan(own), own, total, true, points, new Labels(query.name(), names), Set.of(query.name()));
    }

    private static @Nullable Points points(Query query, String field) throws NotExpressible {
        if (query.range() == null) {
            return null;
        }
        long range = seconds(field + ".range", query.range());
        long step =
                query.step() == null ? Math.min(DEFAULT_STEP_SECONDS, range) : seconds(field + ".step", query.step());
        if (range % step != 0) {
            throw new NotExpressible(
                    field + (query.step() == null ? ".range" : ".step"),
                    "range " + query.range() + " is not a multiple of step " + step + "s; give a step that divides it");
        }
        if (range / step > MOST_POINTS) {
            throw new NotExpressible(
                    field + ".step",
                    "range " + query.range() + " has more than " + MOST_POINTS + " points at step " + step
                            + "s; give a longer step");
        }
        return new Points(range, step);
    }

    private static long seconds(String field, String duration) throws NotExpressible {
        long seconds =
                PromDuration.parse(duration).map(java.time.Duration::toSeconds).orElse(0L);
        if (seconds < 1) {
            throw new NotExpressible(field, "\"" + duration + "\" must be a duration of at least 1s, such as 30s");
        }
        return seconds;
    }

    private Node expression(Expression expression, String field) throws NotExpressible {
        MathTree calculation = calculations.get(expression.name());
        if (calculation != null) {
            return new Calculation(field + ".math", text, this::node).evaluate(calculation);
        }
        if (expression.reduce() != null) {
            return reduce(expression.reduce(), field + ".reduce");
        }
        if (expression.threshold() != null) {
            return threshold(expression.threshold(), field + ".threshold");
        }
        throw new NotExpressible(field, "set exactly one of reduce, math and threshold");
    }

    // ---- reduce ----

    private Vector reduce(Reduce reduce, String field) throws NotExpressible {
        if (!(node(field + ".input", reduce.input()) instanceof Vector input)) {
            throw new NotExpressible(
                    field + ".input", "\"" + reduce.input() + "\" is one number; there is nothing to" + " reduce");
        }
        ReduceMode mode = Objects.requireNonNullElse(reduce.mode(), ReduceMode.Strict);
        double replacement = Objects.requireNonNullElse(reduce.replaceWith(), 0.0);
        Points points = input.points();
        if (points == null) {
            return mapped(input, mode, replacement);
        }
        Reducer function = reduce.function();
        String all = overTime("count_over_time", input.existing(), points);
        boolean counts = function == Reducer.COUNT;
        return switch (mode) {
            case Strict -> {
                String value = counts ? all : strict(function, input, points, field);
                boolean total = counts || (input.total() && function != Reducer.SUM && function != Reducer.MEAN);
                yield reduced(input, value, all, total);
            }
            case DropNonNumeric -> {
                String value = overTime(name(function), finite(input.value()), points);
                if (counts || function == Reducer.SUM) {
                    yield reduced(input, or(value, always(all, 0)), all, true);
                }
                yield reduced(input, value, value, true);
            }
            case ReplaceNonNumeric -> {
                String value = overTime(
                        name(function), mapped(input, mode, replacement).value(), points);
                yield reduced(input, value, value, true);
            }
        };
    }

    /** A NaN among the points makes the result NaN, except where the engine's own function sees to that. */
    private String strict(Reducer function, Vector input, Points points, String field) throws NotExpressible {
        if (input.total()) {
            return overTime(name(function), input.value(), points);
        }
        if (function == Reducer.LAST) {
            if (!input.carried()) {
                throw new NotExpressible(
                        field + ".mode",
                        "Strict: whether the last point of \"" + input.labels().query()
                                + "\" is NaN after a calculation cannot be told; use DropNonNumeric or"
                                + " ReplaceNonNumeric");
            }
            return text.withoutNan(overTime(name(function), input.existing(), points));
        }
        return "(" + overTime(name(function), input.value(), points) + " unless "
                + overTime("count_over_time", nans(input), points) + ")";
    }

    private static Vector reduced(Vector input, String value, String existing, boolean total) {
        return new Vector(value, existing, total, false, null, input.labels(), input.queries());
    }

    /** What a mode makes of each number by itself. */
    private static Vector mapped(Vector input, ReduceMode mode, double replacement) {
        return switch (mode) {
            case Strict -> input;
            case DropNonNumeric -> reduced(input, finite(input.value()), finite(input.value()), true);
            // Without the name of the metric on both sides, else one series would become two.
            case ReplaceNonNumeric ->
                input.with(or(finite("(" + input.value() + " + 0)"), always(input.existing(), replacement)), true);
        };
    }

    private static String name(Reducer function) {
        return switch (function) {
            case LAST -> "last_over_time";
            case MIN -> "min_over_time";
            case MAX -> "max_over_time";
            case MEAN -> "avg_over_time";
            case MEDIAN -> "quantile_over_time";
            case SUM -> "sum_over_time";
            case COUNT -> "count_over_time";
        };
    }

    // ---- threshold ----

    private Node threshold(Threshold threshold, String field) throws NotExpressible {
        Node input = node(field + ".input", threshold.input());
        if (threshold.hasRecovery() && !field.equals(fieldOfCondition() + ".threshold")) {
            throw new NotExpressible(
                    field, "has a recovery, and is not the condition; only the condition can have one");
        }
        if (!(input instanceof Vector vector)) {
            throw new NotExpressible(field + ".input", "\"" + threshold.input() + "\" is one number");
        }
        String value = "(" + truth(threshold, vector.value(), field) + ")";
        return vector.with(Calculation.orWhereNan(value, vector, threshold.notEqual() != null ? 1 : 0), true);
    }

    private String fieldOfCondition() {
        return "spec.expressions[" + expressions.get(spec.condition()) + "]";
    }

    /** 1 where it holds, 0 where not. */
    private static String truth(Threshold threshold, String value, String field) throws NotExpressible {
        ValueRange within = threshold.within() != null ? threshold.within() : threshold.withinInclusive();
        ValueRange outside = threshold.outside() != null ? threshold.outside() : threshold.outsideInclusive();
        if (within != null) {
            boolean inclusive = threshold.within() == null;
            return "(" + value + (inclusive ? " >= bool " : " > bool ") + number(within.from()) + ") * (" + value
                    + (inclusive ? " <= bool " : " < bool ") + number(within.to()) + ")";
        }
        if (outside != null) {
            boolean inclusive = threshold.outside() == null;
            return "((" + value + (inclusive ? " <= bool " : " < bool ") + number(outside.from()) + ") + (" + value
                    + (inclusive ? " >= bool " : " > bool ") + number(outside.to()) + ")) > bool 0";
        }
        Comparison comparison = Comparison.of(threshold, field);
        return value + " " + comparison.operator() + " bool " + number(comparison.with());
    }

    /** The numbers for which it holds. */
    private static String holding(Threshold threshold, String value, String field) throws NotExpressible {
        ValueRange within = threshold.within() != null ? threshold.within() : threshold.withinInclusive();
        ValueRange outside = threshold.outside() != null ? threshold.outside() : threshold.outsideInclusive();
        if (within != null) {
            boolean inclusive = threshold.within() == null;
            return "((" + value + (inclusive ? " >= " : " > ") + number(within.from()) + ")"
                    + (inclusive ? " <= " : " < ") + number(within.to()) + ")";
        }
        if (outside != null) {
            boolean inclusive = threshold.outside() == null;
            return or(
                    "(" + value + (inclusive ? " <= " : " < ") + number(outside.from()) + ")",
                    "(" + value + (inclusive ? " >= " : " > ") + number(outside.to()) + ")");
        }
        Comparison comparison = Comparison.of(threshold, field);
        return "(" + value + " " + comparison.operator() + " " + number(comparison.with()) + ")";
    }

    /**
     * What an alert that has begun goes on with.
     *
     * @param field of the threshold
     * @param goesOn the numbers that are no recovery
     */
    private record Recovery(String field, String goesOn) {
        static Recovery of(Threshold threshold, String value) {
            if (threshold.recoverBelow() != null) {
                return new Recovery("recoverBelow", "(" + value + " >= " + number(threshold.recoverBelow()) + ")");
            }
            if (threshold.recoverAbove() != null) {
                return new Recovery("recoverAbove", "(" + value + " <= " + number(threshold.recoverAbove()) + ")");
            }
            if (threshold.recoverOutside() != null) {
                ValueRange range = threshold.recoverOutside();
                return new Recovery(
                        "recoverOutside",
                        "((" + value + " >= " + number(range.from()) + ") <= " + number(range.to()) + ")");
            }
            ValueRange range = Objects.requireNonNull(threshold.recoverWithin());
            return new Recovery(
                    "recoverWithin",
                    or(
                            "(" + value + " <= " + number(range.from()) + ")",
                            "(" + value + " >= " + number(range.to()) + ")"));
        }
    }

    private record Comparison(String operator, double with) {
        static Comparison of(Threshold threshold, String field) throws NotExpressible {
            if (threshold.above() != null) {
                return new Comparison(">", threshold.above());
            }
            if (threshold.below() != null) {
                return new Comparison("<", threshold.below());
            }
            if (threshold.equal() != null) {
                return new Comparison("==", threshold.equal());
            }
            if (threshold.notEqual() != null) {
                return new Comparison("!=", threshold.notEqual());
            }
            if (threshold.atLeast() != null) {
                return new Comparison(">=", threshold.atLeast());
            }
            if (threshold.atMost() != null) {
                return new Comparison("<=", threshold.atMost());
            }
            throw new NotExpressible(field, "compares with nothing; set one of above, below, equal, …");
        }
    }

    // ---- condition ----

    /** A number other than 0 alerts, NaN too; a threshold alerts with the number that it looked at. */
    private String alerts(String name, Vector condition, String noData) throws NotExpressible {
        Threshold threshold = thresholdOf(name);
        if (threshold != null && node("spec.condition", threshold.input()) instanceof Vector input) {
            String holding = holding(threshold, input.value(), fieldOfCondition() + ".threshold");
            return threshold.hasRecovery()
                    ? withRecovery(threshold, input, holding, noData)
                    : threshold.notEqual() == null ? holding : Calculation.orWhereNan(holding, input, 1);
        }
        return Calculation.orWhereNan("(" + condition.value() + " != 0)", condition, 1);
    }

    /**
     * Where it alerted at the evaluation before, the recovery decides, and NaN is not a recovery (Grafana,
     * pkg/expr/hysteresis.go, pkg/services/ngalert/schedule/loaded_metrics_reader.go).
     */
    private String withRecovery(Threshold threshold, Vector input, String begins, String noData) throws NotExpressible {
        Recovery recovery = Recovery.of(threshold, input.value());
        String before = alertsBefore(fieldOfCondition() + ".threshold." + recovery.field(), input);
        if (spec.noData() == NoDataPolicy.Alerting || spec.noData() == NoDataPolicy.KeepLast) {
            before = "(" + before + " unless on () " + PromqlText.before(noData, intervalSeconds) + ")";
        }
        return or(
                "(" + begins + " unless " + before + ")",
                "(" + Calculation.orWhereNan(recovery.goesOn(), input, 1) + " and " + before + ")");
    }

    /**
     * The label sets of the input whose alerts were pending or fired at the evaluation before. An evaluation that failed
     * counts as one at which the series was missing when onError is Error, and ends the memory otherwise.
     */
    private String alertsBefore(String field, Vector input) throws NotExpressible {
        boolean mayFail = spec.onError() == null || spec.onError() == ErrorPolicy.Error;
        return ownAlerts(field, "", input).before(mayFail ? missingSeriesEvaluations() : 1, intervalSeconds);
    }

    /**
     * What the datasource remembers.
     *
     * @param field what needs it, and the value of it that does
     */
    private OwnAlerts ownAlerts(String field, String value, Vector vector) throws NotExpressible {
        OwnAlerts alerts = ownAlerts.orElseThrow(() -> new NotExpressible(
                field,
                value
                        + "needs a datasource of language MetricsQL with remoteWrite in the operator's configuration: how an"
                        + " alert was before is read from there"));
        if (intervalSeconds < OwnAlerts.SHORTEST_INTERVAL_SECONDS) {
            throw new NotExpressible(
                    field,
                    value + "needs an interval of at least " + OwnAlerts.SHORTEST_INTERVAL_SECONDS + "s, not "
                            + intervalSeconds
                            + "s: so long it may take until the datasource shows how an alert was before; set"
                            + " spec.interval");
        }
        alerts.refuseUnlessKnownAgain(field, value, vector);
        remembers = true;
        return alerts;
    }

    private @Nullable Threshold thresholdOf(String name) {
        Integer index = expressions.get(name);
        return index == null ? null : expressionsOf(spec).get(index).threshold();
    }

    /**
     * An alert whose series vanishes while others stay goes on for some evaluations: as it was when the series was there
     * last. When all vanish and noData is OK, it does not.
     */
    private String held(String alerts, String existing) {
        int evaluations = missingSeriesEvaluations();
        String result = PromqlText.before(alerts, (evaluations - 1) * intervalSeconds);
        for (int ago = evaluations - 2; ago >= 0; ago--) {
            String then = ago == 0 ? alerts : PromqlText.before(alerts, ago * intervalSeconds);
            String thereThen = ago == 0 ? existing : PromqlText.before(existing, ago * intervalSeconds);
            String missed = "(" + result + " unless " + thereThen + ")";
            if (ago == 0 && (spec.noData() == NoDataPolicy.OK || spec.noData() == NoDataPolicy.KeepLast)) {
                missed = "(" + missed + " and on () " + existing + ")";
            }
            result = or(then, missed);
        }
        return evaluations == 1 ? alerts : result;
    }

    /**
     * With KeepLast, what alerted goes on while there are no data, with number -1 (Grafana, ngalert/state/state.go,
     * resultKeepLast, SetNextValues), and an instance that is missing when there are data again may be so for as many
     * evaluations as if it had been there until then.
     */
    private String kept(String alerts, Vector condition, String existing, String noData) throws NotExpressible {
        if (spec.noData() != NoDataPolicy.KeepLast) {
            return alerts;
        }
        refuseLabelsWithNumbers();
        String before =
                "(" + ownAlerts("spec.noData", "KeepLast ", condition).before(evaluationsKept(), intervalSeconds)
                        + " * -1)";
        String withoutData = "(" + before + " and on () " + noData + ")";
        int missing = missingSeriesEvaluations();
        if (missing == 1) {
            return or(alerts, withoutData);
        }
        String[] wasWithoutData = LongStream.range(1, missing)
                .mapToObj(ago -> PromqlText.before(noData, ago * intervalSeconds))
                .toArray(String[]::new);
        return or(
                alerts,
                withoutData,
                "(((" + before + " unless " + existing + ") and on () " + existing + ") and on () " + or(wasWithoutData)
                        + ")");
    }

    /** Evaluations may fail in between without an end of what is kept, when errors keep it as well. */
    private int evaluationsKept() {
        int missing = missingSeriesEvaluations();
        return switch (Objects.requireNonNullElse(spec.onError(), ErrorPolicy.Error)) {
            case OK -> 1;
            case Error, Alerting -> missing;
            case KeepLast -> (int) Math.max(missing, KEPT_SECONDS / intervalSeconds);
        };
    }

    private void refuseLabelsWithNumbers() throws NotExpressible {
        for (Map.Entry<String, String> label : Objects.requireNonNullElse(spec.labels(), Map.<String, String>of())
                .entrySet()) {
            String text = Objects.requireNonNullElse(label.getValue(), "");
            if (text.contains("$value") || text.contains(".Value")) {
                throw new NotExpressible(
                        "spec.labels." + label.getKey(),
                        "is made from the number, which is not known while noData KeepLast keeps an alert: it would"
                                + " become another alert; write it into an annotation");
            }
        }
    }

    private int missingSeriesEvaluations() {
        return Objects.requireNonNullElse(spec.missingSeriesEvaluations(), DEFAULT_MISSING_SERIES_EVALUATIONS);
    }

    /** In Grafana a rule has no data as soon as one of its queries has none, even one that the condition does not need. */
    private static String whereAllReturn(String expression, List<String> others) {
        String result = expression;
        for (String other : others) {
            result = "(" + result + " and on () " + other + ")";
        }
        return result;
    }

    /** A series or more as long as the query returns anything. */
    private String present(String query) {
        try {
            Vector vector = (Vector) node("spec.queries", query);
            return vector.points() == null
                    ? vector.existing()
                    : overTime("count_over_time", vector.existing(), vector.points());
        } catch (NotExpressible e) {
            throw new IllegalStateException("all queries are compiled", e);
        }
    }

    private String noData(Vector condition, String existing) {
        List<String> reasons = new ArrayList<>();
        String allReturn = "vector(1)";
        for (String query : queries.keySet()) {
            reasons.add("label_replace(vector(1) unless on () " + present(query) + ", \"" + Condition.REF_ID + "\", \""
                    + query + "\", \"\", \"\")");
            allReturn = "(" + allReturn + " and on () " + present(query) + ")";
        }
        if (condition.queries().size() > 1) {
            reasons.add("(" + allReturn + " unless on () " + existing + ")");
        }
        return or(reasons.toArray(String[]::new));
    }

    // ---- the number that is told ----

    /**
     * The step whose number an alert carries, of which there is one: the threshold's input or the condition itself, unless
     * templates ask for others and not for that.
     */
    private String told(String condition, Vector alerting) throws NotExpressible {
        String usual = usuallyTold(condition);
        Set<String> named = new TreeSet<>();
        for (Map<String, String> texts : List.of(
                Objects.requireNonNullElse(spec.labels(), Map.<String, String>of()),
                Objects.requireNonNullElse(spec.annotations(), Map.<String, String>of()))) {
            texts.values().forEach(text -> named.addAll(ValueTemplates.named(Objects.requireNonNullElse(text, ""))));
        }
        if (named.contains(usual) && !isTruth(usual)) {
            return usual;
        }
        named.remove(condition);
        for (String name : named) {
            if ((queries.containsKey(name) || expressions.containsKey(name)) && canBeTold(name, alerting)) {
                return name;
            }
        }
        return usual;
    }

    private String usuallyTold(String condition) {
        Threshold threshold = thresholdOf(condition);
        return threshold == null ? condition : threshold.input();
    }

    /** Whether the step has one number for each label set that alerts. */
    private boolean canBeTold(String name, Vector alerting) throws NotExpressible {
        return node("spec.annotations", name) instanceof Vector step
                && step.points() == null
                && (sameQuery(step, alerting)
                        || (alerting.queries().containsAll(step.queries())
                                && isAmong(step.labels(), alerting.labels())));
    }

    private static boolean sameQuery(Vector step, Vector alerting) {
        return alerting.queries().equals(step.queries()) && alerting.queries().size() == 1;
    }

    private static boolean isAmong(Labels some, Labels all) {
        return some.names()
                .flatMap(names -> all.names().map(others -> others.containsAll(names)))
                .orElse(false);
    }

    /**
     * What alerts, with the number of the step that is told; 1 where that has none or NaN, with which VictoriaMetrics would
     * take the alert for none.
     */
    private String telling(String told, String condition, String alerts, Vector alerting) throws NotExpressible {
        if (told.equals(usuallyTold(condition))) {
            return alerts;
        }
        Vector step = (Vector) node("spec.annotations", told);
        String telling = sameQuery(step, alerting)
                ? "(" + step.value() + " and " + alerts + ")"
                : "(" + always(alerts, 0) + " + on ("
                        + String.join(", ", new TreeSet<>(step.labels().names().orElseThrow())) + ") group_left () "
                        + step.value() + ")";
        MathTree calculation = calculations.get(condition);
        boolean needed = calculation != null && references(calculation).contains(told);
        return needed && step.total() ? telling : or(telling, always(alerts, 1));
    }

    private Map<String, String> values(String condition, String told) {
        Map<String, String> result = new HashMap<>();
        if (thresholdOf(condition) != null || isTruth(condition)) {
            result.put(condition, "1.0");
        }
        result.put(told, "$value");
        return Map.copyOf(result);
    }

    /** Whether it is a calculation whose number is 1 wherever it alerts. */
    private boolean isTruth(String name) {
        return switch (calculations.get(name)) {
            case MathTree.Binary(var operator, var left, var right) ->
                operator.isComparison() || operator == MathTree.Operator.AND || operator == MathTree.Operator.OR;
            case MathTree.Unary(var operator, var operand) -> operator == MathTree.Operator.NOT;
            case MathTree.Call(var function, var operand) ->
                function == MathTree.Function.IS_NAN
                        || function == MathTree.Function.IS_INF
                        || function == MathTree.Function.IS_NUMBER;
            case MathTree.Constant ignored -> false;
            case MathTree.Reference ignored -> false;
            case null -> false;
        };
    }

    // ---- refusals ----

    private static void refuseWhatIsTooLong(Condition condition) throws NotExpressible {
        PromqlText.refuseTooLong("spec.queries", condition.alerts());
        PromqlText.refuseTooLong("spec.queries", condition.noData());
    }
}
