package dev.tocsin.importing;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;

/**
 * A configuration of Alertmanager, imported, compiled anew and asked by amtool, sends every alert to those to whom the
 * original sends it.
 */
@Tag("integration")
class AlertmanagerRoundTripIT {
    private static final List<String> RECEIVERS = List.of("team-a", "Team B", "null");
    private static final List<String> LABELS = List.of("severity", "team", "alertname");
    private static final List<String> VALUES = List.of("page", "x", "a b", "x\"y", "back\\slash", "ünï");

    @Property(tries = 60)
    void everyAlertGoesToTheSameReceivers(
            @ForAll("configurations") String original, @ForAll("corpora") List<Map<String, String>> alerts)
            throws IOException {
        RoutesJudge.assertSameReceivers(
                original, new Source("alertmanager.yml", original, true), new Options("shop", null, true), alerts);
    }

    // ---- configurations as people write them, in the forms of all times ----

    @Provide
    Arbitrary<String> configurations() {
        return routes(3, "  ").map(routes -> """
                global: {slack_api_url: "https://hooks.slack.example.com/x"}
                route:
                  receiver: team-a
                %s
                receivers:
                - name: team-a
                  webhook_configs: [{url: "http://sink.example.com/"}]
                - name: Team B
                  slack_configs: [{channel: "#b"}]
                - name: "null"
                """.formatted(routes));
    }

    @Provide
    Arbitrary<List<Map<String, String>>> corpora() {
        return RoutesJudge.alerts(LABELS, VALUES);
    }

    private static Arbitrary<String> routes(int depth, String indent) {
        if (depth == 0) {
            return Arbitraries.just("");
        }
        Arbitrary<String> item = Combinators.combine(
                        Arbitraries.of(RECEIVERS).injectNull(0.2),
                        conditions(),
                        Arbitraries.of(true, false),
                        Arbitraries.lazy(() -> routes(depth - 1, indent + "  ")))
                .as((receiver, conditions, continues, below) -> indent + "- "
                        + (receiver == null ? "" : "receiver: " + quoted(receiver) + "\n" + indent + "  ")
                        + "continue: " + continues + "\n"
                        + conditions.stream()
                                .map(line -> indent + "  " + line + "\n")
                                .collect(Collectors.joining())
                        + below);
        return item.list()
                .ofMinSize(depth == 3 ? 1 : 0)
                .ofMaxSize(3)
                .map(items -> items.isEmpty() ? "" : indent + "routes:\n" + String.join("", items));
    }

    private static Arbitrary<List<String>> conditions() {
        Arbitrary<String> match = Combinators.combine(Arbitraries.of(LABELS), Arbitraries.of(VALUES))
                .as((label, value) -> "match: {" + label + ": " + quoted(value) + "}");
        Arbitrary<String> matchRe = Combinators.combine(
                        Arbitraries.of(LABELS), Arbitraries.of("page|x", ".*", "", "[ax].*", "^(x|a b)$"))
                .as((label, regex) -> "match_re: {" + label + ": " + quoted(regex) + "}");
        Arbitrary<String> matchers = matcher()
                .list()
                .ofMinSize(1)
                .ofMaxSize(2)
                .map(list -> "matchers: ["
                        + list.stream().map(AlertmanagerRoundTripIT::quoted).collect(Collectors.joining(", ")) + "]");
        return Arbitraries.frequencyOf(
                Tuple.of(3, matchers.map(List::of)),
                Tuple.of(2, match.map(List::of)),
                Tuple.of(2, matchRe.map(List::of)),
                Tuple.of(1, Combinators.combine(match, matchRe, matchers).as(List::of)),
                Tuple.of(1, Arbitraries.just(List.of())));
    }

    /** Bare, quoted, with blanks, in braces, several in one text. */
    private static Arbitrary<String> matcher() {
        return Combinators.combine(
                        Arbitraries.of(LABELS),
                        Arbitraries.of("=", "!=", "=~", "!~"),
                        Arbitraries.of(
                                "page",
                                "\"page\"",
                                "\"x\\\"y\"",
                                "\"a b\"",
                                "\"\"",
                                "x",
                                "\"x,a b\"",
                                "\"back\\\\\\\\slash\""),
                        Arbitraries.of("%s%s%s", "%s %s %s", " %s%s%s ", "{%s%s%s}", "{%s=~\".*\",%1$s%2$s%3$s}"))
                .as((label, op, value, form) -> form.contains("1$")
                        ? "{" + label + "=~\".*\"," + label + op + value + "}"
                        : form.formatted(label, op, value));
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
