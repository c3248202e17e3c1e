package dev.tocsin.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.engines.EngineProcess;
import dev.tocsin.exporting.Exported;
import dev.tocsin.exporting.ExportedObjects;
import dev.tocsin.exporting.RuleFileExport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules of Grafana, imported and compiled, raise in a real vmalert the alerts that Grafana's documentation promises. */
@Tag("integration")
class GrafanaRulesOnEngineIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String RULES = """
            apiVersion: 1
            groups:
            - name: rooms
              folder: House
              interval: 1s
              rules:
              - title: Hot
                condition: C
                data:
                - {refId: A, datasourceUid: p, relativeTimeRange: {from: 4}, model: {expr: temperature, intervalMs: 1000}}
                - {refId: B, datasourceUid: __expr__, model: {type: reduce, expression: A, reducer: max}}
                - refId: C
                  datasourceUid: __expr__
                  model: {type: threshold, expression: B, conditions: [{evaluator: {type: gt, params: [30]}}]}
                annotations: {summary: "{{ $labels.room }} has {{ $values.B.Value }}"}
              - title: HotAndDry
                condition: C
                data:
                - {refId: A, datasourceUid: p, relativeTimeRange: {from: 4}, model: {expr: max by (room) (temperature), instant: true}}
                - {refId: B, datasourceUid: p, relativeTimeRange: {from: 4}, model: {expr: max by (room) (humidity), instant: true}}
                - {refId: C, datasourceUid: __expr__, model: {type: math, expression: "$A > 30 && $B < 40"}}
                annotations: {summary: "{{ $values.B }} % humid"}
              - title: Warm
                condition: C
                data:
                - {refId: A, datasourceUid: p, relativeTimeRange: {from: 4}, model: {expr: temperature, intervalMs: 1000}}
                - {refId: B, datasourceUid: __expr__, model: {type: reduce, expression: A, reducer: mean}}
                - {refId: C, datasourceUid: __expr__, model: {type: math, expression: "$B > 15 && $B < 30"}}
                annotations: {summary: '{{ printf "%.1f" $values.B.Value }} degrees, {{ $values.C }}'}
              - title: SomeRoomHot
                condition: B
                data:
                - {refId: A, datasourceUid: p, relativeTimeRange: {from: 4}, model: {expr: temperature, intervalMs: 1000}}
                - refId: B
                  datasourceUid: "-100"
                  model:
                    type: classic_conditions
                    conditions:
                    - {evaluator: {type: gt, params: [30]}, operator: {type: and}, query: {params: [A]}, reducer: {type: avg}}
              - title: NoRoomThatHot
                condition: B
                data:
                - {refId: A, datasourceUid: p, relativeTimeRange: {from: 4}, model: {expr: temperature, intervalMs: 1000}}
                - refId: B
                  datasourceUid: "-100"
                  model:
                    type: classic_conditions
                    conditions:
                    - {evaluator: {type: outside_range, params: [10, 60]}, operator: {type: and}, query: {params: [A]}, reducer: {type: last}}
              - title: OrButNotAnd
                condition: B
                data:
                - {refId: A, datasourceUid: p, relativeTimeRange: {from: 4}, model: {expr: temperature, intervalMs: 1000}}
                - {refId: S, datasourceUid: p, relativeTimeRange: {from: 4}, model: {expr: sum(humidity), intervalMs: 1000}}
                - refId: B
                  datasourceUid: "-100"
                  model:
                    type: classic_conditions
                    conditions:
                    - {evaluator: {type: lt, params: [0]}, operator: {type: and}, query: {params: [S]}, reducer: {type: min}}
                    - {evaluator: {type: within_range, params: [15, 25]}, operator: {type: or}, query: {params: [A]}, reducer: {type: median}}
              - title: Silent
                condition: B
                data:
                - {refId: A, datasourceUid: p, relativeTimeRange: {from: 4}, model: {expr: nothing_of_the_kind, intervalMs: 1000}}
                - refId: B
                  datasourceUid: "-100"
                  model:
                    type: classic_conditions
                    conditions:
                    - {evaluator: {type: gt, params: [0]}, operator: {type: and}, query: {params: [A]}, reducer: {type: last}}
            """;

    @TempDir
    Path folder;

    @Test
    void importedRulesRaiseTheAlertsThatGrafanaPromises() throws IOException {
        try (EngineProcess data = EngineProcess.victoriaMetrics(folder);
                EngineProcess vmalert = EngineProcess.vmalert(folder, importedAndCompiled(), data.url())) {
            await("rules look at points of the last seconds")
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> {
                        data.post("/api/v1/import/prometheus", """
                                temperature{room="kitchen"} 35
                                temperature{room="cellar"} 20
                                humidity{room="kitchen"} 30
                                humidity{room="cellar"} 30
                                """);

                        assertThat(alerts(vmalert))
                                .containsExactlyInAnyOrder(
                                        "Hot kitchen kitchen has 35",
                                        "HotAndDry kitchen 30 % humid",
                                        "Warm cellar 20.0 degrees, 1",
                                        "SomeRoomHot",
                                        "OrButNotAnd",
                                        "DatasourceNoData of Silent");
                    });
        }
    }

    private static String importedAndCompiled() {
        Imported imported = Importer.run(
                List.of(new Source("rules.yml", RULES, true)),
                TemplateFiles.NONE,
                new Options("shop", "metrics", false));
        assertThat(imported.report().left()).isEmpty();
        ExportedObjects objects = ImportCases.read(imported);
        Exported exported = RuleFileExport.export(objects, Optional.empty());
        assertThat(exported.left()).isEmpty();
        return exported.text();
    }

    /** Name, room and summary of each alert, and the rule in whose place one about missing data speaks. */
    private static Set<String> alerts(EngineProcess vmalert) throws IOException, InterruptedException {
        Set<String> alerts = new TreeSet<>();
        JsonNode answer = JSON.readTree(vmalert.get("/api/v1/alerts").body());
        for (JsonNode alert : answer.at("/data/alerts")) {
            assertThat(alert.at("/labels/grafana_folder").asText()).isEqualTo("House");
            String rule = alert.at("/labels/rulename").asText();
            alerts.add((alert.path("name").asText() + " "
                            + (rule.isEmpty() ? "" : "of " + rule)
                            + alert.at("/labels/room").asText() + " "
                            + alert.at("/annotations/summary").asText())
                    .strip());
        }
        return alerts;
    }
}
