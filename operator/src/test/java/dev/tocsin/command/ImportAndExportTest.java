package dev.tocsin.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** tocsin import and tocsin export as somebody calls them: where output goes, and what the exit code says. */
@Isolated
class ImportAndExportTest {
    private static final String RULES = """
            groups:
            - name: g
              rules:
              - {alert: Plätze, expr: free == 0, labels: {severity: page}}
            """;
    private static final String RECORDING = """
            groups:
            - name: g
              rules:
              - {record: "a:b", expr: sum(up)}
            """;
    private static final String ALERTMANAGER = """
            route: {receiver: hook, routes: [{receiver: hook, match: {severity: page}}]}
            receivers: [{name: hook, webhook_configs: [{url: "http://sink.example.com/"}]}]
            """;

    private static final String MAIL = """
            apiVersion: 1
            contactPoints:
            - {name: mail, receivers: [{uid: m, type: email, settings: {addresses: a@example.com}}]}
            """;
    private static final String GRAFANA = """
            apiVersion: 1
            groups:
            - name: g
              folder: f
              interval: 1m
              rules:
              - title: Lag
                condition: C
                data:
                - {refId: A, datasourceUid: east, relativeTimeRange: {from: 60}, model: {expr: max(a), instant: true}}
                - {refId: B, datasourceUid: west, relativeTimeRange: {from: 60}, model: {expr: max(a), instant: true}}
                - {refId: C, datasourceUid: __expr__, model: {type: math, expression: $A > $B}}
            """;

    @TempDir
    Path folder;

    record Run(int exitCode, String output, String messages) {}

