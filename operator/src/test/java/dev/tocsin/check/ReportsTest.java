package dev.tocsin.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.check.Finding.Severity;
import dev.tocsin.check.Finding.Topic;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** Reports hold whatever files are called and engines say. */
class ReportsTest {
    private static final String ODD = "a \"b\" <c> & \u0000\u001b[31m ]]> äß \uD83D\uDD25";

    private static final Outcome OUTCOME = new Outcome(
            List.of(
                    new Outcome.Subject("rules.yaml", 3, "AlertRule shop/fine"),
                    new Outcome.Subject("rules.yaml", 9, "AlertRule shop/broken")),
            List.of(
                    finding("rules.yaml", 12, "AlertRule shop/broken", "spec.expr", "bad\nof two lines"),
                    finding("rules.yaml", 13, "AlertRule shop/broken", "spec.for", ODD),
                    finding("./new folder/50%.yaml", 0, "", "", "is not YAML"),
                    finding("a:b.yaml", 1, "", "", "is not YAML"),
                    finding("/tmp/äß.yaml", 1, ODD, ODD, ODD),
                    finding("-", 7, "AlertRule shop/piped", "", "is there twice"),
                    new Finding(Severity.warning, Topic.route, "rules.yaml", 3, "AlertRule shop/fine", "", "nobody")),
            List.of());

    private static Finding finding(String source, int line, String subject, String field, String message) {
        return new Finding(Severity.error, Topic.yaml, source, line, subject, field, message);
    }

    @Test
    void sarifIsOfItsSchemaAndHasAPlaceForEachFindingInAFile() throws Exception {
        String report = SarifReport.write(OUTCOME);

        Reports.mustBeSarif(report);
        JsonNode results = JsonMapper.builder().build().readTree(report).at("/runs/0/results");
        assertThat(results).hasSize(OUTCOME.findings().size());
        assertThat(results.findValuesAsText("uri"))
                .containsExactly(
                        "rules.yaml",
                        "rules.yaml",
                        "new%20folder/50%25.yaml",
                        "./a:b.yaml",
                        "/tmp/%C3%A4%C3%9F.yaml",
                        "rules.yaml");
        assertThat(results.findValues("startLine")).extracting(JsonNode::asInt).containsExactly(12, 13, 1, 1, 1, 3);
        assertThat(results.get(5).path("locations")).isEmpty();
    }

    @Test
    void sarifWithoutFindingsIsOfItsSchemaToo() {
        Reports.mustBeSarif(SarifReport.write(new Outcome(List.of(), List.of(), List.of())));
    }

    @Test
    void theSchemaWouldRefuseAReportOfAnotherShape() {
        String report = SarifReport.write(OUTCOME);

        assertThatThrownBy(() -> Reports.mustBeSarif(report.replace("\"startLine\" : 12", "\"startLine\" : 0")))
                .hasMessageContaining("startLine");
        assertThatThrownBy(() -> Reports.mustBeSarif(report.replace("\"ruleId\"", "\"rule\"")))
                .hasMessageContaining("rule");
    }

    @Test
    void junitHasTheCountsOfItsCasesWhateverEnginesSay() throws Exception {
        List<Element> cases = Reports.mustBeJunit(JunitReport.write(OUTCOME));

        assertThat(cases).extracting(each -> each.getAttribute("name")).contains("the file", "AlertRule shop/fine");
        assertThat(cases).hasSize(6);
        Reports.mustBeJunit(JunitReport.write(new Outcome(List.of(), List.of(), List.of())));
    }
}
