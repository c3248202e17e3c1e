package dev.tocsin.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.tocsin.compile.queries.SeriesLabels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what a rule of Grafana v12 asks and calculates: its <code>data</code>, which are queries of Prometheus-like
 * datasources and expressions (pkg/expr, pkg/promlib).
 */
final class GrafanaData {
    private static final Set<String> EXPRESSIONS = Set.of("__expr__", "-100");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{?([A-Za-z_][A-Za-z0-9_]*)");
    private static final Pattern STEP = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern NOT_IN_A_STEP = Pattern.compile("[^A-Za-z0-9_]");
    private static final Pattern DIGITS = Pattern.compile("[0-9]*");
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,9}");

    /** Fields of a model that say how an editor or a graph shows it, or what is said outside of it too. */
    private static final String[] OF_THE_EDITOR = {
        "refId",
        "datasource",
        "hide",
        "editorMode",
        "legendFormat",
        "format",
        "exemplar",
        "queryType",
        "key",
        "requestId",
        "disableTextWrap",
        "fullMetaSearch",
        "includeNullMetadata",
        "useBackend",
        "utcOffsetSec",
        "intervalMs",
        "maxDataPoints",
        "interval",
        "intervalFactor",
        "metric",
        "qryType",
        "datasourceUid"
    };

    private final Harvest harvest;
    private final GrafanaTexts texts;
    private final Tree rule;
    private final ArrayNode queries = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode expressions = JsonNodeFactory.instance.arrayNode();
    private final Map<String, Tree> datasources = new LinkedHashMap<>();
    private final Set<String> names = new HashSet<>();
    private final Map<String, String> renamed = new LinkedHashMap<>();
    private final Set<String> withoutLabels = new HashSet<>();
    private final Set<String> seriesOfPoints = new HashSet<>();
    private final Set<String> counted = new HashSet<>();
    private final Map<String, Set<String>> classics = new HashMap<>();

    GrafanaData(Harvest harvest, GrafanaTexts texts, Tree rule) {
        this.harvest = harvest;
        this.texts = texts;
        this.rule = rule;
    }

    ArrayNode queries() {
        return queries;
    }

    ArrayNode expressions() {
        return expressions;
    }

    /** The datasource that all queries ask; absent for the operator's default. */
    Optional<String> datasource() throws NotCarriedOver {
        Map<String, String> known = harvest.options().datasources();
        Set<Optional<String>> asked = new LinkedHashSet<>();
        for (Map.Entry<String, Tree> datasource : datasources.entrySet()) {
            String uid = datasource.getKey();
            harvest.asks(uid);
            if (known.containsKey(uid)) {
                asked.add(Optional.ofNullable(known.get(uid)));
            } else if (harvest.options().datasource() != null) {
                asked.add(Optional.ofNullable(harvest.options().datasource()));
            } else if (datasources.size() > 1) {
                asked.add(Optional.of("uid " + uid));
            } else {
                asked.add(Optional.empty());
                harvest.leftOnce(
                        datasource.getValue(),
                        "datasource " + uid,
                        "is taken for the operator's default in every rule that asks it; --datasource " + uid
                                + "=NAME says which one of the operator's configuration it is");
            }
        }
        if (asked.size() > 1) {
            throw new NotCarriedOver(
                    rule.get("data").orElse(rule),
                    "asks several datasources (" + String.join(", ", datasources.keySet())
                            + "), and a rule is evaluated by one; if they are the same here, --datasource UID=NAME says"
                            + " so");
        }
        return asked.stream().findFirst().flatMap(name -> name);
    }

    void read(List<Tree> items) throws NotCarriedOver {
        List<Tree> steps = new ArrayList<>();
        rename(items.stream().map(item -> item.text("refId").orElse("")).toList());
        for (Tree item : items) {
            item.done("queryType");
            String uid = texts.text(item, "datasourceUid").orElse("");
            if (EXPRESSIONS.contains(uid)) {
                item.done("relativeTimeRange");
                steps.add(item);
            } else {
                datasources.putIfAbsent(uid, item.get("datasourceUid").orElse(item));
                query(item, model(item));
            }
        }
        for (Tree item : steps) {
            expression(name(item), model(item));
        }
        dropCounted();
    }

