package dev.tocsin.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.engines.EngineProcess;
import dev.tocsin.exporting.Exported;
import dev.tocsin.exporting.RuleFileExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A rule file of Prometheus, and the groups into which the AlertRules are compiled that were imported from it, raise the
 * same alerts in two real vmalerts on the same data.
 */
@Tag("integration")
class RuleRoundTripIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String ORIGINAL = """
            groups:
            - name: shop
              interval: 1s
              labels: {team: shop, tier: gold}
              rules:
              - {record: "route:errors:sum", expr: sum by (route) (errors)}
              - alert: Errors
                expr: errors > 1
                labels: {severity: page, tier: silver, where: "{{ $labels.route }}"}
                annotations:
                  summary: "{{ $labels.route }} has {{ $value | humanize }}"
                  percent: "100% {{ printf \\"%.1f\\" $value }}"
              - alert: Errors
                expr: route:errors:sum > 4
                labels: {severity: warning}
              - {alert: Slow, expr: latency > 0.5, for: 2s, keep_firing_for: 1h}
              - {alert: NeverLong, expr: latency > 0.5, for: 1h}
              - {alert: Never, expr: errors > 1000}
            - name: other
              interval: 2s
              rules:
              - alert: Grouped
                expr: count by (job) (errors >= 0) > 1
                annotations: {text: "{{ with query \\"sum(errors)\\" }}{{ . | first | value }}{{ end }}"}
              - {alert: Missing, expr: absent(nothing_of_the_kind), labels: {empty: "", route: none}}
            """;

    @TempDir
    Path folder;

    @Test
    void importedRulesRaiseTheAlertsOfTheOriginal() throws IOException {
        try (EngineProcess data = EngineProcess.victoriaMetrics(folder);
                EngineProcess original = vmalert("original", ORIGINAL, data);
                EngineProcess imported = vmalert("imported", importedAndCompiled(), data)) {
            push(data, """
                    errors{job="api",route="/pay"} 3
                    errors{job="api",route="/cart"} 0
                    errors{job="api",route="/x y"} 7
                    latency{route="/pay"} 0.9
                    """);
            // Two Errors by routes, one by the recorded sum, Slow, NeverLong, Grouped, Missing.
            awaitSame(original, imported, 7, "Slow firing");

            push(data, """
                    errors{job="api",route="/pay"} 0
                    latency{route="/pay"} 0.1
                    """);

            // Slow keeps firing, NeverLong ends, one Errors ends.
            awaitSame(original, imported, 5, "Slow firing");
        }
    }

    private static void awaitSame(EngineProcess original, EngineProcess imported, int number, String expected) {
        await("both raise the same " + number + " alerts")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> {
                    Set<String> alerts = alerts(original);
                    assertThat(alerts).hasSize(number).anyMatch(alert -> alert.startsWith(expected));
                    assertThat(alerts(imported)).isEqualTo(alerts);
                });
    }

    private static String importedAndCompiled() {
        Imported objects = Importer.run(
                List.of(new Source("rules.yml", ORIGINAL, true)), TemplateFiles.NONE, new Options("shop", null, false));
        assertThat(objects.report().left())
                .extracting(Report.Left::what)
                .containsExactly("recording rule route:errors:sum");
        Exported exported = RuleFileExport.export(ImportCases.read(objects), Optional.empty());
        assertThat(exported.left()).isEmpty();
        return exported.text();
    }

    private EngineProcess vmalert(String name, String rules, EngineProcess data) throws IOException {
        Path file = Files.writeString(folder.resolve(name + ".yml"), rules);
        String address = "127.0.0.1:" + EngineProcess.freePort();
        return EngineProcess.start(
                "vmalert",
                address,
                "/health",
                folder.resolve(name + ".log"),
                List.of(
                        "-rule=" + file,
                        "-httpListenAddr=" + address,
                        "-datasource.url=" + data.url(),
                        "-remoteWrite.url=" + data.url(),
                        "-notifier.blackhole",
                        "-disableAlertgroupLabel",
                        "-rule.evalDelay=0s",
                        "-remoteWrite.flushInterval=1s"));
    }

    private static void push(EngineProcess data, String samples) {
        data.post("/api/v1/import/prometheus", samples);
    }

    /** Name, state, labels and annotations of each alert, without the labels that Tocsin adds. */
    private static Set<String> alerts(EngineProcess vmalert) throws IOException, InterruptedException {
        Set<String> alerts = new TreeSet<>();
        JsonNode answer = JSON.readTree(vmalert.get("/api/v1/alerts").body());
        for (JsonNode alert : answer.at("/data/alerts")) {
            ObjectNode labels = ((ObjectNode) alert.path("labels")).deepCopy();
            labels.remove(List.of("tocsin_namespace", "tocsin_rule"));
            alerts.add(alert.path("name").asText() + " " + alert.path("state").asText() + " " + sorted(labels) + " "
                    + sorted((ObjectNode) alert.path("annotations")) + " "
                    + alert.path("value").asText());
        }
        return alerts;
    }

    private static String sorted(ObjectNode object) {
        Set<String> fields = new TreeSet<>();
        object.properties().forEach(field -> fields.add(field.toString()));
        return fields.toString();
    }
}
