package dev.tocsin.compile.queries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.compile.CompiledRules;
import dev.tocsin.configuration.OperatorConfiguration.Language;
import dev.tocsin.engines.EngineProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules with queries, compiled for VictoriaMetrics and for Prometheus, raise the same alerts in a real vmalert on each. */
@Tag("integration")
class RulesWithQueriesOnVmalertIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, String> RULES =
            Map.of("hot", """
                queries: [{name: A, expr: temperature, range: 4s, step: 1s}]
                expressions: [{name: B, reduce: {input: A, function: mean}}, {name: C, threshold: {input: B, above: 30}}]
                annotations: {summary: "{{ $labels.room }} has {{ $values.B.Value }}"}
                """, "hot-and-dry", """
                queries: [{name: A, expr: max by (room) (temperature), instant: true}, {name: B, expr: max by (room) (humidity), instant: true}]
                expressions: [{name: C, math: "$A > 30 && $B < 40"}]
                annotations: {summary: "{{ $values.B }} % humid"}
                """, "wetter-than-the-house", """
                queries: [{name: A, expr: humidity, instant: true, dimensions: [room]}, {name: B, expr: avg(humidity), instant: true}]
                expressions: [{name: C, math: "$A > $B"}]
                annotations: {summary: 'the house has {{ printf "%.1f" $values.B.Value }} %'}
                """, "no-number", """
                queries: [{name: A, expr: temperature - temperature, instant: true}, {name: B, expr: temperature - temperature, instant: true}]
                expressions: [{name: C, math: "log(0 - abs($A) - 1) > 5"}]
                annotations: {summary: "{{ $labels.room }}"}
                """, "silent", """
                queries: [{name: A, expr: nothing_of_the_kind, range: 4s, step: 1s}]
                expressions: [{name: B, reduce: {input: A, function: last}}, {name: C, threshold: {input: B, above: 0}}]
                """);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Language.class)
    void theSameAlertsComeFromBothEngines(Language language) throws IOException {
        try (Metrics data = Metrics.start(folder, language);
                EngineProcess vmalert = EngineProcess.vmalert(folder, compiled(language), data.url())) {
            await("rules look at points of the last seconds")
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> {
                        Instant now = Instant.now();
                        data.push("temperature{room=\"kitchen\"}", 35, now)
                                .push("temperature{room=\"cellar\"}", 20, now)
                                .push("humidity{room=\"kitchen\"}", 30, now)
                                .push("humidity{room=\"cellar\"}", 80, now);

                        assertThat(alerts(vmalert))
                                .containsExactlyInAnyOrder(
                                        "hot kitchen: kitchen has 35",
                                        "hot-and-dry kitchen: 30 % humid",
                                        "wetter-than-the-house cellar: the house has 55.0 %",
                                        "no-number cellar: cellar",
                                        "no-number kitchen: kitchen",
                                        "DatasourceNoData of silent");
                    });
        }
    }

    private static String compiled(Language language) {
        StringBuilder groups = new StringBuilder("groups:\n");
        String datasource = language == Language.PromQL ? "prometheus" : "default";
        RULES.forEach((name, spec) -> groups.append("- ")
                .append(CompiledRules.rule(name, "datasource: " + datasource + "\ninterval: 1s\ncondition: C\n" + spec)
                        .group())
                .append('\n'));
        return groups.toString();
    }

    /** Name, room and summary of each alert, and the rule in whose place one about missing data speaks. */
    private static Set<String> alerts(EngineProcess vmalert) throws IOException, InterruptedException {
        Set<String> alerts = new TreeSet<>();
        JsonNode answer = JSON.readTree(vmalert.get("/api/v1/alerts").body());
        for (JsonNode alert : answer.at("/data/alerts")) {
            String rule = alert.at("/labels/rulename").asText();
            alerts.add(alert.path("name").asText()
                    + (rule.isEmpty()
                            ? " " + alert.at("/labels/room").asText() + ": "
                                    + alert.at("/annotations/summary").asText()
                            : " of " + rule));
        }
        return alerts;
    }
}
