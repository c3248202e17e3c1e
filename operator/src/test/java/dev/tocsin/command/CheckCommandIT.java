package dev.tocsin.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.check.Reports;
import dev.tocsin.command.Program.Run;
import dev.tocsin.engines.EngineProcess;
import dev.tocsin.engines.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** What a pull request is told: real engines, and the API server's own validation. */
@Tag("integration")
class CheckCommandIT {
    private static final Path CASES = Path.of("src/test/resources/check");
    private static final Path CRD_CASES = Path.of("../crds/src/test/resources/contactpoint");

    /** What only a datasource can evaluate that the state of alerts is read back from. */
    private static final String RECOVERY = """
            queries: [{name: cpu, expr: cpu, instant: true, dimensions: [host]}]
            expressions: [{name: high, threshold: {input: cpu, above: 90, recoverBelow: 80}}]
            condition: high
            """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"clean", "findings"})
    void everyFindingIsSaidWithItsPlace(String name) throws IOException {
        Run run = check(CASES.resolve(name).toString());

        assertThat(run.output().replace(CASES.resolve(name) + "/", ""))
                .isEqualTo(Files.readString(CASES.resolve(name).resolve("expected.txt")));
        assertThat(run.status()).isEqualTo(name.equals("clean") ? 0 : 1);
    }

    @Test
    void aSecretsValueIsNeverPrinted() {
        Run run = check(CASES.resolve("findings").toString());

        assertThat(run.output() + run.errors()).contains("platform").doesNotContain("to be printed");
    }

    @Test
    void everyReceiverIsCheckedWithoutItsSecrets() throws IOException {
        List<String> files = contactPoints();
        assertThat(files).hasSizeGreaterThan(20);
        for (String file : files) {
            assertThat(check(file).output()).contains(": 0 errors, ");
        }
    }

    @Test
    void sarifNamesRuleFileLineAndLevelOfEachFinding() throws IOException {
        Path sarif = folder.resolve("out.sarif");
        Run run = check(CASES.resolve("findings").toString(), "--sarif", sarif.toString());

        Reports.mustBeSarif(Files.readString(sarif));
        JsonNode log = JsonMapper.builder().build().readTree(sarif.toFile());
        assertThat(log.path("version").asText()).isEqualTo("2.1.0");
        JsonNode driver = log.at("/runs/0/tool/driver");
        assertThat(driver.path("name").asText()).isNotEmpty();
        JsonNode results = log.at("/runs/0/results");
        assertThat(results.size()).isGreaterThan(5);
        assertThat(run.output().lines().filter(line -> line.matches("\\S+: (error|warning): .*")))
                .hasSize(results.size());
        for (JsonNode result : results) {
            assertThat(driver.path("rules").findValuesAsText("id"))
                    .contains(result.path("ruleId").asText());
            assertThat(result.path("level").asText()).isIn("error", "warning");
            assertThat(result.at("/message/text").asText()).isNotEmpty();
            JsonNode place = result.at("/locations/0/physicalLocation");
            assertThat(Path.of(place.at("/artifactLocation/uri").asText())).exists();
            assertThat(place.at("/region/startLine").asInt()).isPositive();
        }
    }

    @Test
    void junitHasACasePerObjectAndTestAndAFailurePerOneWithErrors() throws Exception {
        Path junit = folder.resolve("out.xml");
        check(CASES.toString(), "--junit", junit.toString());

        List<String> failed = new ArrayList<>();
        List<String> passed = new ArrayList<>();
        for (Element testcase : Reports.mustBeJunit(Files.readString(junit))) {
            boolean hasFailed = testcase.getElementsByTagName("failure").getLength() > 0;
            (hasFailed ? failed : passed).add(testcase.getAttribute("name"));
        }
        assertThat(failed).contains("AlertRule shop/schema", "test what is up does not fire");
        assertThat(passed)
                .contains(
                        "AlertRule shop/target-down",
                        "test a target that is down for two minutes fires",
                        "test each rule is named");
    }

    @Test
    void warningsAreErrorsOfTheExitCodeWhereThatIsAsked() throws IOException {
        Path rule = Files.writeString(folder.resolve("rule.yaml"), """
                apiVersion: tocsin.dev/v1alpha1
                kind: ContactPoint
                metadata: {name: texts, namespace: shop}
                spec:
                  templates: [{configMapKeyRef: {name: texts, key: texts.tmpl}}]
                  receivers: [{webhook: {url: {secretKeyRef: {name: texts, key: url}}}}]
                """);

        Run lenient = check(rule.toString());
        Run strict = check(rule.toString(), "--strict");

        assertThat(lenient.output()).contains("0 errors, 1 warning").isEqualTo(strict.output());
        assertThat(List.of(lenient.status(), strict.status())).containsExactly(0, 1);
    }

    @Test
    void theOperatorsConfigurationSaysWhichDatasourcesThereAre() throws IOException {
        Path config = Files.writeString(folder.resolve("config.yaml"), """
                datasources: [{name: main, url: "http://main:8428"}]
                evaluators: {image: vmalert}
                alertmanager: {name: alertmanager, members: 1, configSecret: alertmanager}
                """);
        Path rule = Files.writeString(folder.resolve("rule.yaml"), """
                apiVersion: tocsin.dev/v1alpha1
                kind: AlertRule
                metadata: {name: elsewhere, namespace: shop}
                spec: {expr: up == 0, datasource: elsewhere}
                """);

        assertThat(check(rule.toString()).output()).contains("0 errors");
        assertThat(check(rule.toString(), "--config", config.toString()).output())
                .contains("AlertRule shop/elsewhere: spec.datasource: ")
                .contains("1 error");
    }

    @Test
    void aPrometheusJudgesTheExpressionsOfItsRules() throws IOException {
        try (EngineProcess prometheus = EngineProcess.prometheus(folder)) {
            String datasource = "default=" + prometheus.url();

            assertThat(check(rule("expr: up == 0"), "--datasource", datasource).output())
                    .contains("0 errors");
            assertThat(check(rule("expr: up default 0"), "--datasource", datasource)
                            .output())
                    .contains("spec.expr: ", "parse error: unexpected identifier \"default\"", "1 error");
            assertThat(check(rule(RECOVERY), "--datasource", datasource).output())
                    .contains("MetricsQL", "1 error");
        }
    }

    @Test
    void aVictoriaMetricsIsTakenForWhatItIs() throws IOException {
        try (EngineProcess victoriaMetrics = EngineProcess.victoriaMetrics(folder)) {
            String datasource = "default=" + victoriaMetrics.url();

            assertThat(check(rule("expr: up default 0"), "--datasource", datasource)
                            .output())
                    .contains("0 errors");
            assertThat(check(rule(RECOVERY), "--datasource", datasource).output())
                    .contains("0 errors");
            assertThat(check(rule("expr: \"sum by (pod (up)\""), "--datasource", datasource)
                            .output())
                    .contains("bad MetricsQL expr", "1 error,");
        }
    }

    @Test
    void aDatasourceThatCannotBeAskedIsSaid() throws IOException {
        String nobody = "default=http://127.0.0.1:" + EngineProcess.freePort();

        Run run = check(rule("expr: up == 0"), "--datasource", nobody);
        Run noUrl = check(rule("expr: up == 0"), "--datasource", "default=:nowhere");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.errors()).startsWith("tocsin check: --datasource: " + nobody + " cannot be asked: ");
        assertThat(noUrl.status()).isEqualTo(2);
        assertThat(noUrl.errors()).contains("--datasource: default=:nowhere is no URL");
    }

    private String rule(String spec) throws IOException {
        return Files.writeString(folder.resolve("rule.yaml"), """
                        apiVersion: tocsin.dev/v1alpha1
                        kind: AlertRule
                        metadata: {name: expression, namespace: shop}
                        spec:
                        """ + spec.indent(2))
                .toString();
    }

    @Test
    void aFileInWhichNothingIsCheckedIsNamed() throws IOException {
        Path rules = Files.writeString(folder.resolve("rules.yaml"), """
                groups: [{name: g, rules: [{alert: A, expr: "sum by ("}]}]
                """);

        Run run = check(rules.toString());

        assertThat(run.output())
                .startsWith(rules + ": warning: there is nothing in it that is checked: check reads Tocsin's objects")
                .contains("0 errors, 1 warning");
        assertThat(check(folder.toString()).output()).contains("0 errors, 0 warnings");
    }

    @Test
    void whyAReportCannotBeWrittenIsSaid() throws IOException {
        Path junit = folder.resolve("none/check.xml");

        Run run = check(rule("expr: up == 0"), "--junit", junit.toString());

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.errors())
                .isEqualTo("tocsin check: --junit: " + junit + " cannot be written: its folder does not exist\n");
    }

    @Test
    void aTemplateThatIsNotClosedIsATextOfWhichIsWarned() throws IOException {
        String texts = """
                expr: up == 0
                labels: {open: "{{ $labels.job }"}
                annotations: {closed: "{{ $value }}", open: "{{"}
                """;

        assertThat(check(rule(texts)).output())
                .contains("spec.labels.open: has {{ without }}", "spec.annotations.open: has {{ without }}")
                .contains("0 errors, 2 warnings");
    }

    @Test
    void externalLabelsOfATestAreWarnedOf() throws IOException {
        rule("expr: up == 0");
        Path test = Files.writeString(folder.resolve("rule_test.yaml"), """
                rule_files: [rule.yaml]
                evaluation_interval: 1m
                tests:
                - name: cluster
                  interval: 1m
                  external_labels: {cluster: a}
                  input_series: [{series: 'up{job="a"}', values: '0x5'}]
                  alert_rule_test:
                  - {eval_time: 2m, alertname: expression, exp_alerts: [{exp_labels: {job: a, cluster: a}}]}
                """);

        assertThat(check(test.toString()).output())
                .contains("warning: test cluster: external_labels: are added to all alerts and series here")
                .contains("0 errors, 1 warning");
    }

    @Test
    void whatIsWrongWithARuleFileOfPrometheusIsSaidByItsName() throws IOException {
        Path rules = Files.writeString(folder.resolve("alerts.yml"), """
                groups: [{name: g, owner: shop, rules: [{alert: A, expr: up == 0}]}]
                """);
        Path test = Files.writeString(folder.resolve("alerts_test.yml"), """
                rule_files: [alerts.yml]
                tests: [{name: owned, input_series: []}]
                """);

        assertThat(check(test.toString()).output())
                .contains("test owned: failed to parse `rule_files`")
                .contains("in file \"" + rules + "\": unknown fields in group \"g\": owner");
    }

    @Test
    void aFolderThatDoesNotExistIsBadUsage() {
        Run run = check(folder.resolve("nowhere").toString());

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.errors()).contains("does not exist");
    }

    @Test
    void aFolderWithoutTheEnginesIsBadUsage() throws IOException {
        Path rules = Files.createFile(folder.resolve("rules.yaml"));

        Run run = Program.run("check", "--engines", folder.toString(), rules.toString());

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.errors())
                .isEqualTo(
                        "tocsin check: --engines: " + folder + " has no program vmalert; name the folder with vmalert,"
                                + " vmalert-tool, amtool, alertmanager, tocsin-admission, or use the operator's image, which has"
                                + " them all\n");
    }

    private static List<String> contactPoints() throws IOException {
        try (Stream<Path> files = Files.walk(CRD_CASES)) {
            return files.filter(file -> file.getFileName().toString().startsWith("valid-"))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
    }

    private static Run check(String path, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                "check", "--engines", Engines.binary("amtool").getParent().toString(), path));
        arguments.addAll(List.of(options));
        return Program.run(arguments.toArray(String[]::new));
    }
}
