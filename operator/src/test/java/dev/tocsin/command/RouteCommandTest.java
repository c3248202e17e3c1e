package dev.tocsin.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.command.Program.Run;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people read who ask where an alert goes. */
class RouteCommandTest {
    private static final String OBJECTS = """
            apiVersion: tocsin.dev/v1alpha1
            kind: ContactPoint
            metadata: {name: pager, namespace: platform}
            spec:
              receivers: [{webhook: {url: {secretKeyRef: {name: pager, key: url}}}}]
              allowFrom: {namespaceSelector: {matchLabels: {tier: gold}}}
            ---
            apiVersion: tocsin.dev/v1alpha1
            kind: ContactPoint
            metadata: {name: team, namespace: shop}
            spec: {receivers: [{webhook: {url: {value: "http://a"}}}]}
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop, labels: {tier: gold}}
            ---
            apiVersion: tocsin.dev/v1alpha1
            kind: NotificationPolicy
            metadata: {name: critical, namespace: platform}
            spec:
              scope: Cluster
              route: {contactPoint: pager, matchers: [{label: severity, op: "=", value: critical}]}
            ---
            apiVersion: tocsin.dev/v1alpha1
            kind: NotificationPolicy
            metadata: {name: shop, namespace: shop}
            spec:
              route:
                contactPoint: team
                routes:
                  - {contactPoint: platform/pager, matchers: [{label: severity, op: =~, value: page|critical}]}
                  - {matchers: [{label: severity, op: =, value: info}], muteTimings: [nights], activeTimings: [weekends]}
              muteTimings:
                - {name: nights, intervals: [{times: [{from: "20:00", to: "07:00"}], location: Europe/Berlin}]}
                - {name: weekends, intervals: [{weekdays: ["saturday:sunday"]}]}
              inhibitRules:
                - source: [{label: severity, op: "=", value: critical}]
                  target: [{label: severity, op: "!=", value: critical}]
                  equal: [pod]
            ---
            apiVersion: tocsin.dev/v1alpha1
            kind: AlertRule
            metadata: {name: slow, namespace: shop}
            spec: {alert: Slow, expr: "up == 0", labels: {team: "{{ $labels.team }}", tier: ""}}
            """;

    @TempDir
    private Path folder;

    private Path objects = Path.of("");
    private Path config = Path.of("");

    @BeforeEach
    void writeFiles() throws IOException {
        objects = Files.writeString(folder.resolve("objects.yaml"), OBJECTS);
        config = Files.writeString(folder.resolve("operator.conf"), """
                datasources: [{name: default, url: "http://a"}]
                evaluators: {image: vmalert}
                alertmanager: {name: a, members: 1, configSecret: a}
                delivery: {clusterPolicyNamespaces: [platform], defaultContactPoint: platform/pager}
                """);
    }

    private Run route(String... arguments) {
        List<String> all = new ArrayList<>(List.of("route", "-f", objects.toString(), "--config", config.toString()));
        all.addAll(List.of(arguments));
        return Program.run(all.toArray(String[]::new));
    }

    @Test
    void everyContactPointIsNamedWithThePolicyAndTheRouteThatLeadThere() {
        Run run = route("tocsin_namespace=shop", "severity=critical");

        assertThat(run.output()).isEqualTo("""
                        CONTACT POINT    THROUGH                                ROUTE                  TOLD
                        platform/pager   NotificationPolicy/platform/critical   spec.route             yes
                        platform/pager   NotificationPolicy/shop/shop           spec.route.routes[0]   yes
                        """);
        assertThat(run.status()).isZero();
    }

    @Test
    void timingsAreLookedAtForTheTimeThatIsAskedAbout() {
        String night = route("tocsin_namespace=shop", "severity=info", "--at", "2026-11-25T21:00:00+01:00")
                .output();
        String saturday = route("tocsin_namespace=shop", "severity=info", "--at", "2026-11-28T12:00:00Z")
                .output();

        assertThat(night.lines().toList().get(1))
                .endsWith("spec.route.routes[1]   no, muted during nights and muted outside of weekends");
        assertThat(saturday.lines().toList().get(1)).endsWith("spec.route.routes[1]   yes");
    }

