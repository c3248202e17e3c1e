package dev.tocsin.importing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads groups of rules, which Prometheus (v3), vmalert (v1.150) and the objects of their operators write alike. An
 * alerting rule becomes an AlertRule, a group of its own: what a group sets for its rules is set on each.
 */
final class RuleGroupsReader {
    private static final String GRAFANA = "grafana_alert";
    private static final KindSchema SPEC = KindSchema.ofSpec(Kind.AlertRule);

    /** Options of a group that say which data is asked: without them a rule would ask for other data. */
    private static final Map<String, String> DATA_OPTIONS = Map.of(
            "params", "AlertRules send no parameters of their own to the datasource",
            "headers", "AlertRules send no headers of their own to the datasource",
            "tenant", "the tenant is part of a datasource's URL",
            "extra_filter_labels", "AlertRules send no parameters of their own to the datasource",
            "source_tenants", "an AlertRule asks one datasource, which is of one tenant");

    /** Options of a group without which its rules still watch the same. */
    private static final Map<String, String> TIMING_OPTIONS = Map.of(
            "limit", "an AlertRule may have any number of alerts; the rules are converted without",
            "query_offset",
                    "how far back evaluations look is set for all rules of a datasource: evalDelay in the operator's"
                            + " configuration",
            "eval_delay",
                    "how far back evaluations look is set for all rules of a datasource: evalDelay in the operator's"
                            + " configuration",
            "evaluation_delay",
                    "how far back evaluations look is set for all rules of a datasource: evalDelay in the operator's"
                            + " configuration",
            "eval_offset",
                    "AlertRules are not evaluated at a fixed moment of their interval; the rules are converted without",
            "partial_response_strategy", "is Thanos' own; the datasource's default holds",
            "align_evaluation_time_on_interval", "AlertRules are not evaluated at multiples of their interval",
            "notifier_headers", "notifications go to the Alertmanager that Tocsin installs, without further headers");

    /** A file: its root has groups. */
    void readFile(Document document, Harvest harvest) {
        // Where mimirtool loads the file to.
        document.tree().done("namespace");
        readGroups(document, document.tree().items("groups"), harvest);
    }

    /** What a ruler answers: groups by namespace. */
    void readNamespaces(Document document, Harvest harvest) {
        document.tree().entries().values().forEach(groups -> readGroups(document, groups.items(), harvest));
    }

    /** An object of Kubernetes: its spec has groups. */
    void readObject(Document document, Harvest harvest) {
        document.tree().done("apiVersion", "kind", "metadata", "status");
        document.tree().get("spec").ifPresent(spec -> readGroups(document, spec.items("groups"), harvest));
    }

    /**
     * Reads groups.
     *
     * @param document for the namespace of the AlertRules
     */
    void readGroups(Document document, List<Tree> groups, Harvest harvest) {
        groups.forEach(group -> new Group(document, group, harvest).read());
    }

    /** One group. */
    private static final class Group {
        private final Document document;
        private final Tree group;
        private final Harvest harvest;
        private final String name;
        private final RuleTexts texts;
        private final Map<String, Tree> seen = new HashMap<>();

        Group(Document document, Tree group, Harvest harvest) {
            this.document = document;
            this.group = group;
            this.harvest = harvest;
            this.name = group.text("name").orElse("");
            this.texts = new RuleTexts(harvest, Tree::text);
        }

        void read() {
            // One rule is one group to the evaluators: there is nothing to run side by side.
            group.done("concurrency");
            List<Tree> rules = group.items("rules");
            Optional<String> obstacle = obstacle();
            if (obstacle.isPresent() || rules.stream().allMatch(rule -> isRecording(rule) || rule.has(GRAFANA))) {
                settleOptions();
            } else {
                reportTimingOptions();
            }
            for (Tree rule : rules) {
                if (isRecording(rule)) {
                    rule.done();
                    harvest.left(
                            rule,
                            "recording rule " + rule.text("record").orElse(""),
                            "stays where it is: Tocsin evaluates alerts, keep it in Prometheus or vmalert");
                } else if (rule.has(GRAFANA)) {
                    rule.done();
                    harvest.left(
                            rule,
                            "rule "
                                    + rule.get(GRAFANA)
                                            .flatMap(alert -> alert.text("title"))
                                            .orElse("without a name"),
                            "is as the ruler's API of Grafana writes it; read what its provisioning API writes:"
                                    + " /api/v1/provisioning/alert-rules/export");
                } else if (obstacle.isPresent()) {
                    rule.done();
                    harvest.left(rule, what(rule), obstacle.get());
                } else {
                    read(rule);
                }
            }
        }

        private static boolean isRecording(Tree rule) {
            return rule.has("record");
        }

        /** Of a group of which no rule is converted: its options stay with its rules. */
        private void settleOptions() {
            group.done("interval", "labels", "eval_alignment");
            TIMING_OPTIONS.keySet().forEach(group::done);
            DATA_OPTIONS.keySet().forEach(group::done);
        }

        private void reportTimingOptions() {
            if (group.get("eval_alignment").filter(Tree::isTrue).isPresent()) {
                harvest.left(
                        group.get("eval_alignment").orElseThrow(),
                        "field eval_alignment",
                        "AlertRules are evaluated at the moment of their evaluation, not at multiples of the interval");
            }
            new TreeMap<>(TIMING_OPTIONS)
                    .forEach((option, reason) -> group.get(option)
                            .filter(value -> !value.isText() || !Set.of("", "0").contains(value.text()))
                            .ifPresent(value -> {
                                value.done();
                                harvest.left(value, "field " + option, reason);
                            }));
        }

