package dev.tocsin.importing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Gathers what the files of one Grafana say about delivery, which refer to each other by name: contact points,
 * templates, mute timings, policies, and the contact points that rules name themselves. Objects are made of them once all
 * have been read.
 */
final class GrafanaDelivery {
    /** On alerts of rules that name their contact point themselves: by it they are routed. */
    static final String RECEIVER_LABEL = "grafana_receiver";

    private static final String NAME = "grafana";
    private static final String INTERNAL_LABEL = "__";

    /** What Grafana always groups such alerts by (pkg/services/ngalert/models, notification settings). */
    private static final List<String> GROUP_BY = List.of("grafana_folder", "alertname");

    private static final String EACH_ALERT = "...";

    /** Settings that say nothing. */
    private static final Set<String> EMPTY = Set.of("null", "[]", "\"\"");

    /** More than that a ContactPoint does not take: they become one. */
    private static final int MOST_FILES = 8;

    private final String namespace;
    private final Harvest harvest;
    private final GrafanaTemplates templates;
    private final Map<String, List<Part>> contactPoints = new LinkedHashMap<>();
    private final Map<String, Tree> origins = new LinkedHashMap<>();
    private final Map<String, String> names = new LinkedHashMap<>();
    private final List<Tree> timings = new ArrayList<>();
    private final List<Part> policies = new ArrayList<>();
    private final Map<String, Part> direct = new LinkedHashMap<>();

    /** A part of a document, and how its texts are read. */
    private record Part(Tree tree, GrafanaTexts texts) {}

    GrafanaDelivery(String namespace, Harvest harvest) {
        this.namespace = namespace;
        this.harvest = harvest;
        this.templates = new GrafanaTemplates(harvest);
    }

    /** A contact point as a file has it: a name and receivers. */
    void contactPoint(Tree tree, GrafanaTexts texts) {
        tree.done("orgId", "disableProvenance");
        contactPoint(tree, "receivers", texts);
    }

    /** A contact point as the configuration of Grafana's Alertmanager has it. */
    void configured(Tree tree, GrafanaTexts texts) {
        contactPoint(tree, "grafana_managed_receiver_configs", texts);
    }

    private void contactPoint(Tree tree, String field, GrafanaTexts texts) {
        List<Part> integrations = integrations(tree, texts);
        tree.items(field).forEach(receiver -> integrations.add(new Part(receiver, texts)));
    }

    private List<Part> integrations(Tree tree, GrafanaTexts texts) {
        String name = texts.text(tree, "name").orElse("").strip();
        origins.putIfAbsent(name, tree);
        return contactPoints.computeIfAbsent(name, absent -> new ArrayList<>());
    }

    /** One receiver as the API answers: those of one name are one contact point. */
    void receiver(Tree tree, GrafanaTexts texts) {
        integrations(tree, texts).add(new Part(tree, texts));
    }

    /** A group of templates. */
    void template(Tree tree, GrafanaTexts texts) {
        tree.done("orgId", "provenance", "disableProvenance", "version", "kind");
        templates.add(
                tree,
                texts.text(tree, "name").orElse(""),
                texts.text(tree, "template").orElse(""));
    }

    /** A group of templates whose text stands under its name. */
    void template(String name, Tree text) {
        templates.add(text, name, text.text());
    }

    /** A mute timing. */
    void timing(Tree tree) {
        timings.add(tree);
    }

    /** A tree of policies. */
    void policy(Tree tree, GrafanaTexts texts) {
        tree.done("orgId", "provenance", "disableProvenance", "version");
        texts.reportVariables(tree);
        policies.add(new Part(tree, texts));
    }

    /**
     * The settings of a rule that names its contact point itself.
     *
     * @return what the label {@link #RECEIVER_LABEL} says: the contact point, and a hash where there are other settings
     */
    String direct(Tree settings, GrafanaTexts texts) {
        texts.reportVariables(settings);
        Map<String, String> given = new TreeMap<>();
        settings.entries()
                .forEach((field, value) -> given.put(field, value.json().toString()));
        given.values().removeIf(EMPTY::contains);
        String receiver = texts.text(settings, "receiver").orElse("");
        String value = given.size() == 1 ? receiver : receiver + " " + Names.hash(given.toString());
        Part twin = direct.putIfAbsent(value, new Part(settings, texts));
        if (twin != null) {
            settings.done();
        }
        return value;
    }

    // ---- objects ----

    /** Makes objects of all. */
    void make() {
        templates.sort();
        Templates files = new Templates(namespace, NAME, harvest);
        Map<String, String> groups = templates.files();
        groups.keySet().stream().findFirst().map(templates::origin).ifPresent(first -> {
            if (groups.size() > MOST_FILES) {
                files.add(first, NAME + ".tmpl", String.join("\n", groups.values()));
            } else {
                groups.forEach((name, text) -> files.add(templates.origin(name), name + ".tmpl", text));
            }
            files.bounded(first);
        });
        contactPoints.keySet().forEach(name -> names.put(name, reserve(name)));
        contactPoints.forEach((name, integrations) -> contactPoint(name, integrations, files));
        files.reportUnused();
        TimingReader intervals = new TimingReader(harvest);
        intervals.read(timings);
        policies(intervals);
    }

    private String reserve(String name) {
        return harvest.reserve(Kind.ContactPoint, namespace, name, NAME + "\n" + name);
    }