    @Test
    void anInhibitionRuleIsNamedWhereItIsAboutTheAlert() {
        Run run = route("tocsin_namespace=shop", "severity=page");

        assertThat(run.output())
                .endsWith(
                        "\nNot told while an alert with tocsin_namespace=\"shop\", severity=\"critical\" with the same"
                                + " pod fires: spec.inhibitRules[0] of NotificationPolicy/shop/shop.\n");
    }

    @Test
    void anInhibitionRuleThatNoAlertCanSetOffIsLeftOut() throws IOException {
        String ofAnotherNamespace =
                OBJECTS.replace("source: [", "source: [{label: tocsin_namespace, op: \"=\", value: bank}, ");
        String ofAnotherValue = OBJECTS.replace("equal: [pod]", "equal: [severity]");
        String ofTheSameValue = ofAnotherValue.replace(
                "source: [{label: severity, op: \"=\", value: critical}]",
                "source: [{label: severity, op: \"!=\", value: critical}]");

        assertThat(inhibitions(ofAnotherNamespace)).isZero();
        assertThat(inhibitions(ofAnotherValue)).isZero();
        assertThat(inhibitions(ofTheSameValue)).isOne();
    }

    private long inhibitions(String yaml) throws IOException {
        Files.writeString(objects, yaml);
        Run run = route("tocsin_namespace=shop", "severity=page");
        assertThat(run.status()).isZero();
        return run.output()
                .lines()
                .filter(line -> line.startsWith("Not told while"))
                .count();
    }

    @Test
    void whatNoPolicyTakesGoesToTheDefaultContactPoint() {
        assertThat(route("alertname=Pushed").output()).isEqualTo("""
                        CONTACT POINT    THROUGH                 ROUTE                          TOLD
                        platform/pager   OperatorConfiguration   delivery.defaultContactPoint   yes
                        """);
    }

    @Test
    void withoutTheOperatorsConfigurationItSaysWhatItDoesNotKnow() {
        Run run = Program.run("route", "-f", objects.toString(), "alertname=Pushed");

        assertThat(run.output()).isEqualTo("""
                        Nobody is told.

                        Note: policies of scope Cluster count wherever they are (platform), as the operator's configuration is not known; give it with --config.
                        Note: who is told by default is not known; give the operator's configuration with --config.
                        """);
    }

    @Test
    void aRulesLabelsAreTakenAndWhatItsSeriesDecideIsSaid() {
        Run run = route("--rule", "shop/slow");

        assertThat(run.output()).isEqualTo("""
                        CONTACT POINT   THROUGH                        ROUTE        TOLD
                        shop/team       NotificationPolicy/shop/shop   spec.route   yes

                        Not told while an alert with tocsin_namespace="shop", severity="critical" with the same pod fires: spec.inhibitRules[0] of NotificationPolicy/shop/shop.
                        Labels of the series may take alerts of this rule to platform/pager.
                        Note: the rule makes these labels from templates, so they are not known; give them as arguments: team.
                        """);
        assertThat(route("--rule", "shop/slow", "severity=page", "team=a").output())
                .contains("platform/pager   NotificationPolicy/shop/shop   spec.route.routes[0]   yes")
                .doesNotContain("Labels of the series", "templates");
    }

    @Test
    void aContactPointWithoutReceiversTellsNobody() throws IOException {
        Files.writeString(
                objects, OBJECTS.replace("receivers: [{webhook: {url: {value: \"http://a\"}}}]", "receivers: []"));

        assertThat(route("tocsin_namespace=shop", "severity=warning").output()).startsWith("""
                        CONTACT POINT   THROUGH                        ROUTE        TOLD
                        shop/team       NotificationPolicy/shop/shop   spec.route   no, it has no receivers
                        """);
        assertThat(route("tocsin_namespace=shop", "severity=warning", "-o", "json")
                        .output())
                .contains("\"hasReceivers\" : false,\n    \"muted\" : false");
        assertThat(route("--rule", "shop/slow", "severity=page").output()).doesNotContain("has no receivers");
    }