    static Run run(String standardInput, Object... arguments) {
        PrintStream output = System.out;
        PrintStream messages = System.err;
        InputStream input = System.in;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
            System.setIn(new ByteArrayInputStream(standardInput.getBytes(StandardCharsets.UTF_8)));
            String[] texts = new String[arguments.length];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = arguments[i].toString();
            }
            int exitCode = Tocsin.commandLine().execute(texts);
            return new Run(exitCode, written.toString(StandardCharsets.UTF_8), said.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(output);
            System.setErr(messages);
            System.setIn(input);
        }
    }

    @Test
    void objectsGoToStandardOutputAndTheReportToStandardErrorAndToAFile() throws IOException {
        Files.createDirectories(folder.resolve("in/deeper"));
        Files.writeString(folder.resolve("in/deeper/one.rules"), RULES);
        Files.writeString(folder.resolve("in/two.yml"), RECORDING);
        Files.writeString(folder.resolve("in/three.json"), "{\"unrelated\": true}");
        Files.writeString(folder.resolve("in/four.txt"), "not looked at: [");
        Path report = folder.resolve("report.json");

        Run run = run("", "import", "--report", report, "--namespace", "shop", folder.resolve("in"));

        assertThat(run.exitCode()).isZero();
        assertThat(run.output()).startsWith("---\n").contains("alert: \"Plätze\"", "namespace: shop");
        assertThat(run.messages()).contains("converted: 1 AlertRule", "recording rule a:b");
        JsonNode json = JsonMapper.builder().build().readTree(Files.readString(report));
        assertThat(json.fieldNames()).toIterable().containsExactly("converted", "left");
        assertThat(json.at("/converted").toString())
                .isEqualTo("{\"AlertRule\":1,\"ContactPoint\":0,\"NotificationPolicy\":0}");
        assertThat(json.at("/left/0").fieldNames()).toIterable().containsExactly("source", "at", "what", "reason");
        assertThat(json.at("/left/0/at").asText()).isEqualTo("groups[0].rules[0]");
    }

    @Test
    void standardInputIsRead() {
        Run run = run(RULES, "import", "-");

        assertThat(run.exitCode()).isZero();
        assertThat(run.output()).contains("kind: AlertRule").doesNotContain("namespace:");
    }

    @Test
    void strictEndsWithOneWhereSomethingWasLeftAndOnlyThere() {
        assertThat(run(RECORDING, "import", "--strict", "-").exitCode()).isEqualTo(1);
        assertThat(run(RECORDING, "import", "-").exitCode()).isZero();
        assertThat(run(RULES, "import", "--strict", "-").exitCode()).isZero();
    }

    @Test
    void whatCannotBeReadEndsWithTwoAndOneSentence() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.yml"), "a: [1\nb: {");

        assertThat(run("", "import", folder.resolve("missing.yml")))
                .isEqualTo(new Run(2, "", "tocsin import: " + folder.resolve("missing.yml") + " does not exist\n"));
        assertThat(run("", "import", broken).exitCode()).isEqualTo(2);
        assertThat(run("", "import", broken).messages().lines())
                .singleElement()
                .asString()
                .contains("broken.yml", "is not YAML");
        assertThat(run("", "import").exitCode()).isEqualTo(2);
        assertThat(run("", "import").messages().lines()).hasSize(1);
        assertThat(run("", "import", "--no-such-option").exitCode()).isEqualTo(2);
        assertThat(run("", "export", "--format", "nagios", broken).exitCode()).isEqualTo(2);
    }

    @Test
    void ofATemplateThatIsToGiveYamlItIsSaidWhereItIs() {
        for (String value : List.of("{{ .Values.for }}", "{{- toYaml .Values.extra | nindent 4 }}")) {
            assertThat(run(RULES + "  extra: " + value, "import", "-").messages())
                    .endsWith("; in line 5 stands a template, as in Helm's charts: give what helm template writes\n");
        }
        assertThat(run("a: '{{ $labels.job }}'\nb: [", "import", "-").messages())
                .doesNotContain("Helm");
    }

    @Test
    void moreRoutesThanOneTakesAreTakenByItsLastOne() {
        Run run = run(routes(250, ""), "import", "-");

        assertThat(run.messages()).contains("nothing was left");
        assertThat(run.output().lines().filter(line -> line.contains("value: t")))
                .hasSize(250);
        assertThat(run.output().lines().filter(line -> line.matches(" +- routes:")))
                .hasSize(2);
        // What goes on comes to the last one too, and to the parent by it.
        assertThat(run(routes(102, ", continue: true"), "import", "-").messages())
                .contains("left: 2\n", "route.routes[101]: route: a route has at most 100 routes below it");
    }

    /** A block defines a template too, and executes it where it stands. */
    @Test
    void aTemplateThatABlockDefinesComesWithTheContactPointThatUsesIt() {
        Run run = run("""
                apiVersion: 1
                templates:
                - {name: file, template: '{{ block "title" . }}it burns{{ end }}'}
                contactPoints:
                - name: a
                  receivers:
                  - {uid: a, type: slack, settings: {url: "http://a/", title: '{{ template "title" . }}'}}
                """, "import", "-");

        assertThat(run.output())
                .contains("kind: ConfigMap", "title: \"{{ template \\\"title\\\" . }}\"", "configMapKeyRef");
        assertThat(run.messages()).contains("1 ContactPoint").doesNotContain("title");
    }

    /** The routes of rules that name their contact point stand before those of the policies. */
    @Test
    void policiesWithAsManyRoutesAsFitGetThoseOfRulesToo() {
        StringBuilder file = new StringBuilder("""
                apiVersion: 1
                contactPoints:
                - {name: a, receivers: [{uid: a, type: webhook, settings: {url: "http://a/"}}]}
                groups:
                - name: g
                  folder: f
                  interval: 1m
                  rules:
                  - title: Lag
                    condition: A
                    data: [{refId: A, datasourceUid: east, relativeTimeRange: {from: 60}, model: {expr: lag, instant: true}}]
                    notification_settings: {receiver: a}
                policies:
                - receiver: a
                  routes:
                """);
        for (int i = 0; i < 100; i++) {
            file.append("  - {receiver: a, object_matchers: [[x, \"=\", \"%d\"]]}\n".formatted(i));
        }

        Run run = run(file.toString(), "import", "-");

        assertThat(run.messages()).contains("1 NotificationPolicy").doesNotContain("policies[0]");
        assertThat(run.output().lines().filter(line -> line.matches(" +- contactPoint: a")))
                .hasSize(101);
    }

    @Test
    void rulesOfMoreContactPointsThanRoutesFitAreAllRouted() {
        StringBuilder rules = new StringBuilder("apiVersion: 1\ngroups:\n- name: g\n  folder: f\n  rules:\n");
        for (int i = 0; i < 120; i++) {
            rules.append("""
                      - title: Lag %1$d
                        condition: A
                        data: [{refId: A, datasourceUid: east, relativeTimeRange: {from: 60}, model: {expr: lag, instant: true}}]
                        notification_settings: {receiver: team-%1$d}
                    """.formatted(i));
        }

        Run run = run(rules.toString(), "import", "-");

        assertThat(run.messages()).contains("converted: 120 AlertRule", "1 NotificationPolicy");
        assertThat(run.output().lines().filter(line -> line.matches(" +- contactPoint: team-.*")))
                .hasSize(120);
    }

    @Test
    void moreTimeIntervalsThanAPolicyTakesDoNotCostIt() {
        StringBuilder intervals = new StringBuilder(ALERTMANAGER).append("time_intervals:\n");
        for (int i = 0; i < 52; i++) {
            intervals.append("- {name: t").append(i).append(", time_intervals: [{weekdays: [monday]}]}\n");
        }

        assertThat(run(intervals.toString(), "import", "-").messages())
                .contains("1 NotificationPolicy", "left: 2\n", "time interval t51: a policy has at most 50 of them");
    }

    private static String routes(int number, String more) {
        StringBuilder configuration =
                new StringBuilder("receivers: [{name: hook}]\nroute:\n  receiver: hook\n  routes:\n");
        for (int i = 0; i < number; i++) {
            configuration
                    .append("  - {match: {team: t")
                    .append(i)
                    .append("}")
                    .append(more)
                    .append("}\n");
        }
        return configuration.toString();
    }

    /** A folder may hold anything, and one file of it must not keep the others from being imported. */
    @Test
    void filesOfAFolderThatCannotBeReadAreReportedAndTheOthersImported() throws IOException {
        Files.writeString(folder.resolve("rules.yml"), RULES);
        Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, 0, (byte) 0xfe});
        Files.writeString(folder.resolve("chart.yaml"), "a: [\n{{ .Values }}\n");

        Run run = run("", "import", "--strict", folder);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output()).contains("alert: \"Plätze\"");
        assertThat(run.messages())
                .contains("binary.yaml: file: is not UTF-8 text\n", "chart.yaml: file: is not YAML: ", "left: 2\n");
    }

    @Test
    void objectsAboutAlertsThatAreNotReadAreReportedInAFolderToo() throws IOException {
        Files.writeString(folder.resolve("objects.yaml"), """
                {apiVersion: v1, kind: List, items: [
                  {apiVersion: grafana.integreatly.org/v1beta1, kind: GrafanaAlertRuleGroup},
                  {apiVersion: grafana.integreatly.org/v1beta1, kind: GrafanaDashboard},
                  {apiVersion: rules.alerting.grafana.app/v0alpha1, kind: AlertRule},
                  {apiVersion: dashboard.grafana.app/v1, kind: Dashboard},
                  {apiVersion: monitoring.coreos.com/v1, kind: ThanosRuler},
                  {apiVersion: monitoring.coreos.com/v1, kind: Alertmanager},
                  {apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor},
                  {apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, spec: {groups: []}},
                  {apiVersion: monitoring.googleapis.com/v1, kind: Rules},
                  {apiVersion: operator.victoriametrics.com/v1beta1, kind: VMAlertmanager},
                  {apiVersion: operator.victoriametrics.com/v1beta1, kind: VMAgent},
                  {apiVersion: apps/v1, kind: Deployment}]}
                """);

        Run run = run("", "import", "--strict", folder);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.messages())
                .contains(
                        "left: 6\n",
                        "items[0]: kind GrafanaAlertRuleGroup: is not read by the import",
                        "items[2]: kind AlertRule: ",
                        "items[4]: kind ThanosRuler: ",
                        "items[5]: kind Alertmanager: ",
                        "items[8]: kind Rules: ",
                        "items[9]: kind VMAlertmanager: ");
    }

    @Test
    void whatCouldBeReadOnlyInPartIsNotYaml() {
        assertThat(run("groups: []\ngroups: []", "import", "-").messages())
                .isEqualTo("tocsin import: - line 2: has the field groups twice\n");
        assertThat(run("groups: " + "[".repeat(20_000) + "]".repeat(20_000), "import", "-")
                        .messages())
                .isEqualTo("tocsin import: -: is nested more than 100 deep\n");
        assertThat(run("a: &a [*a]", "import", "-").messages())
                .isEqualTo("tocsin import: - line 1: is nested more than 100 deep\n");
        StringBuilder many = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            many.append("a").append(i).append(": &a").append(i).append(" [");
            many.append(("*a" + (i - 1) + ", ").repeat(10)).append("]\n");
        }
        assertThat(run(many.toString(), "import", "-").messages())
                .isEqualTo("tocsin import: - line 7: stands for more than 10000000 parts by its aliases\n");
    }

    @Test
    void anAnchorMayBeReferredToByManyRules() {
        StringBuilder file = new StringBuilder("groups:\n- name: g\n  labels: {a: b}\n  rules:\n");
        file.append("  - {alert: A, expr: up, labels: &page {severity: page}}\n");
        for (int i = 0; i < 300; i++) {
            file.append("  - {alert: A").append(i).append(", expr: up, labels: *page}\n");
        }

        Run run = run(file.toString(), "import", "--strict", "-");

        assertThat(run.exitCode()).as(run.messages()).isZero();
        assertThat(run.messages()).contains("converted: 301 AlertRule");
    }

    @Test
    void whatHasNotTheShapeThatItShouldHaveIsReported() {
        Run rules = run("""
                groups:
                - not a group
                - name: g
                  rules: [{alert: A, expr: up, annotations: text}]
                """, "import", "-");
        Run delivery = run("""
                route:
                  receiver: missing
                  group_by: job
                  routes:
                  - {receiver: hook, matchers: "a=b,c=d"}
                  - {receiver: hook, matchers: "no matcher"}
                receivers: [{name: hook, webhook_configs: [{url: "http://sink.example.com/"}]}]
                inhibit_rules: none
                """, "import", "-");

        assertThat(rules.messages()).contains("left: 2", "groups[0]: ", "groups[1].rules[0].annotations: ");
        assertThat(delivery.output())
                .contains("contactPoint: missing", "value: d")
                .containsOnlyOnce("contactPoint: hook");
        assertThat(delivery.messages())
                .contains(
                        "left: 4",
                        "receiver missing: is not among the receivers",
                        "route.group_by: ",
                        "matcher no matcher: is not a matcher",
                        "inhibit_rules: ");
    }

    @Test
    void aLabelThatIsNoTextIsReportedAndNotMadeEmpty() {
        Run run = run("""
                groups:
                - name: g
                  rules:
                  - {alert: A, expr: up, labels: {team: shop, a: {b: c}}, annotations: {summary: [x]}}
                """, "import", "-");

        assertThat(run.output()).contains("team: shop").doesNotContain("a:  ", "a: \"\"", "summary");
        assertThat(run.messages())
                .contains("left: 2", "groups[0].rules[0].labels.a: ", "groups[0].rules[0].annotations.summary: ");
    }

    @Test
    void templatesThatNobodyUsesAreReported() throws IOException {
        Files.writeString(folder.resolve("am.yml"), ALERTMANAGER + "templates: ['/etc/*.tmpl']\n");
        Files.writeString(folder.resolve("mine.tmpl"), "{{ define \"mine\" }}x{{ end }}");

        Run run = run("", "import", "--strict", folder.resolve("am.yml"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.messages()).contains("templates[0]: templates mine.tmpl: are used by no receiver");
    }

    @Test
    void aFileInAConfigMapThatIsNoYamlIsReported() {
        Run run = run("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: rules}
                data:
                  good.yml: "groups: [{name: g, rules: [{alert: A, expr: up}]}]"
                  bad.yml: "groups: ["
                  notes.txt: "not: ["
                """, "import", "--strict", "-");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.messages())
                .contains("converted: 1 AlertRule", "left: 1", "data.\"bad.yml\": file bad.yml: is not YAML");
    }

    @Test
    void credentialsAreWrittenOnlyWhenAskedFor() {
        assertThat(run(ALERTMANAGER, "import", "-").output()).doesNotContain("sink.example.com");
        assertThat(run(ALERTMANAGER, "import", "--with-secrets", "-").output())
                .contains("kind: Secret", "http://sink.example.com/");
    }

    @Test
    void theDatasourcesOfGrafanaGetTheNamesThatTheyHaveHere() {
        String both = run(GRAFANA, "import", "--datasource", "east=metrics", "--datasource", "west=metrics", "-")
                .output();
        String other = run(GRAFANA, "import", "--datasource", "other", "--datasource", "west=metrics", "-")
                .messages();

        assertThat(both).contains("kind: AlertRule", "datasource: metrics");
        assertThat(other).contains("0 AlertRule", "asks several datasources (east, west)");
        assertThat(run(GRAFANA, "import", "--datasource", "any", "-").output()).contains("datasource: any");
        assertThat(run(GRAFANA, "import", "-").messages()).contains("asks several datasources (east, west)");
    }

    @Test
    void aDatasourceThatNoRuleAsksIsNoted() {
        Run run = run(GRAFANA, "import", "--datasource", "any", "--datasource", "esat=metrics", "-");

        assertThat(run.messages())
                .contains("note: --datasource esat=metrics has no effect: no rule asks a datasource of that uid\n");
    }

    @Test
    void whatIsNoNameOfANamespaceIsRefused() {
        assertThat(run(RULES, "import", "--namespace", "Bad NS", "-"))
                .isEqualTo(new Run(
                        2,
                        "",
                        "tocsin import: --namespace: \"Bad NS\" is no namespace's name; use at most 63 lower case letters,"
                                + " digits and dashes\n"));
    }

    @Test
    void whyAReportCannotBeWrittenIsSaid() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThat(run(RULES, "import", "--report", folder.resolve("none/r.json"), "-")
                        .messages())
                .endsWith("tocsin import: --report: " + folder.resolve("none/r.json")
                        + " cannot be written: its folder does not exist\n");
        assertThat(run(RULES, "import", "--report", file.resolve("r.json"), "-").messages())
                .contains("r.json cannot be written: Not a directory");
    }

    @Test
    void whyAClusterCannotBeAskedIsSaidInOneSentence() throws IOException {
        use("http://127.0.0.1:1");

        for (Run run : List.of(run("", "import", "--cluster"), run("", "export", "--format=prometheus", "--cluster"))) {
            assertThat(run.messages())
                    .contains(": The cluster at http://127.0.0.1:1/ cannot be asked: ")
                    .endsWith("; set KUBECONFIG, or name files instead of --cluster.\n")
                    .hasLineCount(1);
            assertThat(run.exitCode()).isEqualTo(2);
        }
    }

    @Test
    void whatAClusterRefusesIsSaidInItsOwnWords() throws IOException {
        byte[] refusal = """
                {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 403, "reason": "Forbidden",
                 "message": "prometheusrules is forbidden"}
                """.getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(403, refusal.length);
            exchange.getResponseBody().write(refusal);
            exchange.close();
        });
        server.start();
        use("http://127.0.0.1:" + server.getAddress().getPort());

        Run run = run("", "import", "--cluster");

        server.stop(0);
        assertThat(run.messages())
                .contains(" cannot be asked: prometheusrules is forbidden; set KUBECONFIG")
                .hasLineCount(1);
    }

    private void use(String server) throws IOException {
        System.setProperty(
                Config.KUBERNETES_KUBECONFIG_FILE,
                Files.writeString(folder.resolve("kubeconfig"), """
                clusters: [{name: a, cluster: {server: "%s"}}]
                contexts: [{name: a, context: {cluster: a, user: a}}]
                current-context: a
                users: [{name: a, user: {}}]
                """.formatted(server))
                        .toString());
    }

    @AfterEach
    void forgetKubeconfig() {
        System.clearProperty(Config.KUBERNETES_KUBECONFIG_FILE);
    }

    @Test
    void mailsOfGrafanaNeedTheServerThatItsOwnConfigurationNames() {
        Run without = run(MAIL, "import", "-");
        Run with = run(MAIL, "import", "--smtp", "smtp.example.com:587", "--mail-from", "alerts@example.com", "-");
        Run half = run(MAIL, "import", "--smtp", "smtp.example.com:587", "-");

        assertThat(without.output()).doesNotContain("kind: ContactPoint");
        assertThat(without.messages()).contains("contactPoints[0].receivers[0]", "--smtp HOST:PORT");
        assertThat(with.output()).contains("smarthost: \"smtp.example.com:587\"", "from: \"alerts@example.com\"");
        assertThat(half).isEqualTo(new Run(2, "", "tocsin import: --smtp and --mail-from go together\n"));
    }

    @Test
    void aFolderOfGrafanasFilesIsOneDelivery() throws IOException {
        Path grafana = Files.createDirectories(folder.resolve("grafana"));
        Files.writeString(grafana.resolve("a.yaml"), "apiVersion: 1\npolicies: [{receiver: Hook}]");
        Files.writeString(grafana.resolve("b.json"), """
                {"apiVersion": 1, "contactPoints": [{"name": "Hook", "receivers": [
                  {"uid": "h", "type": "webhook", "settings": {"url": "http://sink.example.com/"}}]}]}
                """);
        Files.writeString(grafana.resolve("dashboard.json"), "{\"title\": \"a dashboard\", \"panels\": []}");

        Run run = run("", "import", "--strict", grafana);

        assertThat(run.exitCode()).as(run.messages()).isZero();
        assertThat(run.output()).contains("kind: NotificationPolicy", "contactPoint: hook", "kind: ContactPoint");
    }

    @Test
    void whatIsImportedCanBeExportedAgain() {
        String rules = run(RULES, "import", "--namespace", "shop", "-").output();
        String delivery = run(ALERTMANAGER, "import", "--with-secrets", "--namespace", "shop", "-")
                .output();

        Run exportedRules = run(rules, "export", "--format", "prometheus", "--strict", "-");
        Run exportedDelivery = run(delivery, "export", "--format", "alertmanager", "--strict", "-");

        assertThat(exportedRules.exitCode()).as(exportedRules.messages()).isZero();
        assertThat(exportedRules.output()).contains("groups:", "alert: \"Plätze\"", "tocsin_namespace: shop");
        assertThat(exportedDelivery.exitCode()).as(exportedDelivery.messages()).isZero();
        assertThat(exportedDelivery.output()).contains("http://sink.example.com/", "severity=\\\"page\\\"");
    }

    @Test
    void anExportSaysWhichObjectsItCouldNotTakeAndWritesTheOthers() throws IOException {
        Files.writeString(folder.resolve("chart.yaml"), "{{- if .Values.enabled }}\na: b\n{{- end }}\n");
        Files.writeString(folder.resolve("objects.yaml"), """
            apiVersion: v1
            kind: Secret
            metadata: {name: sealed, namespace: shop}
            data: {url: "ENC[AES256,data:…]"}
            ---
            apiVersion: tocsin.dev/v1alpha1
            kind: AlertRule
            metadata: {name: up, namespace: shop}
            spec: {expr: up == 0}
            ---
            apiVersion: tocsin.dev/v1alpha1
            kind: AlertRule
            metadata: {name: up, namespace: shop}
            spec: {expr: up == 1}
            ---
            apiVersion: tocsin.dev/v1alpha1
            kind: AlertRule
            metadata: {name: empty, namespace: shop}
            ---
            apiVersion: tocsin.dev/v1alpha1
            kind: Alertrule
            metadata: {name: misspelt, namespace: shop}
            spec: {expr: up == 0}
            """);

        Run run = run("", "export", "--format", "prometheus", "--strict", folder);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output()).contains("up == 0").doesNotContain("up == 1");
        assertThat(run.messages().lines())
                .containsExactlyInAnyOrder(
                        "left: AlertRule shop/up: is there twice; the first one counts",
                        "left: AlertRule shop/empty: has no spec",
                        "left: Alertrule shop/misspelt: is of no kind that Tocsin has");
    }

    /** What the operator's datasource could do, for the file is for another one. */
    @Test
    void aRuleFileIsForPrometheusWhateverTheOperatorHasForADatasource() throws IOException {
        Path configuration = Files.writeString(folder.resolve("config.yaml"), """
            datasources: [{name: default, url: "http://127.0.0.1:1", remoteWrite: {url: "http://127.0.0.1:1"}}]
            rules: {interval: 17s}
            evaluators: {image: vmalert}
            alertmanager: {name: alertmanager, members: 1, configSecret: alertmanager}
            """);
        String rule = """
            apiVersion: tocsin.dev/v1alpha1
            kind: AlertRule
            metadata: {name: %s, namespace: shop}
            spec:
              queries: [{name: A, expr: "sum by (instance) (load)", range: 5m}]
              expressions: [{name: B, reduce: {input: A, function: max}}, {name: C, threshold: {input: B, above: 9%s}}]
              condition: C
            """;

        Run run = run(
                rule.formatted("high", "") + "---\n" + rule.formatted("remembers", ", recoverBelow: 8"),
                "export",
                "--format",
                "prometheus",
                "--config",
                configuration,
                "-");

        assertThat(run.output())
                .contains("name: shop/high", "interval: 17s", ">= -Inf")
                .doesNotContain("remembers", "params");
        assertThat(run.messages()).contains("left: AlertRule shop/remembers", "recoverBelow");
    }

    @Test
    void anExportNamesTheSecretsThatItHasNotSeen() {
        String delivery =
                run(ALERTMANAGER, "import", "--namespace", "shop", "-").output();

        Run exported = run(delivery, "export", "--format", "alertmanager", "--strict", "-");

        assertThat(exported.exitCode()).isEqualTo(1);
        assertThat(exported.messages()).contains("Secret shop/hook-receivers, key webhook-0-url");
    }
}