    /** Queries of which only the series were counted, by queries of their own. */
    private void dropCounted() {
        Set<String> used = new HashSet<>();
        rule.text("condition").map(this::step).ifPresent(used::add);
        for (JsonNode step : expressions) {
            used.add(step.path("reduce").path("input").asText());
            used.add(step.path("threshold").path("input").asText());
            Matcher reference = REFERENCE.matcher(step.path("math").asText());
            while (reference.find()) {
                used.add(reference.group(1));
            }
        }
        for (int i = queries.size() - 1; i >= 0; i--) {
            String name = queries.path(i).path("name").asText();
            if (counted.contains(name) && !used.contains(name)) {
                queries.remove(i);
            }
        }
    }

    private static Tree model(Tree item) {
        Tree model = item.get("model").orElse(item);
        model.done(OF_THE_EDITOR);
        return model;
    }

    private String name(Tree item) throws NotCarriedOver {
        return item.text("refId")
                .map(this::step)
                .orElseThrow(() -> new NotCarriedOver(item, "a part of its data has no refId"));
    }

    // ---- names ----

    /** In Grafana's editor a step may be given any name. */
    private void rename(List<String> refIds) {
        refIds.stream().filter(STEP::matches).forEach(names::add);
        refIds.stream()
                .filter(refId -> !refId.isEmpty() && !STEP.matches(refId))
                .forEach(refId -> renamed.computeIfAbsent(refId, absent -> {
                    String plain = NOT_IN_A_STEP.matcher(refId).replaceAll("_");
                    String name = free(STEP.matches(plain) ? plain : "_" + plain);
                    harvest.note("refId \"" + refId + "\" of Grafana is " + name
                            + " here: names have letters, digits and underscores");
                    return name;
                }));
    }

    /** What the query or expression of that refId is called here. */
    String step(String refId) {
        return renamed.getOrDefault(refId, refId);
    }

    /** A template of a label or annotation, with the steps' names. */
    String template(String text) {
        String result = text;
        for (Map.Entry<String, String> name : renamed.entrySet()) {
            result = result.replace(
                    "index $values \"" + name.getKey() + "\"", "index $values \"" + name.getValue() + "\"");
        }
        return result;
    }

    // ---- queries ----

    private void query(Tree item, Tree model) throws NotCarriedOver {
        String name = name(item);
        refuseOtherLanguages(item, model);
        Tree expr = model.get("expr")
                .filter(Tree::isText)
                .orElseThrow(() -> new NotCarriedOver(
                        item, "query " + name + " has no expr; evaluators ask Prometheus-like datasources only"));
        if (LogQl.isWritten(expr.text())) {
            throw new NotCarriedOver(
                    item,
                    "query " + name + " filters log lines, as its expr shows; evaluators ask Prometheus-like"
                            + " datasources only");
        }
        Tree range = item.get("relativeTimeRange").orElse(item);
        long seconds = seconds(range, "from");
        if (seconds(range, "to") != 0) {
            throw new NotCarriedOver(
                    range,
                    "query " + name + " ends before now (relativeTimeRange.to); write offset "
                            + Durations.text(seconds(range, "to") * 1000) + " into its expression");
        }
        boolean isInstant = model.get("instant").filter(Tree::isTrue).isPresent();
        boolean isRange = model.get("range").filter(Tree::isTrue).isPresent() || !isInstant;
        if (isInstant && isRange) {
            throw new NotCarriedOver(
                    model,
                    "query " + name + " is an instant query and a range query in one; give each a query of its own");
        }
        GrafanaSteps steps = GrafanaSteps.of(model, seconds);
        if (steps.usesRate(expr.text()) && steps.assumesScrapeInterval()) {
            harvest.note(
                    "$__rate_interval depends on the scrape interval that Grafana's datasource names, which rules do"
                            + " not say; it is worked out with 15s, Grafana's default");
        }
        ObjectNode query = queries.addObject();
        query.put("name", name);
        query.put("expr", steps.filledIn(expr.text()));
        if (SeriesLabels.of(query.path("expr").asText()).filter(Set::isEmpty).isPresent()) {
            withoutLabels.add(name);
        }
        if (isInstant) {
            query.put("instant", true);
        } else {
            range(query, range, steps);
            seriesOfPoints.add(name);
        }
    }

