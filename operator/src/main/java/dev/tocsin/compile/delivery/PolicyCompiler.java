package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.InhibitRule;
import dev.tocsin.api.v1alpha1.Matcher;
import dev.tocsin.api.v1alpha1.MuteTiming;
import dev.tocsin.api.v1alpha1.NotificationPolicySpec;
import dev.tocsin.api.v1alpha1.PolicyScope;
import dev.tocsin.api.v1alpha1.Route;
import dev.tocsin.api.v1alpha1.TimeInterval;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.Verdict.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns one NotificationPolicy into a routing tree, time intervals and inhibition rules that Alertmanager accepts,
 * fenced into the policy's own namespace unless its scope is Cluster.
 */
public final class PolicyCompiler {
    private final Set<String> clusterPolicyNamespaces;

    /** @param clusterPolicyNamespaces where policies may have scope Cluster */
    public PolicyCompiler(Set<String> clusterPolicyNamespaces) {
        this.clusterPolicyNamespaces = Set.copyOf(clusterPolicyNamespaces);
    }

    public Compiled<PolicyFragment> compile(
            ObjectKey key, String uid, long generation, @Nullable NotificationPolicySpec spec) {
        if (spec == null || spec.route() == null) {
            return new Compiled.Refused<>(
                    new Verdict.Refused(Reason.InvalidField, "spec.route: is missing; give a route with contactPoint"));
        }
        PolicyScope scope = spec.scope() == null ? PolicyScope.Namespace : spec.scope();
        Objections objections = new Objections();
        scopeIsNotPermitted(key, scope, objections);
        Set<String> timings = timingNames(listOf(spec.muteTimings()), objections);
        RouteChecks checks = new RouteChecks(timings, objections);
        checks.rootHasNoContactPoint(spec.route());

        Optional<LabelMatcher> fence =
                scope == PolicyScope.Namespace ? Optional.of(Fence.around(key.namespace())) : Optional.empty();
        RouteNode top = node(key, "spec.route", spec.route(), checks);
        RouteNode route = root(top, fence, continues(scope, spec.route()));
        List<PolicyFragment.Inhibition> inhibitions = inhibitions(listOf(spec.inhibitRules()), fence, checks);
        List<Map<String, Object>> intervals = intervals(key, listOf(spec.muteTimings()), objections);

        return objections
                .verdict()
                .<Compiled<PolicyFragment>>map(Compiled.Refused::new)
                .orElseGet(() -> new Compiled.Usable<>(
                        new PolicyFragment(key, uid, generation, scope, route, intervals, inhibitions)));
    }

    /** Number of routes in a policy's tree, with the one at the top; also where the policy is refused. */
    public static int routes(@Nullable NotificationPolicySpec spec) {
        return spec == null || spec.route() == null ? 0 : routes(spec.route());
    }

    private static int routes(Route route) {
        return 1
                + listOf(route.routes()).stream()
                        .mapToInt(PolicyCompiler::routes)
                        .sum();
    }

    private void scopeIsNotPermitted(ObjectKey key, PolicyScope scope, Objections objections) {
        if (scope == PolicyScope.Cluster && !clusterPolicyNamespaces.contains(key.namespace())) {
            objections.add(
                    Reason.NotPermitted,
                    "spec.scope",
                    "namespace \"" + key.namespace() + "\" may not hold policies of scope Cluster; use scope Namespace,"
                            + " or have the namespace added to delivery.clusterPolicyNamespaces of the operator's"
                            + " configuration");
        }
    }

