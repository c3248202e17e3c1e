package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.AllowFrom;
import dev.tocsin.api.v1alpha1.InhibitRule;
import dev.tocsin.api.v1alpha1.MatchOp;
import dev.tocsin.api.v1alpha1.Matcher;
import dev.tocsin.api.v1alpha1.MuteTiming;
import dev.tocsin.api.v1alpha1.NotificationPolicySpec;
import dev.tocsin.api.v1alpha1.PolicyScope;
import dev.tocsin.api.v1alpha1.Route;
import dev.tocsin.api.v1alpha1.TimeInterval;
import dev.tocsin.api.v1alpha1.TimeInterval.TimeOfDayRange;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.configuration.OperatorConfiguration.Delivery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** Policies and alerts as users could write them, the hostile ones included. */
public final class GeneratedPolicies {
    static final List<String> NAMESPACES = List.of("shop", "bank");
    private static final List<String> CONTACT_POINTS = List.of("team", "other", "missing", "bank/team", "shop/other");
    private static final List<String> LABELS =
            List.of("a", "b", "severity", "alertname", "tocsin_namespace", "tocsin_rule", "bad-name");
    private static final List<String> VALUES = List.of(
            "",
            "x",
            "y",
            "page",
            "shop",
            "bank",
            "x\"y",
            "back\\slash",
            "line\nbreak",
            "ünï",
            "{}",
            "a,b",
            "x=y",
            "~",
            "\t",
            ".*",
            "sh.*",
            "x|y",
            "(?i)PAGE",
            "[^x]+",
            "\\d+",
            "[",
            "a)|(b",
            "\\Qx",
            "(a{100}){100}");

    /** In place of a namespace: the alert is not a rule's. */
    private static final String PUSHED = "";

    private GeneratedPolicies() {}

    /**
     * Compiled policies of several namespaces, and alerts.
     *
     * @param specs of all policies, also of those that are refused
     * @param allowFrom of every contact point
     */
    public record Scene(
            Map<ObjectKey, NotificationPolicySpec> specs,
            Map<ObjectKey, AllowFrom> allowFrom,
            Delivery delivery,
            AlertmanagerConfiguration configuration,
            List<PolicyFragment> policies,
            List<Map<String, String>> alerts) {}

    public static Arbitrary<Scene> scenes() {
        Arbitrary<List<NotificationPolicySpec>> specs =
                specs().list().ofMinSize(2).ofMaxSize(6);
        Arbitrary<String> byDefault =
                Arbitraries.of("shop/other", "bank/team", "shop/missing").injectNull(0.5);
        return Combinators.combine(specs, byDefault, alerts().list().ofSize(4)).as(GeneratedPolicies::scene);
    }

    static Arbitrary<Map<String, String>> alerts() {
        return Arbitraries.maps(
                        Arbitraries.of(LABELS.subList(0, 4)),
                        Arbitraries.of("x", "y", "page", "shop", "x\"y", "line\nbreak", "ünï", "X", "12"))
                .ofMaxSize(4)
                .flatMap(labels ->
                        Arbitraries.of("shop", "bank", "elsewhere", PUSHED).map(namespace -> alert(labels, namespace)));
    }

    private static Map<String, String> alert(Map<String, String> labels, String namespace) {
        Map<String, String> alert = new HashMap<>(labels);
        if (!namespace.equals(PUSHED)) {
            alert.put("tocsin_namespace", namespace);
            alert.put("tocsin_rule", "rule");
        }
        return alert;
    }

