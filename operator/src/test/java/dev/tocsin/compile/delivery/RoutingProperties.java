package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.PolicyScope;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.DeadRoutes.DeadRoute;
import dev.tocsin.compile.delivery.GeneratedPolicies.Scene;
import dev.tocsin.engines.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;

/** What must hold whatever users write about routing. */
class RoutingProperties {

    @Provide
    Arbitrary<Scene> scenes() {
        return GeneratedPolicies.scenes();
    }

    @Property
    void aNamespacePolicyNeverTakesAnAlertOfAnotherNamespace(@ForAll("scenes") Scene scene) {
        Routing routing = new Routing(scene.configuration());

        boolean anyTaken = false;
        for (Map<String, String> alert : scene.alerts()) {
            Set<ObjectKey> takers = routing.match(alert).stream()
                    .flatMap(match -> match.policy().stream())
                    .collect(Collectors.toSet());
            anyTaken |= !takers.isEmpty();
            assertThat(foreignPolicies(scene, alert))
                    .extracting(PolicyFragment::key)
                    .noneMatch(takers::contains);
        }
        coverEnough(anyTaken);
    }

    @Property
    void whatAForecastRulesOutDoesNotHappen(@ForAll("scenes") Scene scene, @ForAll @IntRange(max = 15) int unknown) {
        Routing routing = new Routing(scene.configuration());

        boolean anyRuledOut = false;
        for (Map<String, String> alert : scene.alerts()) {
            Map<String, String> known = new HashMap<>(alert);
            List<String> names = new TreeSet<>(alert.keySet())
                    .stream().filter(name -> !name.startsWith("tocsin_")).toList();
            for (int i = 0; i < names.size(); i++) {
                if ((unknown >> i & 1) == 1) {
                    known.remove(names.get(i));
                }
            }
            Forecast forecast = routing.forecast(known);
            Set<String> reached = routing.match(alert).stream()
                    .map(Routing.Match::receiver)
                    .filter(receiver -> !receiver.equals(AlertmanagerConfiguration.NOBODY))
                    .collect(Collectors.toSet());
            assertThat(forecast.contactPoints()).containsAll(reached);
            assertThat(reached.isEmpty() && !forecast.mayReachNobody())
                    .as("told nobody, against %s", forecast)
                    .isFalse();
            anyRuledOut |= forecast.contactPoints().isEmpty() || !forecast.mayReachNobody();
        }
        coverEnough(anyRuledOut);
    }

    @Provide
    Arbitrary<List<Map<String, String>>> manyAlerts() {
        return GeneratedPolicies.alerts().list().ofSize(40);
    }

    @Property
    void aRouteThatIsCalledDeadIsReachedByNoAlert(
            @ForAll("scenes") Scene scene, @ForAll("manyAlerts") List<Map<String, String>> alerts) {
        Map<ObjectKey, List<DeadRoute>> dead = DeadRoutes.of(scene.configuration());
        Routing routing = new Routing(scene.configuration());

        for (Map<String, String> alert : alerts) {
            for (Routing.Match match : routing.match(alert)) {
                assertThat(match.policy().map(dead::get).orElse(List.of()))
                        .as("%s reaches %s of %s", alert, match.path(), match.policy())
                        .noneMatch(route -> (match.path() + ".").startsWith(route.path() + "."));
            }
        }
        coverEnough(!dead.isEmpty());
    }

    private static List<PolicyFragment> foreignPolicies(Scene scene, Map<String, String> alert) {
        return scene.policies().stream()
                .filter(policy -> policy.scope() == PolicyScope.Namespace)
                .filter(policy -> !policy.key().namespace().equals(alert.get("tocsin_namespace")))
                .toList();
    }

    /** Scenes in which nothing happens prove nothing. */
    private static void coverEnough(boolean somethingHappens) {
        Statistics.collect(somethingHappens);
        Statistics.coverage(coverage -> coverage.check(true).percentage(share -> share > 30));
    }

    @Property
    void aNamespacePolicyNeverInhibitsAnAlertOfAnotherNamespaceNorByOne(@ForAll("scenes") Scene scene) {
        for (Map<String, String> alert : scene.alerts()) {
            assertThat(foreignPolicies(scene, alert))
                    .flatMap(PolicyFragment::inhibitRules)
                    .noneMatch(rule -> matches(rule.source(), alert) || matches(rule.target(), alert));
        }
    }

    private static boolean matches(List<LabelMatcher> matchers, Map<String, String> labels) {
        return matchers.stream().allMatch(matcher -> matcher.ofValue().test(labels.getOrDefault(matcher.label(), "")));
    }

    @Property(tries = 100)
    @Tag("integration")
    void theEngineTakesEveryConfigurationAndRoutesAlike(@ForAll("scenes") Scene scene) throws IOException {
        Path file = Files.createTempFile("routing-", ".yaml");
        try {
            Files.writeString(file, scene.configuration().toYaml());

            Engines.Answer check = amtool(List.of("check-config", file.toString()));
            assertThat(check.exitStatus()).as(check.output()).isZero();

            boolean anyTaken = false;
            for (Map<String, String> alert : scene.alerts()) {
                String receivers = receivers(scene, alert);
                anyTaken |= !receivers.equals(AlertmanagerConfiguration.NOBODY);
                Engines.Answer route = amtool(routesTest(file, alert));
                assertThat(route.exitStatus()).as(route.output()).isZero();
                assertThat(receivers).isEqualTo(lastLine(route.output()));
            }
            coverEnough(anyTaken);
        } finally {
            Files.delete(file);
        }
    }

    private static String receivers(Scene scene, Map<String, String> alert) {
        return new Routing(scene.configuration())
                .match(alert).stream().map(Routing.Match::receiver).collect(Collectors.joining(","));
    }

    private static List<String> routesTest(Path file, Map<String, String> alert) {
        List<String> command = new ArrayList<>(List.of("config", "routes", "test", "--config.file=" + file));
        alert.forEach(
                (label, value) -> command.add(LabelMatcher.equal(label, value).text()));
        return command;
    }

    /** Warnings of its log come first. */
    private static String lastLine(String output) {
        return output.lines().reduce("", (before, line) -> line);
    }

    private static Engines.Answer amtool(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(Engines.binary("amtool").toString()));
        command.addAll(arguments);
        return Engines.run(command);
    }
}