    private static Set<String> timingNames(List<MuteTiming> timings, Objections objections) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < timings.size(); i++) {
            String name = timings.get(i).name();
            String path = "spec.muteTimings[" + i + "].name";
            if (name == null || name.isBlank() || Texts.controlCharacter(name).isPresent()) {
                objections.invalid(path, "is missing or malformed; give a name");
            } else if (!names.add(name)) {
                objections.invalid(path, "\"" + name + "\" is used twice; names must differ");
            }
        }
        return names;
    }

    /** A Cluster policy lets the policies after it see an alert too, unless it says otherwise. */
    private static boolean continues(PolicyScope scope, Route route) {
        return route.continueMatching() == null ? scope == PolicyScope.Cluster : route.continueMatching();
    }

    private static RouteNode root(RouteNode top, Optional<LabelMatcher> fence, boolean continueMatching) {
        return new RouteNode(
                top.path(),
                top.contactPoint(),
                top.groupBy(),
                top.groupWait(),
                top.groupInterval(),
                top.repeatInterval(),
                fenced(fence, top.matchers()),
                continueMatching,
                top.muteTimings(),
                top.activeTimings(),
                top.routes());
    }

    private RouteNode node(ObjectKey key, String path, Route route, RouteChecks checks) {
        checks.check(path, route);
        List<RouteNode> children = new ArrayList<>();
        List<Route> routes = listOf(route.routes());
        for (int i = 0; i < routes.size(); i++) {
            children.add(node(key, path + ".routes[" + i + "]", routes.get(i), checks));
        }
        return new RouteNode(
                path,
                route.contactPoint() == null ? null : reference(key.namespace(), route.contactPoint()),
                route.groupBy(),
                route.groupWait(),
                route.groupInterval(),
                route.repeatInterval(),
                matchers(listOf(route.matchers())),
                Boolean.TRUE.equals(route.continueMatching()),
                timingNames(key, listOf(route.muteTimings())),
                timingNames(key, listOf(route.activeTimings())),
                children);
    }

    /** A contact point of the own namespace by its name, of another one by namespace/name. */
    private static ObjectKey reference(String namespace, String text) {
        int slash = text.indexOf('/');
        return slash < 0
                ? new ObjectKey(namespace, text)
                : new ObjectKey(text.substring(0, slash), text.substring(slash + 1));
    }

    private static List<LabelMatcher> matchers(List<Matcher> matchers) {
        return matchers.stream()
                .filter(matcher -> matcher.label() != null && matcher.op() != null && matcher.value() != null)
                .map(matcher -> new LabelMatcher(matcher.label(), matcher.op(), matcher.value()))
                .toList();
    }

    private static List<String> timingNames(ObjectKey key, List<String> timings) {
        return timings.stream().map(timing -> timingName(key, timing)).toList();
    }

    /** Unique over all policies: neither a namespace nor an object's name can hold a slash. */
    private static String timingName(ObjectKey key, String timing) {
        return key + "/" + timing;
    }

    private static List<PolicyFragment.Inhibition> inhibitions(
            List<InhibitRule> rules, Optional<LabelMatcher> fence, RouteChecks checks) {
        List<PolicyFragment.Inhibition> result = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            checks.check("spec.inhibitRules[" + i + "]", rules.get(i));
            result.add(new PolicyFragment.Inhibition(
                    fenced(fence, matchers(listOf(rules.get(i).source()))),
                    fenced(fence, matchers(listOf(rules.get(i).target()))),
                    listOf(rules.get(i).equal())));
        }
        return result;
    }

    private static List<LabelMatcher> fenced(Optional<LabelMatcher> fence, List<LabelMatcher> matchers) {
        List<LabelMatcher> result = new ArrayList<>();
        fence.ifPresent(result::add);
        result.addAll(matchers);
        return result;
    }

    private static List<Map<String, Object>> intervals(ObjectKey key, List<MuteTiming> timings, Objections objections) {
        TimeIntervals compiler = new TimeIntervals(objections);
        List<Map<String, Object>> result = new ArrayList<>();
        for (int i = 0; i < timings.size(); i++) {
            String path = "spec.muteTimings[" + i + "].intervals";
            List<TimeInterval> intervals = listOf(timings.get(i).intervals());
            if (intervals.isEmpty()) {
                objections.invalid(path, "is empty, which would never hold; give at least one interval");
            }
            List<Map<String, Object>> items = new ArrayList<>();
            for (int j = 0; j < intervals.size(); j++) {
                items.addAll(compiler.compile(path + "[" + j + "]", intervals.get(j)));
            }
            Map<String, Object> named = new LinkedHashMap<>();
            named.put("name", timingName(key, timings.get(i).name()));
            named.put("time_intervals", items);
            result.add(named);
        }
        return result;
    }

    private static <T> List<T> listOf(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