        private Optional<String> obstacle() {
            Optional<String> type = group.text("type").filter(name -> !name.equals("prometheus"));
            if (type.isPresent()) {
                return Optional.of("group type " + type.get() + " is another query language; AlertRules speak PromQL");
            }
            return new TreeMap<>(DATA_OPTIONS)
                    .entrySet().stream()
                            .filter(option -> group.get(option.getKey()).isPresent())
                            .map(option -> "its group sets " + option.getKey() + ", and " + option.getValue())
                            .findFirst();
        }

        private static String what(Tree rule) {
            return "rule " + rule.text("alert").orElse("without a name");
        }

        private void read(Tree rule) {
            // Both are about how vmalert shows a rule's evaluations.
            rule.done("debug", "update_entries_limit");
            ObjectNode spec = Harvest.mapping();
            rule.text("alert").ifPresent(alert -> spec.put("alert", alert));
            if (harvest.options().datasource() != null) {
                spec.put("datasource", harvest.options().datasource());
            }
            rule.text("expr").ifPresent(expr -> spec.put("expr", expr));
            interval(spec);
            if (!durations(rule, spec)) {
                return;
            }
            texts("labels", labels(rule), spec);
            texts("annotations", texts.annotations(rule.entries("annotations")), spec);
            if (spec.path("alert").isMissingNode() || spec.path("expr").isMissingNode()) {
                harvest.left(rule, what(rule), "has no alert or no expr");
                return;
            }
            if (LogQl.isWritten(spec.path("expr").asText())) {
                harvest.left(rule, what(rule), "filters log lines, as its expr shows; AlertRules speak PromQL");
                return;
            }
            String identity =
                    spec.path("alert").asText() + "\n" + spec.path("expr").asText() + "\n" + spec.path("labels");
            Tree twin = seen.putIfAbsent(spec.toString(), rule);
            if (twin != null) {
                harvest.left(rule, what(rule), "is the same as " + twin.path() + ", which is converted");
                return;
            }
            harvest.add(
                    new Harvest.Draft(Kind.AlertRule, document.namespace(), names(spec, identity), rule, spec),
                    what(rule));
        }

        private List<String> names(ObjectNode spec, String identity) {
            String alert = spec.path("alert").asText();
            String severity = spec.path("labels").path("severity").asText();
            if (harvest.options().naming() == Options.Naming.Stable) {
                // Not by the expression: an edit of it is an edit of the same rule.
                String rule = document.name() + "\n" + name + "\n" + alert + "\n" + spec.path("labels");
                return List.of(Names.withHash(Names.slug(alert), rule));
            }
            List<String> names = new ArrayList<>();
            names.add(Names.slug(alert));
            names.add(Names.slug(alert + " " + severity));
            names.add(Names.slug(name + " " + alert));
            names.add(Names.slug(name + " " + alert + " " + severity));
            names.add(Names.withHash(Names.slug(alert), document.name() + "\n" + name + "\n" + identity));
            return names;
        }

        private void interval(ObjectNode spec) {
            Optional<Tree> interval =
                    group.get("interval").filter(value -> !value.text().isEmpty());
            if (interval.isEmpty()) {
                harvest.note("groups without interval are evaluated at the operator's default (rules.interval of its"
                        + " configuration), as they were at Prometheus' or vmalert's own");
                return;
            }
            duration(interval.get(), "interval", spec)
                    .ifPresent(problem -> harvest.left(
                            interval.get(),
                            "field interval",
                            problem + "; the group's rules are evaluated at the operator's default"));
        }

        /** Whether a rule's durations could be read: without them it would be another rule. */
        private boolean durations(Tree rule, ObjectNode spec) {
            Map<String, String> fields = Map.of("for", "for", "keep_firing_for", "keepFiringFor");
            for (String field : List.of("for", "keep_firing_for")) {
                Optional<Tree> value =
                        rule.get(field).filter(given -> !given.text().isEmpty());
                Optional<String> problem =
                        value.flatMap(given -> duration(given, String.valueOf(fields.get(field)), spec));
                if (problem.isPresent()) {
                    rule.done();
                    harvest.left(rule, what(rule), field + " " + problem.get());
                    return false;
                }
            }
            return true;
        }

        /** Sets it, or says why not. */
        private static Optional<String> duration(Tree value, String ours, ObjectNode spec) {
            String text = value.text();
            KindSchema field = SPEC.field(ours);
            String given = field.violations(TextNode.valueOf(text)).isEmpty()
                    ? text
                    : Durations.prometheus(text).orElse(text);
            List<KindSchema.Violation> violations = field.violations(TextNode.valueOf(given));
            if (violations.isEmpty()) {
                spec.put(ours, given);
                return Optional.empty();
            }
            return Optional.of("\"" + text + "\" " + violations.getFirst().problem());
        }

        private static void texts(String field, Map<String, String> texts, ObjectNode spec) {
            if (!texts.isEmpty()) {
                ObjectNode object = spec.putObject(field);
                texts.forEach(object::put);
            }
        }

        /** A rule's own label wins over its group's. */
        private Map<String, String> labels(Tree rule) {
            Map<String, Tree> given = new TreeMap<>(group.entries("labels"));
            given.putAll(rule.entries("labels"));
            return texts.labels(given);
        }
    }
}
