package dev.tocsin.importing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.compile.PromDuration;
import dev.tocsin.compile.queries.Condition;
import dev.tocsin.compile.queries.ConditionCompiler;
import dev.tocsin.compile.queries.NotExpressible;
import dev.tocsin.compile.queries.OwnAlerts;
import dev.tocsin.compile.queries.ValueTemplates;
import dev.tocsin.configuration.OperatorConfiguration.Language;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads alert rules of Grafana v12, as its files and its API write them. Each becomes an AlertRule with queries; one that
 * the compiler refuses is reported in the compiler's words and not converted.
 */
final class GrafanaRuleReader {
    private static final KindSchema SPEC = KindSchema.ofSpec(Kind.AlertRule);
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");
    private static final Pattern VALUE = Pattern.compile("(?s)\\{\\{[^}]*\\$value\\b");
    private static final Duration ANY_INTERVAL = Duration.ofMinutes(1);
    private static final String FOLDER_LABEL = "grafana_folder";

    /** Whether the datasource remembers alerts, the operator says when the rule is applied. */
    private static final OwnAlerts ANY_ALERTS = new OwnAlerts("namespace", "rule", "alert", Set.of());

    private final Document document;
    private final Harvest harvest;
    private final GrafanaTexts texts;

    GrafanaRuleReader(Document document, Harvest harvest, GrafanaTexts texts) {
        this.document = document;
        this.harvest = harvest;
        this.texts = texts;
    }

    /**
     * The group of a rule.
     *
     * @param folder its title, by which Grafana labels the alerts; absent where only a uid is known
     */
    record Group(String name, Optional<String> folder, Optional<String> interval) {}

    /** A group as a file has it, or as the API answers when asked for one. */
    void readGroup(Tree tree) {
        tree.done("orgId", "folderUid", "intervalSeconds", "disableProvenance");
        String name =
                texts.text(tree, "name").or(() -> texts.text(tree, "title")).orElse("");
        Group group = new Group(name, texts.text(tree, "folder"), interval(tree));
        if (group.folder().isEmpty()) {
            noFolder(tree, name);
        }
        tree.items("rules").forEach(rule -> readRule(group, rule));
    }

    /** A rule as the API answers: it names its group. */
    void readAnswer(Tree rule) {
        String group = rule.text("ruleGroup").orElse("");
        noFolder(rule, group);
        harvest.leftOnce(
                rule,
                "interval of group " + group,
                "is not in the API's answer; its rules are evaluated at the operator's default. Export the rules instead:"
                        + " /api/v1/provisioning/alert-rules/export");
        readRule(new Group(group, Optional.empty(), Optional.empty()), rule);
    }

    private void noFolder(Tree at, String group) {
        harvest.leftOnce(
                at,
                "folder of group " + group,
                "is not in the API's answer but for its uid; its alerts are without the label " + FOLDER_LABEL
                        + ". Export the rules instead: /api/v1/provisioning/alert-rules/export");
    }

    private Optional<String> interval(Tree group) {
        Optional<Tree> given = group.get("interval");
        if (given.isEmpty()) {
            return Optional.empty();
        }
        String text = texts.text(given.get());
        Optional<String> interval = Durations.prometheus(DIGITS.matcher(text).matches() ? text + "s" : text)
                .filter(duration -> SPEC.field("interval")
                        .violations(TextNode.valueOf(duration))
                        .isEmpty());
        if (interval.isEmpty()) {
            harvest.left(
                    given.get(),
                    "field interval",
                    "\"" + text
                            + "\" is no interval of whole seconds; the group's rules are evaluated at the operator's"
                            + " default");
        }
        return interval;
    }

    private static String what(Tree rule) {
        return "rule " + rule.text("title").orElse("without a title");
    }

    // ---- a rule ----

