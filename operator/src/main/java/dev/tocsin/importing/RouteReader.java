package dev.tocsin.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tocsin.compile.delivery.Regexes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Reads a tree of routes and rules of inhibition, as Alertmanager v0.31.1, the objects of the operators and Grafana write
 * them.
 * A route that would match other alerts than it did is left out with all below it.
 */
final class RouteReader {
    private static final KindSchema SPEC = KindSchema.ofSpec(Kind.NotificationPolicy);
    private static final KindSchema MATCHER =
            SPEC.field("route").field("matchers").item();
    private static final String ALL = "...";

    /** How many routes a route has at most below it. */
    private static final int MAX_ROUTES = 100;

    private final Harvest harvest;
    private final Function<String, String> contactPoints;
    private final Map<String, String> timings;
    private final Predicate<String> isLabelOfNone;
    private final UnaryOperator<String> reading;

    /**
     * @param contactPoints the name of the ContactPoint that a receiver became
     * @param timings what the names of time intervals became
     * @param isLabelOfNone whether a label is one that no alert has any more
     * @param reading what a text means as it is written
     */
    RouteReader(
            Harvest harvest,
            Function<String, String> contactPoints,
            Map<String, String> timings,
            Predicate<String> isLabelOfNone,
            UnaryOperator<String> reading) {
        this.harvest = harvest;
        this.contactPoints = contactPoints;
        this.timings = timings;
        this.isLabelOfNone = isLabelOfNone;
        this.reading = reading;
    }

    /** The root and all below it. */
    ObjectNode root(Tree route) {
        return root(route, List.of());
    }

    /**
     * The root and all below it.
     *
     * @param first routes that are to stand before its own
     */
    ObjectNode root(Tree route, List<ObjectNode> first) {
        return node(route, SPEC.field("route"), first).orElseGet(Harvest::mapping);
    }

    /** A route below the root. */
    Optional<ObjectNode> below(Tree route) {
        return node(route, SPEC.field("route").field("routes").item(), List.of());
    }

    /**
     * Puts routes below a route that is itself below the root.
     *
     * @param origin where they are from
     */
    void put(ObjectNode route, List<ObjectNode> routes, Tree origin) {
        List<Below> below = routes.stream().map(one -> new Below(origin, one)).toList();
        route.set(
                "routes",
                bounded(below, route, SPEC.field("route").field("routes").item()));
    }

    private Optional<ObjectNode> node(Tree tree, KindSchema schema, List<ObjectNode> first) {
        Fields fields = Fields.of(tree);
        ObjectNode route = Harvest.mapping();
        fields.text("receiver")
                .ifPresent(receiver -> route.put("contactPoint", contactPoints.apply(reading.apply(receiver))));
        fields.get("groupBy").ifPresent(groupBy -> put(route, schema, "groupBy", groupBy, labels(groupBy)));
        for (String interval : List.of("groupWait", "groupInterval", "repeatInterval")) {
            fields.get(interval).filter(value -> !value.text().isEmpty()).ifPresent(value -> {
                JsonNode text = TextNode.valueOf(duration(schema.field(interval), value.text()));
                put(route, schema, interval, value, text);
            });
        }
        Optional<ArrayNode> matchers = matchers(fields, "");
        if (matchers.isEmpty()) {
            tree.done();
            return Optional.empty();
        }
        if (!matchers.get().isEmpty() && !put(route, schema, "matchers", tree, matchers.get())) {
            tree.done();
            return Optional.empty();
        }
        fields.get("continue").filter(Tree::isTrue).ifPresent(value -> route.put("continue", true));
        timings(fields, "muteTimeIntervals", "muteTimings", route, schema);
        timings(fields, "activeTimeIntervals", "activeTimings", route, schema);
        List<Below> below = new ArrayList<>();
        first.forEach(one -> below.add(new Below(tree, one)));
        below.addAll(routes(fields, schema));
        if (!below.isEmpty()) {
            route.set("routes", bounded(below, route, schema));
        }
        return Optional.of(route);
    }

    /** A route, and where it is from. */
    private record Below(Tree origin, ObjectNode route) {}

    private List<Below> routes(Fields fields, KindSchema schema) {
        List<Below> routes = new ArrayList<>();
        for (Tree item : fields.items("routes")) {
            if (schema.has("routes")) {
                node(item, schema.field("routes").item(), List.of())
                        .ifPresent(node -> routes.add(new Below(item, node)));
            } else {
                item.done();
                harvest.left(item, "route", "policies have at most 8 levels of routes below the root");
            }
        }
        return routes;
    }

