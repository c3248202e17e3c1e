package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.NotificationPolicySpec;
import dev.tocsin.compile.Golden;
import dev.tocsin.compile.ObjectKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Routes that no alert reaches are found where that is certain. */
class DeadRoutesTest {

    @Test
    void aRouteBehindOneThatTakesEverythingIsDead() throws Exception {
        assertThat(dead("{contactPoint: team, routes: [{}, {matchers: [{label: a, op: \"=\", value: x}]}]}"))
                .containsExactly(
                        "shop/policy-0 spec.route.routes[1]: spec.route.routes[0] takes all of its alerts before");
    }

    @Test
    void aRouteBehindOneThatContinuesIsNot() throws Exception {
        assertThat(dead("{contactPoint: team, routes: [{continue: true}, {}]}")).isEmpty();
    }

    @Test
    void aRouteIsDeadWhenEachMatcherOfAnEarlierOneFollowsFromItsOwn() throws Exception {
        assertThat(isDeadBehind("=~ page|critical", "= page")).isTrue();
        assertThat(isDeadBehind("=~ page|critical", "=~ critical|page")).isTrue();
        assertThat(isDeadBehind("!= info", "= page")).isTrue();
        assertThat(isDeadBehind("!= info", "=~ page|warn.*")).isTrue();
        assertThat(isDeadBehind("!~ info|debug", "=~ page.*")).isTrue();
        assertThat(isDeadBehind("!= ''", "=~ page|critical")).isTrue();
        assertThat(isDeadBehind("=~ pa.*", "= page")).isTrue();
        assertThat(isDeadBehind("=~ pa.*", "=~ pa.*")).isTrue();

        assertThat(isDeadBehind("= page", "=~ page|critical")).isFalse();
        assertThat(isDeadBehind("= page", "!= critical")).isFalse();
        assertThat(isDeadBehind("!= info", "!= page")).isFalse();
        assertThat(isDeadBehind("!= info", "=~ .*")).isFalse();
        assertThat(isDeadBehind("=~ .*", "!= page")).isFalse();
        assertThat(isDeadBehind("!= ''", "=~ page|")).isFalse();
    }

    private static boolean isDeadBehind(String earlier, String later) throws Exception {
        String dead = "shop/policy-0 spec.route.routes[1]: spec.route.routes[0] takes all of its alerts before";
        return dead("{contactPoint: team, routes: [{matchers: [%s]}, {matchers: [%s, {label: b, op: \"=\", value: y}]}]}"
                        .formatted(matcher(earlier), matcher(later)))
                .contains(dead);
    }

    private static String matcher(String text) {
        String[] parts = text.split(" ", 2);
        return "{label: severity, op: \"" + parts[0] + "\", value: \"" + parts[1].replace("'", "") + "\"}";
    }

    @Test
    void whatTheRoutesAboveDemandCounts() throws Exception {
        assertThat(
                        dead(
                                "{contactPoint: team, matchers: [{label: severity, op: \"=\", value: page}], routes:"
                                        + " [{matchers: [{label: severity, op: \"=~\", value: page|critical}]}, {contactPoint: other}]}"))
                .containsExactly(
                        "shop/policy-0 spec.route.routes[1]: spec.route.routes[0] takes all of its alerts before");
    }

    @Test
    void matchersThatExcludeEachOtherMakeARouteDead() throws Exception {
        assertThat(
                        dead(
                                "{contactPoint: team, routes: [{matchers: [{label: tocsin_namespace, op: \"=\", value: bank}],"
                                        + " routes: [{}]}, {matchers: [{label: a, op: \"=\", value: x}, {label: a, op: \"!=\", value: x}]}]}"))
                .containsExactly(
                        "shop/policy-0 spec.route.routes[0]: its matchers and those above exclude each other on label"
                                + " \"tocsin_namespace\"",
                        "shop/policy-0 spec.route.routes[1]: its matchers and those above exclude each other on label"
                                + " \"a\"");
    }

    @Test
    void aPolicyBehindOneOfTheSameNamespaceThatTakesEverythingIsDeadFromItsRoot() throws Exception {
        assertThat(dead("{contactPoint: team}", "{contactPoint: other, routes: [{}]}"))
                .containsExactly(
                        "shop/policy-1 spec.route: NotificationPolicy shop/policy-0 takes all of its alerts before");
        assertThat(dead("{contactPoint: team, continue: true}", "{contactPoint: other}"))
                .isEmpty();
    }

    @Test
    void policiesOfOtherNamespacesDoNotStandInEachOthersWay() throws Exception {
        assertThat(dead(Map.of(
                        new ObjectKey("bank", "all"), "{route: {contactPoint: shop/team}}",
                        new ObjectKey("shop", "all"), "{route: {contactPoint: team}}")))
                .isEmpty();
    }

    @Test
    void aClusterPolicyThatEndsTheWayMakesThePoliciesOfEveryNamespaceDead() throws Exception {
        assertThat(dead(Map.of(
                        new ObjectKey("shop", "cluster"),
                                "{scope: Cluster, route: {contactPoint: team, continue: false}}",
                        new ObjectKey("bank", "all"), "{route: {contactPoint: shop/team}}")))
                .containsExactly("bank/all spec.route: NotificationPolicy shop/cluster takes all of its alerts before");
    }

    private static List<String> dead(String... routes) throws Exception {
        Map<ObjectKey, String> specs = new HashMap<>();
        for (String route : routes) {
            specs.put(new ObjectKey("shop", "policy-" + specs.size()), "{route: " + route + "}");
        }
        return dead(specs);
    }

    private static List<String> dead(Map<ObjectKey, String> specs) throws Exception {
        Map<ObjectKey, Assembler.PolicyOffer> policies = new HashMap<>();
        for (Map.Entry<ObjectKey, String> spec : specs.entrySet()) {
            Compiled<PolicyFragment> compiled = new PolicyCompiler(Set.of("shop"))
                    .compile(
                            spec.getKey(),
                            "uid",
                            1,
                            Golden.YAML.readValue(spec.getValue(), NotificationPolicySpec.class));
            assertThat(compiled).isInstanceOf(Compiled.Usable.class);
            policies.put(
                    spec.getKey(),
                    new Assembler.PolicyOffer(((Compiled.Usable<PolicyFragment>) compiled).fragment(), null));
        }
        Map<ObjectKey, ContactPointFragment> contactPoints = List.of("team", "other").stream()
                .map(name -> new ObjectKey("shop", name))
                .collect(Collectors.toMap(
                        key -> key,
                        key -> new ContactPointFragment(
                                key, "uid", 1, Map.of("name", key.toString()), List.of(), List.of(), Map.of())));
        Map<ObjectKey, Grants> grants = contactPoints.keySet().stream()
                .collect(Collectors.toMap(key -> key, key -> new Grants(Set.of("bank"), Optional.empty())));
        return DeadRoutes.of(new Assembler(Optional.empty())
                        .assemble(new Assembler.Offers(contactPoints, grants, policies, Map.of()))
                        .configuration())
                .entrySet()
                .stream()
                .flatMap(policy -> policy.getValue().stream()
                        .map(route -> policy.getKey() + " " + route.path() + ": " + route.why()))
                .toList();
    }
}
