package dev.tocsin.importing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.exporting.AlertmanagerExport;
import dev.tocsin.exporting.Exported;
import dev.tocsin.exporting.ExportedObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * Policies of Grafana, imported, compiled and asked by amtool, send every alert where an Alertmanager with the same tree
 * sends it: Grafana's policies are Alertmanager's routes.
 */
@Tag("integration")
class GrafanaRoutesIT {
    private static final Options OPTIONS = new Options("shop", "metrics", true);
    private static final List<String> LABELS = List.of("severity", "team", "alertname", "grafana_folder");
    private static final List<String> VALUES = List.of("page", "x", "a b", "x\"y", "back\\slash", "ünï", "$5");

    record Condition(String label, String op, String value) {}

    /** @param form object_matchers, matchers, match */
    record Route(
            Optional<String> receiver,
            String form,
            List<Condition> conditions,
            boolean continues,
            List<Route> routes) {}

    @Property(tries = 40)
    void everyAlertGoesWhereAnAlertmanagerWithTheSameTreeSendsIt(
            @ForAll("trees") List<Route> routes, @ForAll("corpora") List<Map<String, String>> alerts)
            throws IOException {
        RoutesJudge.assertSameReceivers(alertmanager(routes), source(grafana(routes)), OPTIONS, alerts);
    }

    @Example
    void alertsOfRulesThatNameTheirContactPointGoThereAndOthersDoNot() throws IOException {
        String rule = """
                groups:
                - name: g
                  folder: Shop
                  interval: 1m
                  rules:
                  - title: Direct
                    condition: A
                    data:
                    - {refId: A, datasourceUid: prom, relativeTimeRange: {from: 60}, model: {expr: up, instant: true}}
                    notification_settings: {receiver: Team B}
                """;
        Path folder = Files.createTempDirectory("grafana-routes-");
        Path after = Files.writeString(
                folder.resolve("after.yml"),
                RoutesJudge.importedAndCompiled(source(grafana(List.of()) + rule), OPTIONS));
        try {
            RoutesJudge.mustBeTaken(after);

            assertThat(RoutesJudge.receivers(after, Map.of("grafana_receiver", "Team B")))
                    .containsExactly("shop/team-b");
            assertThat(RoutesJudge.receivers(after, Map.of("alertname", "Direct")))
                    .containsExactly("shop/team-a");
        } finally {
            Files.deleteIfExists(after);
            Files.delete(folder);
        }
    }

    /** Every contact point of the corpus is one that Alertmanager takes once it has its credentials. */
    @Example
    void theContactPointsOfTheCorpusAreTakenByAlertmanager() throws IOException {
        Path folder = ImportCases.all()
                .filter(path -> path.endsWith("grafana-contact-points"))
                .findFirst()
                .orElseThrow();
        ExportedObjects objects = ImportCases.read(ImportCases.imported(folder, ImportCases.options(null, true)));
        Path after = Files.createTempFile("contact-points-", ".yml");
        try {
            Exported exported = AlertmanagerExport.export(objects, Optional.empty());
            Files.writeString(after, exported.text());

            // What Grafana has masked, or takes from its environment, is the only thing that is missing.
            assertThat(exported.left()).hasSize(6).allMatch(sentence -> sentence.contains("Secret shop/"));
            RoutesJudge.mustBeTaken(after);
        } finally {
            Files.delete(after);
        }
    }

    private static Source source(String grafana) {
        return new Source("grafana.yml", grafana, true);
    }

    // ---- the same tree twice ----

    private static String alertmanager(List<Route> routes) {
        return """
                receivers:
                - name: team-a
                - name: Team B
                route:
                  receiver: team-a
                """
                + routes(
                        "  ",
                        routes,
                        route -> "matchers: ["
                                + route.conditions().stream()
                                        .map(condition -> quoted(condition.label() + condition.op() + "\""
                                                + escaped(condition.value()) + "\""))
                                        .collect(Collectors.joining(", "))
                                + "]");
    }