    private void readRule(Group group, Tree rule) {
        // Who the rule is to Grafana, and what its editor keeps.
        rule.done("id", "uid", "guid", "orgID", "folderUID", "ruleGroup", "updated", "provenance", "metadata");
        if (rule.get("record").filter(record -> record.has("metric")).isPresent()) {
            rule.done();
            harvest.left(
                    rule,
                    "recording rule " + rule.text("title").orElse(""),
                    "stays where it is: Tocsin evaluates alerts, keep it in Grafana, Prometheus or vmalert");
            return;
        }
        try {
            ObjectNode spec = spec(group, rule);
            harvest.add(
                    new Harvest.Draft(Kind.AlertRule, document.namespace(), names(group, rule, spec), rule, spec),
                    what(rule));
        } catch (NotCarriedOver e) {
            rule.done();
            harvest.left(e.at(), what(rule), e.reason());
        }
    }

    private List<String> names(Group group, Tree rule, ObjectNode spec) {
        String title = spec.path("alert").asText();
        String severity = spec.path("labels").path("severity").asText();
        String identity = rule.text("uid").orElse(spec.toString());
        return List.of(
                Names.slug(title),
                Names.slug(title + " " + severity),
                Names.slug(group.name() + " " + title),
                Names.slug(group.folder().orElse("") + " " + group.name() + " " + title),
                Names.withHash(Names.slug(title), document.name() + "\n" + group.name() + "\n" + identity));
    }

    private ObjectNode spec(Group group, Tree rule) throws NotCarriedOver {
        GrafanaData data = new GrafanaData(harvest, texts, rule);
        data.read(rule.items("data"));
        ObjectNode spec = Harvest.mapping();
        spec.put("alert", texts.text(rule, "title").orElseThrow(() -> new NotCarriedOver(rule, "has no title")));
        data.datasource().ifPresent(name -> spec.put("datasource", name));
        spec.set("queries", data.queries());
        if (!data.expressions().isEmpty()) {
            spec.set("expressions", data.expressions());
        }
        spec.put("condition", data.step(texts.text(rule, "condition").orElse("")));
        spec.put("noData", state(rule, "noDataState", "NoData", "noData"));
        // What Grafana takes where a file says nothing.
        spec.put("onError", state(rule, "execErrState", "Alerting", "onError"));
        missingSeries(rule, spec);
        group.interval().ifPresent(interval -> spec.put("interval", interval));
        duration(rule, "for", spec, "for");
        duration(rule, "keepFiringFor", spec, "keepFiringFor");
        duration(rule, "keep_firing_for", spec, "keepFiringFor");
        Map<String, String> labels = new TreeMap<>(new RuleTexts(harvest, texts::text).labels(rule.entries("labels")));
        // Of that name Grafana's own wins.
        if (labels.remove(FOLDER_LABEL) != null && group.folder().isEmpty()) {
            harvest.left(
                    at(rule, "labels", FOLDER_LABEL),
                    "label " + FOLDER_LABEL,
                    "is the folder in Grafana, whatever the rule says; the rule is converted without");
        }
        group.folder().ifPresent(folder -> labels.put(FOLDER_LABEL, folder));
        rule.get("notification_settings")
                .filter(Tree::isMapping)
                .ifPresent(settings -> labels.put(
                        GrafanaDelivery.RECEIVER_LABEL,
                        harvest.grafana(document.namespace()).direct(settings, texts)));
        Map<String, String> annotations = annotations(rule);
        labels.replaceAll((name, text) -> data.template(text));
        annotations.replaceAll((name, text) -> data.template(text));
        if (rule.get("isPaused").filter(Tree::isTrue).isPresent()) {
            spec.put("paused", true);
        }
        leaveClassicValues("labels", labels, rule, data);
        leaveClassicValues("annotations", annotations, rule, data);
        checkedTexts(rule, spec, labels, annotations);
        return spec;
    }