    @Test
    void whereLabelsOfTheSeriesMayTakeAnAlertToAContactPointWithoutReceiversSaysSo() throws IOException {
        Files.writeString(
                objects,
                OBJECTS.replace(
                        "receivers: [{webhook: {url: {secretKeyRef: {name: pager, key: url}}}}]", "receivers: []"));

        assertThat(route("--rule", "shop/slow").output())
                .contains(
                        "Labels of the series may take alerts of this rule to platform/pager.",
                        "Note: the contact point platform/pager has no receivers, so it tells nobody.");
    }

    @Test
    void aPausedRuleIsNoted() throws IOException {
        Files.writeString(objects, OBJECTS.replace("alert: Slow,", "alert: Slow, paused: true,"));
        String note = "the rule is paused: as long as it is, none of its alerts fires";

        assertThat(route("--rule", "shop/slow").output()).contains("Note: " + note + ".");
        assertThat(route("--rule", "shop/slow", "-o", "json").output()).contains("\"" + note + "\"");
        assertThat(route("tocsin_namespace=shop").output()).doesNotContain("paused");
    }

    @Test
    void objectsThatTheOperatorWouldRefuseAreNamed() throws IOException {
        Files.writeString(
                objects,
                OBJECTS.replace("tier: gold}}\n---", "tier: silver}}\n---")
                        .replace("value: page|critical", "value: (page"));

        assertThat(route("tocsin_namespace=shop", "severity=page").output())
                .startsWith("CONTACT POINT    THROUGH                 ROUTE")
                .contains("Note: NotificationPolicy shop/shop is refused and left out here:"
                        + " spec.route.routes[0].matchers[0].value: ");
    }

    @Test
    void aReferenceThatIsNotGrantedLeavesTheAlertToTheRouteAbove() throws IOException {
        Files.writeString(objects, OBJECTS.replace("tier: gold}}\n---", "tier: silver}}\n---"));

        assertThat(route("tocsin_namespace=shop", "severity=page").output())
                .contains("shop/team       NotificationPolicy/shop/shop   spec.route.routes[0]   yes")
                .contains("spec.route.routes[0].contactPoint: the ContactPoint \"platform/pager\" does not allow");
    }

    @Test
    void programsAreAnsweredInJson() {
        Run run = route("-o", "json", "--at", "2026-11-25T21:00:00+01:00", "tocsin_namespace=shop", "severity=info");

        assertThat(run.output()).isEqualTo("""
                        {
                          "labels" : {
                            "severity" : "info",
                            "tocsin_namespace" : "shop"
                          },
                          "at" : "2026-11-25T20:00:00Z",
                          "reaches" : [ {
                            "contactPoint" : "shop/team",
                            "through" : {
                              "kind" : "NotificationPolicy",
                              "namespace" : "shop",
                              "name" : "shop",
                              "path" : "spec.route.routes[1]"
                            },
                            "hasReceivers" : true,
                            "muted" : true,
                            "mutedDuring" : [ "nights" ],
                            "outsideOf" : [ "weekends" ]
                          } ],
                          "inhibitedWhile" : [ {
                            "through" : {
                              "kind" : "NotificationPolicy",
                              "namespace" : "shop",
                              "name" : "shop",
                              "path" : "spec.inhibitRules[0]"
                            },
                            "source" : [ "tocsin_namespace=\\"shop\\"", "severity=\\"critical\\"" ],
                            "equal" : [ "pod" ]
                          } ],
                          "mayAlsoReach" : [ ],
                          "mayReachNobody" : false,
                          "notes" : [ ]
                        }
                        """);
    }

