package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.api.v1alpha1.NotificationPolicySpec;
import dev.tocsin.compile.Golden;
import dev.tocsin.compile.ObjectKey;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What can be said of alerts before they fire. */
class ForecastTest {
    private static final String TEAM = "{contactPoint: team}";

    @Test
    void contactPointsWithoutReceiversAreKnown() throws Exception {
        assertThat(withoutReceivers("{receivers: []}")).containsExactly("shop/team");
        assertThat(withoutReceivers("{receivers: [{webhook: {url: {value: \"http://a/\"}}}]}"))
                .isEmpty();
    }

    private static Set<String> withoutReceivers(String spec) throws IOException {
        Compiled<ContactPointFragment> compiled = new ContactPointCompiler()
                .compile(
                        new ObjectKey("shop", "team"),
                        "uid",
                        1,
                        Golden.YAML.readValue(spec, ContactPointSpec.class),
                        ref -> new ReferencedValues.Lookup.NoObject());
        assertThat(compiled).isInstanceOf(Compiled.Usable.class);
        ContactPointFragment fragment = ((Compiled.Usable<ContactPointFragment>) compiled).fragment();
        return new Routing(AlertmanagerConfiguration.only(fragment))
                .forecast(Map.of())
                .withoutReceivers();
    }

    @Test
    void withoutPolicyNobodyIsTold() throws Exception {
        assertThat(forecast("", "severity=page")).isEqualTo("nobody");
    }

    @Test
    void theDefaultContactPointIsToldOfWhatNoPolicyTakes() throws Exception {
        assertThat(forecast("default", "severity=page")).isEqualTo("shop/default");
    }

    @Test
    void aPolicyForEverythingIsTold() throws Exception {
        assertThat(forecast("", "severity=page", TEAM)).isEqualTo("shop/team");
    }

    @Test
    void aMatcherOnALabelOfTheRuleIsDecided() throws Exception {
        String pages = "{contactPoint: team, matchers: [{label: severity, op: \"=\", value: page}]}";

        assertThat(forecast("", "severity=page", pages)).isEqualTo("shop/team");
        assertThat(forecast("", "severity=warning", pages)).isEqualTo("nobody");
    }

    @Test
    void aMatcherOnALabelOfTheSeriesIsOpen() throws Exception {
        String ofPay = "{contactPoint: team, matchers: [{label: route, op: \"=\", value: /pay}]}";

        assertThat(forecast("", "severity=page", ofPay)).isEqualTo("shop/team or nobody");
        assertThat(forecast("default", "severity=page", ofPay)).isEqualTo("shop/default, shop/team");
    }

    @Test
    void aLabelThatTheRuleTakesAwayIsKnownToBeEmpty() throws Exception {
        String ofPay = "{contactPoint: team, matchers: [{label: route, op: \"=~\", value: .+}]}";

        assertThat(forecast("", "route=", ofPay)).isEqualTo("nobody");
    }

    @Test
    void aNestedRouteNarrowsButItsParentTakesTheRest() throws Exception {
        String nested =
                "{contactPoint: team, routes: [{contactPoint: other, matchers: [{label: route, op: \"=\", value:"
                        + " /pay}]}]}";

        assertThat(forecast("", "severity=page", nested)).isEqualTo("shop/other, shop/team");
    }

    @Test
    void anEarlierRouteThatAlwaysTakesHidesTheLaterOnes() throws Exception {
        String hidden = "{contactPoint: team, routes: [{contactPoint: other, matchers: [{label: severity, op: \"=\","
                + " value: page}]}, {contactPoint: third}]}";

        assertThat(forecast("", "severity=page", hidden)).isEqualTo("shop/other");
        assertThat(forecast("", "severity=warning", hidden)).isEqualTo("shop/third");
    }

    @Test
    void aRouteThatContinuesAddsToTheLaterOnes() throws Exception {
        String both = "{contactPoint: team, routes: [{contactPoint: other, continue: true}, {contactPoint: third}]}";

        assertThat(forecast("", "severity=page", both)).isEqualTo("shop/other, shop/third");
    }

    @Test
    void aPolicyOfAnotherNamespaceIsNotTold() throws Exception {
        assertThat(forecast("", "tocsin_namespace=billing", TEAM)).isEqualTo("nobody");
    }

    private static String forecast(String defaultContactPoint, String label, String... routes) throws Exception {
        Map<ObjectKey, Assembler.PolicyOffer> policies = new HashMap<>();
        for (String route : routes) {
            ObjectKey key = new ObjectKey("shop", "policy-" + policies.size());
            NotificationPolicySpec spec = Golden.YAML.readValue("{route: " + route + "}", NotificationPolicySpec.class);
            Compiled<PolicyFragment> compiled = new PolicyCompiler(Set.of()).compile(key, "uid", 1, spec);
            assertThat(compiled).isInstanceOf(Compiled.Usable.class);
            policies.put(key, new Assembler.PolicyOffer(((Compiled.Usable<PolicyFragment>) compiled).fragment(), null));
        }
        Map<ObjectKey, ContactPointFragment> contactPoints = List.of("default", "team", "other", "third").stream()
                .map(name -> new ObjectKey("shop", name))
                .collect(Collectors.toMap(
                        key -> key,
                        key -> new ContactPointFragment(
                                key, "uid", 1, Map.of("name", key.toString()), List.of(), List.of(), Map.of())));
        Map<ObjectKey, Grants> grants =
                contactPoints.keySet().stream().collect(Collectors.toMap(key -> key, key -> Grants.NONE));
        Optional<ObjectKey> byDefault = defaultContactPoint.isEmpty()
                ? Optional.empty()
                : Optional.of(new ObjectKey("shop", defaultContactPoint));
        AlertmanagerConfiguration configuration = new Assembler(byDefault)
                .assemble(new Assembler.Offers(contactPoints, grants, policies, Map.of()))
                .configuration();

        Map<String, String> known = new TreeMap<>(Map.of("tocsin_namespace", "shop", "tocsin_rule", "fire"));
        String[] pair = label.split("=", 2);
        known.put(pair[0], pair[1]);
        Forecast forecast = new Routing(configuration).forecast(known);
        String told = String.join(", ", forecast.contactPoints());
        if (!forecast.mayReachNobody()) {
            return told;
        }
        return told.isEmpty() ? "nobody" : told + " or nobody";
    }
}