    private void contactPoint(String name, List<Part> integrations, Templates files) {
        String ours = String.valueOf(names.get(name));
        GrafanaReceivers reader = new GrafanaReceivers(harvest, new SecretStore(harvest, namespace, ours), templates);
        ObjectNode spec = Harvest.mapping();
        ArrayNode receivers = spec.putArray("receivers");
        integrations.forEach(integration ->
                reader.read(integration.tree(), integration.texts()).forEach(receivers::add));
        Tree origin = Objects.requireNonNull(origins.get(name));
        // One without receivers tells nobody, here and there.
        if (receivers.isEmpty() && !integrations.isEmpty()) {
            harvest.left(
                    origin,
                    "contact point " + name,
                    "nothing of it can be carried over; create the ContactPoint " + ours
                            + " if a policy or a rule refers to it");
            return;
        }
        files.attach(spec);
        harvest.add(
                new Harvest.Draft(Kind.ContactPoint, namespace, List.of(ours), origin, spec), "contact point " + name);
        harvest.note(
                "a contact point that names no text of its own has Alertmanager's, which looks other than Grafana's");
    }

    // ---- policies ----

    private void policies(TimingReader intervals) {
        List<ObjectNode> ofRules = new ArrayList<>();
        direct.forEach((value, settings) ->
                direct(routes(settings, intervals), value, settings.tree()).ifPresent(ofRules::add));
        if (!policies.isEmpty()) {
            Part tree = policies.getFirst();
            RouteReader reader = routes(tree, intervals);
            ObjectNode root = reader.root(
                    tree.tree(), ofRules.isEmpty() ? List.of() : List.of(ofRulesAlone(reader, ofRules, tree.tree())));
            if (!root.has("groupBy")) {
                // Grafana groups all alerts into one where nothing is said, a policy by rule.
                root.putArray("groupBy");
            }
            add("Cluster", root, tree.tree(), intervals);
        } else if (!ofRules.isEmpty()) {
            ObjectNode root = Harvest.mapping();
            root.set("contactPoint", ofRules.getFirst().path("contactPoint"));
            Part first = direct.values().iterator().next();
            root.setAll(ofRulesAlone(routes(first, intervals), ofRules, first.tree()));
            add("Namespace", root, first.tree(), intervals);
        } else {
            timings.forEach(timing -> harvest.left(
                    timing,
                    "mute timing " + timing.text("name").orElse(""),
                    "stands in a NotificationPolicy, and no policy is imported"));
        }
        policies.stream().skip(1).forEach(other -> {
            other.tree().done();
            harvest.left(other.tree(), "policy", "is a second tree; one is converted at a time");
        });
    }

    private RouteReader routes(Part origin, TimingReader intervals) {
        return new RouteReader(
                harvest,
                this::contactPoint,
                intervals.names(),
                label -> label.startsWith(INTERNAL_LABEL),
                origin.texts()::meaning);
    }

    private String contactPoint(String name) {
        String known = names.get(name.strip());
        if (known != null) {
            return known;
        }
        String wanted = Names.slug(name);
        harvest.leftOnce(
                (policies.isEmpty() ? direct.values().iterator().next() : policies.getFirst()).tree(),
                "contact point " + name,
                "is not among what is imported, and a policy or rule refers to it: create the ContactPoint " + wanted);
        return wanted;
    }

    /** The route of the alerts of rules that name their contact point themselves. */
    private static Optional<ObjectNode> direct(RouteReader reader, String value, Tree settings) {
        Optional<ObjectNode> route = reader.below(settings);
        route.ifPresent(node -> {
            List<String> labels = new ArrayList<>();
            node.path("groupBy").forEach(label -> labels.add(label.asText()));
            if (!labels.contains(EACH_ALERT)) {
                GROUP_BY.stream().filter(label -> !labels.contains(label)).forEach(labels::add);
            }
            ArrayNode groupBy = node.putArray("groupBy");
            labels.forEach(groupBy::add);
            node.putArray("matchers").add(matcher("=", value));
        });
        return route;
    }

    private static ObjectNode matcher(String op, String value) {
        return Harvest.mapping().put("label", RECEIVER_LABEL).put("op", op).put("value", value);
    }

    /** Takes the alerts of such rules, and no others. */
    private static ObjectNode ofRulesAlone(RouteReader reader, List<ObjectNode> routes, Tree origin) {
        ObjectNode route = Harvest.mapping();
        route.putArray("matchers").add(matcher("!=", ""));
        reader.put(route, routes, origin);
        return route;
    }

    private void add(String scope, ObjectNode root, Tree origin, TimingReader intervals) {
        if (!root.has("contactPoint")) {
            harvest.left(origin, "policy", "its root names no receiver");
            return;
        }
        ObjectNode spec = Harvest.mapping();
        spec.put("scope", scope);
        spec.set("route", root);
        if (!intervals.timings().isEmpty()) {
            spec.set("muteTimings", intervals.timings());
        }
        String name = harvest.reserve(Kind.NotificationPolicy, namespace, NAME, NAME);
        if (scope.equals("Cluster")) {
            harvest.note(
                    "NotificationPolicy " + name + " has scope Cluster, as Grafana's policies saw the alerts of all"
                            + " folders: delivery.clusterPolicyNamespaces of the operator's configuration must name its namespace");
        }
        harvest.add(new Harvest.Draft(Kind.NotificationPolicy, namespace, List.of(name), origin, spec), "policy");
    }
}