    private static Scene scene(
            List<NotificationPolicySpec> specs, @Nullable String byDefault, List<Map<String, String>> alerts) {
        Map<ObjectKey, NotificationPolicySpec> specByKey = new LinkedHashMap<>();
        PolicyCompiler compiler = new PolicyCompiler(Set.of("shop"));
        Map<ObjectKey, Assembler.PolicyOffer> offers = new HashMap<>();
        List<PolicyFragment> fragments = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            ObjectKey key = new ObjectKey(NAMESPACES.get(i % NAMESPACES.size()), "policy-" + i);
            specByKey.put(key, specs.get(i));
            if (compiler.compile(key, "uid", 1, specs.get(i))
                    instanceof Compiled.Usable<PolicyFragment>(var fragment)) {
                offers.put(key, new Assembler.PolicyOffer(fragment, null));
                fragments.add(fragment);
            }
        }
        Map<ObjectKey, ContactPointFragment> contactPoints = new HashMap<>();
        Map<ObjectKey, Grants> grants = new HashMap<>();
        Map<ObjectKey, AllowFrom> allowFrom = new LinkedHashMap<>();
        for (String namespace : NAMESPACES) {
            for (String name : List.of("team", "other")) {
                ObjectKey key = new ObjectKey(namespace, name);
                contactPoints.put(
                        key,
                        new ContactPointFragment(
                                key, "uid", 1, Map.of("name", key.toString()), List.of(), List.of(), Map.of()));
                allowFrom.put(key, new AllowFrom(name.equals("team") ? List.of("shop", "bank") : List.of(), null));
                grants.put(key, Grants.of(allowFrom.get(key)));
            }
        }
        AlertmanagerConfiguration configuration = new Assembler(
                        Optional.ofNullable(byDefault).map(ObjectKey::parse))
                .assemble(new Assembler.Offers(contactPoints, grants, offers, Map.of()))
                .configuration();
        return new Scene(
                specByKey, allowFrom, new Delivery(List.of("shop"), byDefault), configuration, fragments, alerts);
    }

    private static Arbitrary<NotificationPolicySpec> specs() {
        Arbitrary<List<MuteTiming>> timings = intervals()
                .list()
                .ofMinSize(1)
                .ofMaxSize(2)
                .map(intervals -> List.of(new MuteTiming("nights", intervals)));
        Arbitrary<List<InhibitRule>> inhibitions = Combinators.combine(
                        matchers(1),
                        matchers(1),
                        Arbitraries.of(LABELS.subList(0, 5)).list().ofMaxSize(2))
                .as(InhibitRule::new)
                .list()
                .ofMaxSize(2);
        return Combinators.combine(
                        Arbitraries.frequency(Tuple.of(3, PolicyScope.Namespace), Tuple.of(1, PolicyScope.Cluster)),
                        routes(3),
                        timings,
                        inhibitions)
                .as(NotificationPolicySpec::new);
    }

    private static Arbitrary<Route> routes(int depth) {
        Arbitrary<List<Route>> children = depth == 0
                ? Arbitraries.just(List.of())
                : Arbitraries.lazy(() -> routes(depth - 1).list().ofMaxSize(3));
        Arbitrary<String> durations = Arbitraries.frequencyOf(
                Tuple.of(200, Arbitraries.of("10s", "1m", "1h30m", "1d", "500ms")),
                Tuple.of(1, Arbitraries.of("0s", "soon")));
        Arbitrary<String> contactPoints = Arbitraries.of(CONTACT_POINTS);
        Arbitrary<List<String>> groupBy = Arbitraries.frequencyOf(
                Tuple.of(40, Arbitraries.of("a", "b").list().uniqueElements().ofMaxSize(2)),
                Tuple.of(10, Arbitraries.just(List.of("..."))),
                Tuple.of(1, Arbitraries.just(List.of("...", "a"))));
        return Combinators.combine(
                        depth == 3 ? contactPoints.injectNull(0.02) : contactPoints.injectNull(0.3),
                        groupBy.injectNull(0.5),
                        durations.injectNull(0.5),
                        durations.injectNull(0.5),
                        depth == 3
                                ? matchers(0)
                                        .map(matchers ->
                                                matchers.stream().limit(1).toList())
                                : matchers(0),
                        Arbitraries.of(true, false).injectNull(0.4),
                        Arbitraries.of("nights").list().ofMaxSize(1),
                        children)
                .as((contactPoint, labels, wait, interval, matchers, continues, timings, routes) -> new Route(
                        contactPoint, labels, wait, interval, null, matchers, continues, timings, timings, routes));
    }

    private static Arbitrary<List<Matcher>> matchers(int atLeast) {
        Arbitrary<String> labels = Arbitraries.frequencyOf(
                Tuple.of(400, Arbitraries.of(LABELS.subList(0, 6))), Tuple.of(1, Arbitraries.of(LABELS)));
        Arbitrary<String> values = Arbitraries.frequencyOf(
                Tuple.of(200, Arbitraries.of(VALUES.subList(0, 15))),
                Tuple.of(200, Arbitraries.of("x", "page")),
                Tuple.of(200, Arbitraries.of(VALUES.subList(15, 21))),
                Tuple.of(1, Arbitraries.of(VALUES)));
        return Combinators.combine(labels, Arbitraries.of(MatchOp.class), values)
                .as(Matcher::new)
                .list()
                .ofMinSize(atLeast)
                .ofMaxSize(2);
    }

    private static Arbitrary<TimeInterval> intervals() {
        Arbitrary<TimeOfDayRange> times = Combinators.combine(
                        Arbitraries.of("00:00", "06:00", "22:30"), Arbitraries.of("07:15", "23:59", "24:00"))
                .as(TimeOfDayRange::new);
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                        Tuple.of(60, times),
                                        Tuple.of(1, Arbitraries.of(new TimeOfDayRange("24:00", "9:00"))))
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(2),
                        Arbitraries.of("monday", "friday:tuesday", "sunday:saturday", "Wednesday")
                                .list()
                                .ofMaxSize(2),
                        Arbitraries.of("UTC", "Europe/Berlin", "America/New_York")
                                .injectNull(0.5),
                        Arbitraries.of(true, false),
                        Arbitraries.of("1", "-1", "1:31", "-7:-1", "5:-5")
                                .list()
                                .ofMaxSize(1),
                        Arbitraries.of("may", "11:2", "june:8", "1").list().ofMaxSize(1),
                        Arbitraries.of("2026", "2026:2030").list().ofMinSize(1).ofMaxSize(1))
                .as((ranges, weekdays, location, ofDates, days, months, years) -> ofDates
                        ? new TimeInterval(null, weekdays, days, months, years, location)
                        : new TimeInterval(ranges, weekdays, null, null, null, location));
    }
}