    private static String grafana(List<Route> routes) {
        return """
                apiVersion: 1
                contactPoints:
                - name: team-a
                  receivers: [{uid: a, type: webhook, settings: {url: "http://sink.example.com/a"}}]
                - name: Team B
                  receivers: [{uid: b, type: webhook, settings: {url: "http://sink.example.com/b"}}]
                policies:
                - receiver: team-a
                """ + routes("  ", routes, GrafanaRoutesIT::grafana);
    }

    private static String grafana(Route route) {
        return switch (route.form()) {
            case "matchers" ->
                "matchers: ["
                        + route.conditions().stream()
                                .map(condition -> quoted(condition.label() + condition.op() + "\""
                                        + dollars(escaped(condition.value())) + "\""))
                                .collect(Collectors.joining(", "))
                        + "]";
            case "match" ->
                "match: {"
                        + route.conditions().stream()
                                .map(condition -> condition.label() + ": " + quoted(dollars(condition.value())))
                                .distinct()
                                .collect(Collectors.joining(", "))
                        + "}";
            default ->
                "object_matchers: ["
                        + route.conditions().stream()
                                .map(condition -> "[" + condition.label() + ", " + quoted(condition.op()) + ", "
                                        + quoted(dollars(condition.value())) + "]")
                                .collect(Collectors.joining(", "))
                        + "]";
        };
    }

    private interface Form {
        String of(Route route);
    }

    private static String routes(String indent, List<Route> routes, Form form) {
        if (routes.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder(indent + "routes:\n");
        for (Route route : routes) {
            text.append(indent).append("- continue: ").append(route.continues()).append('\n');
            route.receiver()
                    .ifPresent(name -> text.append(indent)
                            .append("  receiver: ")
                            .append(name)
                            .append('\n'));
            if (!route.conditions().isEmpty()) {
                text.append(indent).append("  ").append(form.of(route)).append('\n');
            }
            text.append(routes(indent + "  ", route.routes(), form));
        }
        return text.toString();
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /** In Grafana's files a dollar sign is written twice. */
    private static String dollars(String value) {
        return value.replace("$", "$$");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    // ---- trees ----

    @Provide
    Arbitrary<List<Route>> trees() {
        return routes(3);
    }

    @Provide
    Arbitrary<List<Map<String, String>>> corpora() {
        return RoutesJudge.alerts(LABELS, VALUES);
    }

    private static Arbitrary<List<Route>> routes(int depth) {
        if (depth == 0) {
            return Arbitraries.just(List.of());
        }
        Arbitrary<Route> route = Combinators.combine(
                        Arbitraries.of("team-a", "Team B").optional(),
                        Arbitraries.of("object_matchers", "matchers", "match"),
                        conditions(),
                        Arbitraries.of(true, false),
                        Arbitraries.lazy(() -> routes(depth - 1)))
                .as((receiver, form, conditions, continues, below) -> new Route(
                        receiver, form, form.equals("match") ? equalities(conditions) : conditions, continues, below));
        return route.list().ofMinSize(depth == 3 ? 1 : 0).ofMaxSize(3);
    }

    /** One for each label: match is a mapping. */
    private static List<Condition> equalities(List<Condition> conditions) {
        Map<String, String> byLabel = new TreeMap<>();
        conditions.forEach(condition -> byLabel.put(condition.label(), VALUES.getFirst()));
        return byLabel.entrySet().stream()
                .map(entry -> new Condition(entry.getKey(), "=", entry.getValue()))
                .toList();
    }

    private static Arbitrary<List<Condition>> conditions() {
        Arbitrary<Condition> equal = Combinators.combine(
                        Arbitraries.of(LABELS), Arbitraries.of("=", "!="), Arbitraries.of(VALUES))
                .as(Condition::new);
        Arbitrary<Condition> regex = Combinators.combine(
                        Arbitraries.of(LABELS),
                        Arbitraries.of("=~", "!~"),
                        Arbitraries.of("page|x", ".*", "", "[ax].*", "^(x|a b)$"))
                .as(Condition::new);
        return Arbitraries.oneOf(equal, regex).list().ofMaxSize(2);
    }
}