    /** Classic conditions tell of each series for which one of them holds; the steps in their place have no such number. */
    private void leaveClassicValues(String field, Map<String, String> given, Tree rule, GrafanaData data) {
        new TreeMap<>(given)
                .forEach((name, text) -> ValueTemplates.mentioned(text).stream()
                        .filter(data::isLostOfClassic)
                        .findFirst()
                        .ifPresent(value -> {
                            given.remove(name);
                            harvest.left(
                                    at(rule, field, name),
                                    what(field, name),
                                    "uses $values." + value + " of classic conditions, which the rule does not have as"
                                            + " Grafana means it; the rule is converted without");
                        }));
    }

    private static Tree at(Tree rule, String field, String name) {
        return rule.get(field).flatMap(tree -> tree.get(name)).orElse(rule);
    }

    private static String what(String field, String name) {
        return (field.equals("labels") ? "label " : "annotation ") + name;
    }

    private static String state(Tree rule, String field, String otherwise, String ours) throws NotCarriedOver {
        Optional<Tree> given = rule.get(field).filter(tree -> !tree.text().isEmpty());
        if (given.isEmpty()) {
            return otherwise;
        }
        String text = given.get().text();
        return SPEC.field(ours).choices().stream()
                .filter(text::equalsIgnoreCase)
                .findFirst()
                .orElseThrow(() -> new NotCarriedOver(given.get(), field + " \"" + text + "\" is not known"));
    }

    private void missingSeries(Tree rule, ObjectNode spec) {
        Optional<Tree> given = rule.get("missing_series_evals_to_resolve")
                .or(() -> rule.get("missingSeriesEvalsToResolve"))
                .filter(tree -> !tree.text().isEmpty());
        if (given.isEmpty()) {
            return;
        }
        String text = given.get().text();
        long evaluations = DIGITS.matcher(text).matches() ? Long.parseLong(text) : 0;
        if (evaluations >= 1 && evaluations <= 10) {
            spec.put("missingSeriesEvaluations", evaluations);
        } else {
            harvest.left(
                    given.get(),
                    "field " + given.get().field(),
                    "\"" + text + "\" must be 1 to 10; the rule is converted with 2, the default");
        }
    }

    private void duration(Tree rule, String theirs, ObjectNode spec, String ours) throws NotCarriedOver {
        Optional<Tree> given = rule.get(theirs).filter(tree -> !tree.text().isEmpty());
        if (given.isEmpty()) {
            return;
        }
        String text = texts.text(given.get());
        String duration = Durations.prometheus(text)
                .orElseThrow(() -> new NotCarriedOver(given.get(), theirs + " \"" + text + "\" is no duration"));
        if (!duration.equals("0s")) {
            spec.put(ours, duration);
        }
    }

    private Map<String, String> annotations(Tree rule) {
        Map<String, String> annotations =
                new TreeMap<>(new RuleTexts(harvest, texts::annotation).annotations(rule.entries("annotations")));
        // Grafana keeps them as annotations of these names; dasboardUid is a form that it once had.
        texts.text(rule, "dasboardUid").ifPresent(uid -> annotations.putIfAbsent("__dashboardUid__", uid));
        texts.text(rule, "dashboardUid").ifPresent(uid -> annotations.put("__dashboardUid__", uid));
        texts.text(rule, "panelId").filter(id -> !id.equals("0")).ifPresent(id -> annotations.put("__panelId__", id));
        return annotations;
    }

    // ---- what the compiler says ----

    /** Adds labels and annotations, those left out of which the compiler knows that they cannot be told. */
    private void checkedTexts(Tree rule, ObjectNode spec, Map<String, String> labels, Map<String, String> annotations)
            throws NotCarriedOver {
        // Which step's number is told depends on what they ask for.
        put(spec, "labels", labels);
        put(spec, "annotations", annotations);
        Condition condition = condition(rule, spec);
        texts("labels", labels, rule, condition, spec);
        texts("annotations", annotations, rule, condition, spec);
        if (labels.values().stream().anyMatch(GrafanaRuleReader::usesValue)
                || annotations.values().stream().anyMatch(GrafanaRuleReader::usesValue)) {
            harvest.note(
                    "$value is a text with all numbers of a rule in Grafana; here it is the number that the condition"
                            + " looked at");
        }
    }