    @Test
    void objectsComeFromStandardInputAndFoldersAndListsToo() throws IOException {
        Path below = Files.createDirectories(folder.resolve("below/deep"));
        Files.move(objects, below.resolve("objects.yml"));
        String list = """
                kind: List
                apiVersion: v1
                items:
                - {apiVersion: tocsin.dev/v1alpha1, kind: AlertRule, metadata: {name: listed}, spec: {expr: up}}
                """;
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(list.getBytes(StandardCharsets.UTF_8)));

            Run run = Program.run(
                    "route", "-f", folder.toString(), "-f", "-", "-n", "shop", "--rule", "shop/listed", "-o", "json");

            assertThat(run.output()).contains("\"contactPoint\" : \"shop/team\"");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void badInputIsOneSentenceAndStatusTwo() throws IOException {
        assertRefused("Give the alert's labels as name=value, or a rule with --rule NAMESPACE/NAME.", route());
        assertRefused("\"severity\" is not a label; write name=value.", route("severity"));
        assertRefused("The label a is given twice.", route("a=1", "a=2"));
        assertRefused("--at: \"soon\" is not a time; write it as 2026-11-25T23:00:00Z.", route("a=1", "--at", "soon"));
        assertRefused("--rule: \"slow\" is not written NAMESPACE/NAME.", route("--rule", "slow"));
        assertRefused("There is no AlertRule shop/fast.", route("--rule", "shop/fast"));
        assertRefused(
                "The label alertname is set by AlertRule shop/slow itself; leave it out.",
                route("--rule", "shop/slow", "alertname=Fast"));
        assertRefused("/nowhere does not exist.", Program.run("route", "-f", "/nowhere", "a=1"));
        assertRefused(
                "Invalid value for option '--output': expected one of [text, json] (case-sensitive) but was"
                        + " 'xml'; see tocsin route --help",
                route("-o", "xml"));
        assertRefusedFile("kind: [", " is not YAML: ");
        assertRefusedFile(
                "{apiVersion: tocsin.dev/v1alpha1, kind: AlertRule, metadata: {name: a}, spec: {exp: a}}",
                ": AlertRule default/a: spec.exp: there is no such field; there are alert, ");
        assertRefusedFile(
                "{apiVersion: tocsin.dev/v1alpha1, kind: NotificationPolicy, metadata: {name: a}, spec: {route: {matchers:"
                        + " [{label: a, op: ==, value: b}]}}}",
                ": NotificationPolicy default/a: spec.route.matchers[0].op: \"==\" is not known; use one of !=, !~, =, =~");
        assertRefusedFile("{apiVersion: tocsin.dev/v1alpha1, kind: Rule}", ": Tocsin has no kind \"Rule\".");
        assertRefusedFile(OBJECTS + "\n---\n" + OBJECTS, ": ContactPoint platform/pager is there twice.");
    }

    @Test
    void whatIsNoYamlInAFolderIsPassedOverUnlessItSpeaksOfTocsin() throws IOException {
        Files.writeString(folder.resolve("objects.yaml"), OBJECTS);
        Path chart = folder.resolve("chart.yaml");

        Files.writeString(chart, "{{- if .Values.enabled }}\na: b\n{{- end }}\n");
        Run other = Program.run("route", "-f", folder.toString(), "severity=page");
        Files.writeString(chart, "{{- if .Values.enabled }}\napiVersion: tocsin.dev/v1alpha1\n{{- end }}\n");
        Run ours = Program.run("route", "-f", folder.toString(), "severity=page");

        assertThat(other.errors()).isEmpty();
        assertThat(ours.errors()).startsWith(chart + " is not YAML: ").contains(", line 1");
    }

    private void assertRefusedFile(String content, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("bad"), content);
        Run run = Program.run("route", "-f", file.toString(), "a=1");
        assertThat(run.errors()).startsWith(file + message).hasLineCount(1);
        assertThat(run.status()).isEqualTo(2);
    }

    private static void assertRefused(String sentence, Run run) {
        assertThat(run.errors()).isEqualTo(sentence + "\n");
        assertThat(run.output()).isEmpty();
        assertThat(run.status()).isEqualTo(2);
    }
}
