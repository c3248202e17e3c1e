package dev.tocsin.compile.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is published: one configuration for one Alertmanager, of which every part belongs to a known object.
 *
 * @param defaultReceiver who is told what no policy takes
 * @param policies in the order in which an alert meets them
 * @param receivers as Alertmanager writes them, {@link #NOBODY} not among them
 * @param tests for the ContactPoints of which someone wants test notifications; they come before all policies
 */
public record AlertmanagerConfiguration(
        String defaultReceiver,
        List<PolicyRoute> policies,
        List<PolicyFragment.Inhibition> inhibitRules,
        List<Map<String, Object>> receivers,
        List<Map<String, Object>> timeIntervals,
        List<TestRoute> tests) {

    /** The receiver that sends nothing. It holds no slash, so that no namespace/name can be equal to it. */
    public static final String NOBODY = "tocsin:nobody";

    /**
     * How alerts are grouped where nobody says otherwise: one notification per rule. Alerts that others push carry no
     * Tocsin labels and are grouped by alertname.
     */
    static final List<String> DEFAULT_GROUP_BY =
            List.of(RuleCompiler.NAMESPACE_LABEL, RuleCompiler.RULE_LABEL, "alertname");

    /**
     * How long an alert without an end counts as firing after its last update: Alertmanager's own default, written
     * because vmalert's alerts do carry an end and only alerts of other senders depend on it.
     */
    private static final String RESOLVE_TIMEOUT = "5m";

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    /**
     * A policy's tree under the root.
     *
     * @param policy the object that it comes from
     * @param route with every contact point resolved: null inherits
     */
    public record PolicyRoute(ObjectKey policy, RouteNode route) {}

    /** A configuration that holds nothing but this contact point: what an engine says of it is said of it alone. */
    public static AlertmanagerConfiguration only(ContactPointFragment contactPoint) {
        return new AlertmanagerConfiguration(
                ContactPointFragment.receiverName(contactPoint.key()),
                List.of(),
                List.of(),
                List.of(contactPoint.receiver()),
                List.of(),
                List.of());
    }

    /** A configuration that holds nothing but this policy, with silent receivers wherever it sends. */
    public static AlertmanagerConfiguration only(PolicyFragment policy) {
        List<Map<String, Object>> silent = policy.route()
                .all()
                .flatMap(node -> Stream.ofNullable(node.contactPoint()))
                .distinct()
                .map(target -> Map.<String, Object>of("name", ContactPointFragment.receiverName(target)))
                .toList();
        return new AlertmanagerConfiguration(
                NOBODY,
                List.of(new PolicyRoute(policy.key(), policy.route())),
                policy.inhibitRules(),
                silent,
                policy.timeIntervals(),
                List.of());
    }

    /** The same with these ways for test notifications. */
    public AlertmanagerConfiguration withTests(List<TestRoute> routes) {
        return new AlertmanagerConfiguration(defaultReceiver, policies, inhibitRules, receivers, timeIntervals, routes);
    }

    /** The receivers that are there, and send nothing. */
    public Set<String> withoutReceivers() {
        return receivers.stream()
                .filter(receiver -> receiver.keySet().equals(Set.of("name")))
                .map(receiver -> (String) receiver.get("name"))
                .collect(Collectors.toSet());
    }

    /** The text that Alertmanager loads. */
    public String toYaml() {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("receiver", defaultReceiver);
        root.put("group_by", DEFAULT_GROUP_BY);
        put(
                root,
                "routes",
                Stream.concat(
                                tests.stream().map(TestRoute::route),
                                policies.stream().map(policy -> route(policy.route())))
                        .toList());

        List<Map<String, Object>> allReceivers = new ArrayList<>();
        allReceivers.add(Map.of("name", NOBODY));
        allReceivers.addAll(receivers);
        tests.forEach(test -> allReceivers.addAll(test.receivers()));

        Map<String, Object> file = new LinkedHashMap<>();
        file.put("global", Map.of("resolve_timeout", RESOLVE_TIMEOUT));
        file.put("route", root);
        put(
                file,
                "inhibit_rules",
                inhibitRules.stream().map(AlertmanagerConfiguration::inhibition).toList());
        file.put("receivers", allReceivers);
        put(file, "time_intervals", timeIntervals);
        try {
            return YAML.writeValueAsString(file);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("lists and maps of texts cannot fail to be written", e);
        }
    }

    private static Map<String, Object> route(RouteNode node) {
        Map<String, Object> route = new LinkedHashMap<>();
        putIfPresent(
                route,
                "receiver",
                node.contactPoint() == null ? null : ContactPointFragment.receiverName(node.contactPoint()));
        putIfPresent(route, "group_by", node.groupBy());
        putIfPresent(route, "group_wait", node.groupWait());
        putIfPresent(route, "group_interval", node.groupInterval());
        putIfPresent(route, "repeat_interval", node.repeatInterval());
        put(route, "matchers", texts(node.matchers()));
        put(route, "mute_time_intervals", node.muteTimings());
        put(route, "active_time_intervals", node.activeTimings());
        if (node.continueMatching()) {
            route.put("continue", true);
        }
        put(
                route,
                "routes",
                node.routes().stream().map(AlertmanagerConfiguration::route).toList());
        return route;
    }

    private static Map<String, Object> inhibition(PolicyFragment.Inhibition rule) {
        Map<String, Object> inhibition = new LinkedHashMap<>();
        inhibition.put("source_matchers", texts(rule.source()));
        inhibition.put("target_matchers", texts(rule.target()));
        put(inhibition, "equal", rule.equal());
        return inhibition;
    }

    private static List<String> texts(List<LabelMatcher> matchers) {
        return matchers.stream().map(LabelMatcher::text).toList();
    }

    private static void put(Map<String, Object> map, String key, List<?> list) {
        if (!list.isEmpty()) {
            map.put(key, list);
        }
    }

    private static void putIfPresent(Map<String, Object> map, String key, @Nullable Object value) {
        if (value != null) {
            map.put(key, value);
        }
    }
}