    private static boolean usesValue(String text) {
        return VALUE.matcher(text).find();
    }

    private void texts(String field, Map<String, String> given, Tree rule, Condition condition, ObjectNode spec) {
        Map<String, String> kept = new TreeMap<>(given);
        given.forEach((name, text) -> {
            String what = what(field, name);
            try {
                ValueTemplates.rewrite(what, text, condition.values());
            } catch (NotExpressible e) {
                kept.remove(name);
                harvest.left(
                        at(rule, field, name),
                        what,
                        e.text().substring(what.length() + ": ".length()) + "; the rule is converted without");
            }
        });
        put(spec, field, kept);
    }

    private static void put(ObjectNode spec, String field, Map<String, String> given) {
        spec.remove(field);
        if (!given.isEmpty()) {
            ObjectNode object = spec.putObject(field);
            given.forEach(object::put);
        }
    }

    private Condition condition(Tree rule, ObjectNode spec) throws NotCarriedOver {
        refuseWhatTheSchemaRefuses(rule, spec);
        Map<Language, String> refusals = new HashMap<>();
        Optional<Condition> promql = compiled(spec, Language.PromQL, refusals);
        Optional<Condition> metricsql = compiled(spec, Language.MetricsQL, refusals);
        if (promql.isEmpty()
                && metricsql.isEmpty()
                && spec.path("noData").asText().equals("KeepLast")) {
            spec.put("noData", "NoData");
            Condition condition = condition(rule, spec);
            harvest.left(
                    rule.get("noDataState").orElse(rule),
                    "field noDataState",
                    String.valueOf(refusals.get(Language.MetricsQL)) + "; the rule is converted with NoData");
            return condition;
        }
        if (promql.isEmpty() && metricsql.isPresent()) {
            harvest.left(
                    rule,
                    what(rule),
                    "is converted, and refused if its datasource's language is PromQL: "
                            + refusals.get(Language.PromQL));
        }
        return promql.or(() -> metricsql)
                .orElseThrow(
                        () -> new NotCarriedOver(rule, "the compiler refuses it: " + refusals.get(Language.MetricsQL)));
    }

    /** The compiler counts on what the schema promises. */
    private static void refuseWhatTheSchemaRefuses(Tree rule, ObjectNode spec) throws NotCarriedOver {
        Optional<KindSchema.Violation> violation =
                SPEC.violations(spec).stream().findFirst();
        if (violation.isPresent()) {
            throw new NotCarriedOver(
                    rule,
                    "cannot be an AlertRule: spec" + violation.get().path() + ": "
                            + violation.get().problem());
        }
    }

    /** Whether a recovery can be compiled depends on the operator's configuration; all else does not. */
    private static ObjectNode withoutRecoveries(ObjectNode spec) {
        ObjectNode judged = spec.deepCopy();
        for (JsonNode expression : judged.path("expressions")) {
            if (expression.path("threshold") instanceof ObjectNode threshold) {
                threshold.remove(GrafanaThresholds.RECOVERIES);
            }
        }
        return judged;
    }

    private static Optional<Condition> compiled(ObjectNode spec, Language language, Map<Language, String> refusals) {
        try {
            AlertRuleSpec typed = JSON.treeToValue(withoutRecoveries(spec), AlertRuleSpec.class);
            long seconds = PromDuration.parse(spec.path("interval").asText())
                    .orElse(ANY_INTERVAL)
                    .toSeconds();
            Optional<OwnAlerts> ownAlerts = language == Language.MetricsQL ? Optional.of(ANY_ALERTS) : Optional.empty();
            return Optional.of(ConditionCompiler.compile(typed, language, seconds, ownAlerts));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the schema has been checked", e);
        } catch (NotExpressible e) {
            refusals.put(language, e.text());
            return Optional.empty();
        }
    }
}