    private static void refuseOtherLanguages(Tree item, Tree model) throws NotCarriedOver {
        String type = model.get("datasource")
                .flatMap(datasource -> datasource.text("type"))
                .orElse("");
        String queryType =
                item.text("queryType").or(() -> model.text("queryType")).orElse("");
        boolean looksLikeLoki = type.isEmpty()
                && (queryType.equals("range") || queryType.equals("instant"))
                && !model.has("instant")
                && !model.has("range");
        if (looksLikeLoki
                || !(type.isEmpty() || type.contains("prometheus") || type.startsWith("victoriametrics-metrics"))) {
            throw new NotCarriedOver(
                    item,
                    "asks a datasource of type " + (looksLikeLoki ? "loki, as it seems" : type)
                            + "; evaluators ask Prometheus-like datasources only");
        }
    }

    private static long seconds(Tree range, String field) throws NotCarriedOver {
        String text = range.text(field).orElse("0");
        String digits = text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
        if (!WHOLE.matches(digits)) {
            throw new NotCarriedOver(range, field + " \"" + text + "\" must be a number of seconds");
        }
        return Long.parseLong(digits);
    }

    private void range(ObjectNode query, Tree range, GrafanaSteps steps) throws NotCarriedOver {
        if (steps.rangeSeconds() == 0) {
            throw new NotCarriedOver(range, "query " + query.path("name").asText() + " has no relativeTimeRange");
        }
        long step = Math.max(1, (steps.stepMillis() + 999) / 1000);
        if (step * 1000 != steps.stepMillis()) {
            harvest.left(
                    range,
                    "points every " + steps.stepMillis() + "ms",
                    "points are whole seconds apart; they are asked for every " + step + "s");
        }
        long seconds = (steps.rangeSeconds() + step - 1) / step * step;
        if (seconds != steps.rangeSeconds()) {
            harvest.left(
                    range,
                    "range of " + steps.rangeSeconds() + "s",
                    "is no multiple of the " + step + "s from point to point; it is taken for "
                            + Durations.text(seconds * 1000));
        }
        query.put("range", Durations.text(seconds * 1000));
        query.put("step", Durations.text(step * 1000));
    }

    // ---- expressions ----

    private void expression(String name, Tree model) throws NotCarriedOver {
        String type = model.text("type").orElse("");
        if (!type.equals("threshold") && !type.equals("classic_conditions")) {
            // What the editor leaves behind when the type is changed.
            model.done("conditions");
        }
        if (!type.equals("reduce")) {
            model.done("reducer", "settings");
        }
        if (!type.equals("resample")) {
            model.done("window", "downsampler", "upsampler");
        }
        if (type.equals("classic_conditions")) {
            model.done("expression");
        }
        switch (type) {
            case "reduce" -> reduce(name, model);
            case "math" -> math(name, model);
            case "threshold" -> threshold(name, model);
            case "classic_conditions" -> new GrafanaClassic(this, name, model).read();
            case "resample" ->
                throw new NotCarriedOver(
                        model,
                        "expression " + name + " resamples; the step of a query says how far apart its points are");
            case "sql" -> throw new NotCarriedOver(model, "expression " + name + " is SQL, which no evaluator speaks");
            default ->
                throw new NotCarriedOver(
                        model, "expression " + name + " has type \"" + type + "\", which the import does not know");
        }
    }

    private String input(String name, Tree model) throws NotCarriedOver {
        String text = model.text("expression")
                .orElseThrow(() -> new NotCarriedOver(model, "expression " + name + " names no input"));
        return step(text.startsWith("$") ? text.substring(1).replace("{", "").replace("}", "") : text);
    }

    private void reduce(String name, Tree model) throws NotCarriedOver {
        String input = input(name, model);
        ObjectNode reduce = Harvest.mapping();
        reduce.put("input", input);
        reduce.put("function", model.text("reducer").orElse(""));
        Optional<Tree> settings = model.get("settings").filter(Tree::isMapping);
        String mode = settings.flatMap(given -> given.text("mode")).orElse("");
        switch (mode) {
            case "", "strict" -> settings.ifPresent(given -> given.done("replaceWithValue"));
            case "dropNN" -> {
                reduce.put("mode", "DropNonNumeric");
                settings.ifPresent(given -> given.done("replaceWithValue"));
            }
            case "replaceNN" -> {
                reduce.put("mode", "ReplaceNonNumeric");
                reduce.set(
                        "replaceWith",
                        GrafanaThresholds.number(settings.flatMap(given -> given.get("replaceWithValue"))
                                .orElse(model)));
            }
            default ->
                throw new NotCarriedOver(
                        model, "expression " + name + " has mode \"" + mode + "\", which is not known");
        }
        addReduce(name, reduce);
    }