    /** As many routes as there may be below one; the last of them stands for those that are more. */
    private ArrayNode bounded(List<Below> routes, ObjectNode parent, KindSchema schema) {
        ArrayNode bounded = JsonNodeFactory.instance.arrayNode();
        int fitting = routes.size() > MAX_ROUTES ? MAX_ROUTES - 1 : routes.size();
        routes.subList(0, fitting).forEach(below -> bounded.add(below.route()));
        List<Below> rest = routes.subList(fitting, routes.size());
        if (rest.isEmpty()) {
            return bounded;
        }
        // It takes what none of the others has taken, and is the parent to whatever none of the rest takes.
        KindSchema below = schema.field("routes").item();
        ObjectNode stands = Harvest.mapping();
        List.of("muteTimings", "activeTimings").stream()
                .filter(parent::has)
                .forEach(timings -> stands.set(timings, parent.path(timings)));
        boolean oneGoesOn = routes.subList(0, fitting).stream()
                .anyMatch(one -> one.route().path("continue").asBoolean());
        if (!oneGoesOn && below.has("routes")) {
            stands.set("routes", bounded(rest, stands, below));
        }
        if (stands.has("routes") && below.violations(stands).isEmpty()) {
            return bounded.add(stands);
        }
        bounded.add(rest.getFirst().route());
        rest.stream()
                .skip(1)
                .forEach(one ->
                        harvest.left(one.origin(), "route", "a route has at most " + MAX_ROUTES + " routes below it"));
        return bounded;
    }

    private void timings(Fields fields, String theirs, String ours, ObjectNode route, KindSchema schema) {
        ArrayNode names = JsonNodeFactory.instance.arrayNode();
        for (Tree name : fields.items(theirs)) {
            String known = timings.get(name.text());
            if (known == null) {
                harvest.left(
                        name,
                        "time interval " + name.text(),
                        "is not among those that could be carried over; the route notifies at any time");
            } else {
                names.add(known);
            }
        }
        if (!names.isEmpty()) {
            put(route, schema, ours, fields.get(theirs).orElse(fields.tree()), names);
        }
    }

    private boolean put(ObjectNode route, KindSchema schema, String field, Tree origin, JsonNode value) {
        List<KindSchema.Violation> violations = schema.field(field).violations(value);
        if (violations.isEmpty()) {
            route.set(field, value);
            return true;
        }
        String what = field.equals("matchers") ? "route" : "field " + origin.field();
        harvest.left(
                origin,
                what,
                field + violations.getFirst().path() + " "
                        + violations.getFirst().problem()
                        + (field.equals("matchers")
                                ? "; the route is left out with all below it"
                                : "; the route is converted without"));
        return false;
    }

    private static String duration(KindSchema field, String text) {
        return field.violations(TextNode.valueOf(text)).isEmpty()
                ? text
                : Durations.prometheus(text).orElse(text);
    }

    /** Labels; three dots stand for all of them, whatever stands beside. */
    private static ArrayNode labels(Tree list) {
        List<String> labels = list.items().stream().map(Tree::text).toList();
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        (labels.contains(ALL) ? List.of(ALL) : labels).forEach(array::add);
        return array;
    }

    // ---- matchers ----

    /**
     * All matchers, in the forms of all times: matchers, match and match_re.
     *
     * @param prefix of the fields' names, source or target for inhibition
     * @return absent, and reported, when one of them cannot be carried over
     */
    private Optional<ArrayNode> matchers(Fields fields, String prefix) {
        List<ObjectNode> result = new ArrayList<>();
        boolean whole = true;
        for (String list : List.of("matchers", "match", "matchRe", "objectMatchers")) {
            Optional<Tree> found = fields.get(prefix + list);
            if (found.isPresent()) {
                whole &= read(found.get(), list.equals("matchRe") ? "=~" : "=", result);
            }
        }
        return whole ? Optional.of(JsonNodeFactory.instance.arrayNode().addAll(result)) : Optional.empty();
    }