    private void math(String name, Tree model) throws NotCarriedOver {
        String expression = model.text("expression")
                .orElseThrow(() -> new NotCarriedOver(model, "expression " + name + " calculates nothing"));
        for (Map.Entry<String, String> step : renamed.entrySet()) {
            expression = expression.replace("${" + step.getKey() + "}", "${" + step.getValue() + "}");
        }
        addMath(name, expression);
    }

    private void threshold(String name, Tree model) throws NotCarriedOver {
        List<Tree> conditions = model.items("conditions");
        if (conditions.size() != 1) {
            throw new NotCarriedOver(model, "expression " + name + " must have exactly one condition");
        }
        Tree condition = conditions.getFirst();
        // Left behind by the editor; of a threshold only the evaluators count.
        condition.done("operator", "query", "reducer", "type", "loadedDimensions");
        Tree evaluator = condition
                .get("evaluator")
                .orElseThrow(() -> new NotCarriedOver(condition, "expression " + name + " compares with nothing"));
        String input = input(name, model);
        ObjectNode threshold = GrafanaThresholds.threshold(evaluator, input);
        Optional<Tree> unload = condition.get("unloadEvaluator").filter(Tree::isMapping);
        if (unload.isPresent()) {
            GrafanaThresholds.recovery(unload.get(), threshold);
            harvest.note("a recovery (unloadEvaluator) has to know how the alert was before: what that needs is in"
                    + " docs/grafana-rules.md, and where it is not there the operator refuses the rule");
        }
        addThreshold(name, threshold);
    }

    // ---- what classic conditions are made of ----

    /** Whether it gives one series or number at most, without labels, as its text says. */
    boolean isWithoutLabels(String input) {
        return withoutLabels.contains(input);
    }

    /** The query of that name, as it is in the AlertRule. */
    Optional<ObjectNode> query(String name) {
        for (JsonNode query : queries) {
            if (query.path("name").asText().equals(name)) {
                return Optional.of((ObjectNode) query);
            }
        }
        return Optional.empty();
    }

    /** Adds a query that counts series of another one. */
    void addCount(String name, String of, String expr) {
        queries.addObject().put("name", name).put("expr", expr).put("instant", true);
        withoutLabels.add(name);
        counted.add(of);
    }

    boolean isSeriesOfPoints(String input) {
        return seriesOfPoints.contains(input);
    }

    /**
     * Notes classic conditions.
     *
     * @param values the names of what Grafana tells of them, as far as a step of that name has the same number
     */
    void addClassic(String name, Set<String> values) {
        classics.put(name, values);
    }

    /** Whether it is a value of classic conditions that no step has, or their own, which Grafana does not tell. */
    boolean isLostOfClassic(String value) {
        return classics.entrySet().stream()
                .anyMatch(classic -> value.startsWith(classic.getKey())
                        && DIGITS.matches(value.substring(classic.getKey().length()))
                        && !classic.getValue().contains(value));
    }

    /** A name that nothing else has. */
    String free(String wanted) {
        String name = wanted;
        while (!names.add(name)) {
            name += "_";
        }
        return name;
    }

    void addReduce(String name, ObjectNode reduce) {
        expressions.addObject().put("name", name).set("reduce", reduce);
        follows(name, reduce);
    }

    void addThreshold(String name, ObjectNode threshold) {
        expressions.addObject().put("name", name).set("threshold", threshold);
        follows(name, threshold);
    }

    void addMath(String name, String math) {
        expressions.addObject().put("name", name).put("math", math);
    }

    private void follows(String name, ObjectNode step) {
        if (withoutLabels.contains(step.path("input").asText())) {
            withoutLabels.add(name);
        }
    }

    Harvest harvest() {
        return harvest;
    }
}