    private boolean read(Tree matchers, String op, List<ObjectNode> into) {
        boolean whole = true;
        if (matchers.isMapping()) {
            for (Map.Entry<String, Tree> entry : new TreeMap<>(matchers.entries()).entrySet()) {
                String value = entry.getValue().text();
                whole &= add(entry.getValue(), new MatcherText.Condition(entry.getKey(), op, value), into);
            }
            return whole;
        }
        for (Tree item : matchers.isText() ? List.of(matchers) : matchers.items()) {
            Optional<List<MatcherText.Condition>> conditions = conditions(item);
            if (conditions.isEmpty()) {
                harvest.left(
                        item,
                        "matcher " + (item.isText() ? item.text() : item.json()),
                        "is not a matcher; the part that it is in is left out");
                whole = false;
            }
            for (MatcherText.Condition condition : conditions.orElse(List.of())) {
                whole &= add(item, condition, into);
            }
        }
        return whole;
    }

    private static Optional<List<MatcherText.Condition>> conditions(Tree item) {
        if (item.isList()) {
            return listed(item);
        }
        return item.isMapping() ? condition(item) : MatcherText.parse(item.text());
    }

    /** As Grafana writes it: label, operator, value, around which it passes over quotes. */
    private static Optional<List<MatcherText.Condition>> listed(Tree item) {
        List<String> parts = item.items().stream().map(Tree::text).toList();
        if (parts.size() != 3) {
            return Optional.empty();
        }
        String value = parts.get(2);
        int from = value.startsWith("\"") ? 1 : 0;
        int to = value.endsWith("\"") && value.length() > from ? value.length() - 1 : value.length();
        return Optional.of(List.of(new MatcherText.Condition(parts.get(0), parts.get(1), value.substring(from, to))));
    }

    /** As the objects of prometheus-operator write it: name, value and matchType, or regex in the older form. */
    private static Optional<List<MatcherText.Condition>> condition(Tree item) {
        Fields fields = Fields.of(item);
        boolean regex = fields.get("regex").filter(Tree::isTrue).isPresent();
        String op = fields.text("matchType").orElse(regex ? "=~" : "=");
        return fields.text("name")
                .map(name -> List.of(
                        new MatcherText.Condition(name, op, fields.text("value").orElse(""))));
    }

    private boolean add(Tree origin, MatcherText.Condition condition, List<ObjectNode> into) {
        ObjectNode matcher = Harvest.mapping();
        matcher.put("label", condition.label());
        matcher.put("op", condition.op());
        matcher.put("value", reading.apply(condition.value()));
        Optional<String> problem = MATCHER.violations(matcher).stream()
                .map(violation -> violation.path().substring(1) + " " + violation.problem())
                .findFirst()
                .or(() -> condition.op().endsWith("~")
                        ? Regexes.problem(condition.value()).map(why -> "value " + why)
                        : Optional.empty())
                .or(() -> isLabelOfNone.test(condition.label())
                        ? Optional.of("no alert has this label here")
                        : Optional.empty());
        if (problem.isPresent()) {
            harvest.left(
                    origin,
                    "matcher on " + condition.label(),
                    problem.get() + "; what it stands in is left out, with all below it");
            return false;
        }
        into.add(matcher);
        return true;
    }

    // ---- inhibition ----

    /** The rules of inhibition. */
    ArrayNode inhibitions(List<Tree> rules) {
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        int most = 50;
        for (Tree rule : rules) {
            Fields fields = Fields.of(rule);
            fields.done("name");
            Optional<ArrayNode> source = matchers(fields, "source");
            Optional<ArrayNode> target = matchers(fields, "target");
            if (source.isEmpty() || target.isEmpty()) {
                rule.done();
                continue;
            }
            ObjectNode inhibition = Harvest.mapping();
            inhibition.set("source", source.get());
            inhibition.set("target", target.get());
            fields.get("equal")
                    .map(RouteReader::labels)
                    .filter(equal -> !equal.isEmpty())
                    .ifPresent(equal -> inhibition.set("equal", equal));
            List<KindSchema.Violation> violations =
                    SPEC.field("inhibitRules").item().violations(inhibition);
            if (result.size() == most) {
                rule.done();
                harvest.left(rule, "inhibition rule", "a policy has at most " + most + " of them");
            } else if (violations.isEmpty()) {
                result.add(inhibition);
            } else {
                rule.done();
                harvest.left(
                        rule,
                        "inhibition rule",
                        violations.getFirst().path().substring(1) + " "
                                + violations.getFirst().problem());
            }
        }
        return result;
    }
}
