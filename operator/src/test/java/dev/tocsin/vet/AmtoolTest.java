package dev.tocsin.vet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.Verdict.Reason;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.TemplateText;
import dev.tocsin.engines.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("integration")
class AmtoolTest {
    private Amtool amtool;

    @BeforeEach
    void findAmtool() {
        amtool = new Amtool(Engines.binary("amtool"));
    }

    @Test
    void ofManyContactPointsExactlyTheBadOnesAreNamed() {
        ContactPointFragment good = webhook("good", "https://sink.example/", List.of(), List.of());
        ContactPointFragment bad = webhook("bad", "https://token-123:x/", List.of(), List.of("token-123"));

        Map<ContactPointFragment, Verdict.Refused> refused = amtool.refusedContactPoints(List.of(good, bad));

        assertThat(refused).containsOnlyKeys(bad);
        assertThat(refused.get(bad).reason()).isEqualTo(Reason.RefusedByEngine);
        assertThat(refused.get(bad).message()).contains("invalid port").doesNotContain("token-123");
    }

    @Test
    void aTemplateThatDoesNotRenderIsNamedByItsField() {
        ContactPointFragment bad = webhook(
                "bad",
                "https://sink.example/",
                List.of(
                        new TemplateText("spec.a", "{{ range .Alerts.Firing }}{{ .Labels.instance }}{{ end }}", false),
                        new TemplateText("spec.b", "{{ .NoSuchField }}", false),
                        new TemplateText("spec.c", "{{ unclosed", true)),
                List.of());

        Map<ContactPointFragment, Verdict.Refused> refused = amtool.refusedContactPoints(List.of(bad));

        assertThat(refused.get(bad).reason()).isEqualTo(Reason.InvalidTemplate);
        assertThat(refused.get(bad).message())
                .startsWith("spec.b: does not render: ")
                .contains("NoSuchField");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {{ (index .Alerts.Firing 0).Labels.instance }}                  | when no alert fires any more
            {{ (index .Alerts 1).Labels.instance }}                         | when there is one alert
            {{ slice .CommonLabels.severity 0 4 }}                          | when there is one alert
            {{ if eq .Status "resolved" }}{{ .Nope }}{{ end }}              | when no alert fires any more
            {{ if not .CommonLabels.alertname }}{{ slice "" 0 1 }}{{ end }} | when the alerts have nothing in common
            """)
    void aTemplateThatFailsOnSomeAlertsOnlyIsRefusedAndSaysOnWhich(String text, String when) {
        ContactPointFragment bad = webhook(
                "bad",
                "https://sink.example/",
                List.of(new TemplateText("spec.receivers[0].webhook.url", text, false)),
                List.of());

        Map<ContactPointFragment, Verdict.Refused> refused = amtool.refusedContactPoints(List.of(bad));

        assertThat(refused.get(bad).reason()).isEqualTo(Reason.InvalidTemplate);
        assertThat(refused.get(bad).message()).startsWith("spec.receivers[0].webhook.url: does not render " + when);
    }

    @Test
    void aTemplateThatIsNeverAskedForTheEndOfAnAlertNeedNotWriteIt() {
        TemplateText text = new TemplateText(
                "spec.receivers[0].slack.text", "{{ (index .Alerts.Firing 0).Labels.instance }}", false);
        ContactPointFragment silent = slack("silent", Map.of("api_url", "http://a/"), text);
        ContactPointFragment telling = slack("telling", Map.of("api_url", "http://a/", "send_resolved", true), text);

        assertThat(amtool.refusedContactPoints(List.of(silent, telling))).containsOnlyKeys(telling);
    }

    @Test
    void templatesThatGuardWhatMayBeMissingAreAccepted() {
        ContactPointFragment good = webhook(
                "good",
                "https://sink.example/",
                List.of(new TemplateText(
                        "spec.receivers[0].webhook.url",
                        "{{ with .Alerts.Firing }}{{ (index . 0).Labels.instance }}{{ end }}"
                                + "{{ if gt (len .CommonLabels.severity) 4 }}{{ slice .CommonLabels.severity 0 4 }}{{ end }}",
                        false)),
                List.of());

        assertThat(amtool.refusedContactPoints(List.of(good))).isEmpty();
    }

    /** Loops of loops, and loops that never end: what they write would be more than the operator has memory for. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            spec.deep | 21 | {{ range $.Alerts }} | it takes more than
            spec.deeper | 45 | {{ range $.Alerts }} | it takes more than
            spec.endless | 1 | {{ range 1000000000000 }} | it takes more than
            spec.twice | 2 | {{ range $.Alerts }} | when there are a hundred alerts: it takes more than 1 MiB of text
            """)
    void aTemplateThatWritesForEverIsRefusedAndHoldsBackNoOther(String path, int loops, String loop, String error) {
        String text = loop.repeat(loops) + "x".repeat(150) + "{{ end }}".repeat(loops);
        ContactPointFragment good = webhook(
                "good",
                "https://sink.example/",
                List.of(new TemplateText("spec.a", "{{ .Status }}", false)),
                List.of());
        ContactPointFragment bad =
                webhook("bad", "https://sink.example/", List.of(new TemplateText(path, text, false)), List.of());

        Map<ContactPointFragment, Verdict.Refused> refused = amtool.refusedContactPoints(List.of(bad, good));

        assertThat(refused).containsOnlyKeys(bad);
        assertThat(refused.get(bad).reason()).isEqualTo(Reason.InvalidTemplate);
        assertThat(refused.get(bad).message())
                .startsWith(path + ": does not render")
                .contains(error);
    }

    @Test
    void loopsBesideEachOtherAndOverLabelsAreAccepted() {
        ContactPointFragment good =
                webhook("good", "https://sink.example/", List.of(new TemplateText("spec.a", """
                        {{ range .Alerts.Firing }}{{ range .Labels.SortedPairs }}{{ .Name }}={{ .Value }} {{ end }}{{ end }}
                        {{ range .Alerts.Resolved }}{{ range .Annotations.SortedPairs }}{{ .Value }}{{ end }}{{ end }}
                        """, false)), List.of());

        assertThat(amtool.refusedContactPoints(List.of(good))).isEmpty();
    }

    /** Each call takes some 20 ms, for which all edits wait. */
    @ParameterizedTest
    @ValueSource(strings = {"%s", "{{ define \"a\" }}x{{ end }}{{ define \"\" }}{{ template \"a\" }}%s{{ end }}"})
    void ofHundredsOfTemplatesThatRenderManyAreAskedAboutInOneCall(String whole, @TempDir Path folder)
            throws IOException {
        Path calls = folder.resolve("calls");
        Path script = Files.writeString(
                folder.resolve("amtool"),
                "#!/bin/sh\necho call >> %s; exec %s \"$@\"\n".formatted(calls, Engines.binary("amtool")));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        ContactPointFragment good = webhook(
                "good",
                "https://sink.example/",
                templates(300, whole, "{{ if .Alerts }}{{ $x := 1 }}{{ .Status }}{{ $x }}{{ end }}"),
                List.of());

        assertThat(new Amtool(script).refusedContactPoints(List.of(good))).isEmpty();

        assertThat(Files.readAllLines(calls)).hasSizeLessThan(30);
    }

    /** What one leaves open another must not close. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {{ if .Status }}    | {{ end }}
            {{ /* a             | b */ }}
            a {{ end }}         | {{ if .Status }} b
            {{ .Status          | }}
            {{ end }}{{ define "x" }} | {{ .Status }}
            {{ printf "a        | {{ .Status }}" }}
            """)
    void aTemplateIsJudgedByItself(String bad, String other) {
        ContactPointFragment fragment = webhook(
                "bad",
                "https://sink.example/",
                List.of(
                        new TemplateText("spec.good", "{{ .Status }}", false),
                        new TemplateText("spec.bad", bad, false),
                        new TemplateText("spec.other", other, false)),
                List.of());

        assertThat(amtool.refusedContactPoints(List.of(fragment)).get(fragment).message())
                .startsWith("spec.bad: does not render");
    }

    @Test
    void manyTemplatesThatEachTakeLongAreRefusedTogether() {
        ContactPointFragment bad = webhook(
                "bad", "https://sink.example/", templates(100, "%s", "{{ range 1000000 }}{{ end }}"), List.of());
        Amtool impatient = new Amtool(Engines.binary("amtool"), Duration.ofSeconds(1));

        assertThat(impatient.refusedContactPoints(List.of(bad)).get(bad).message())
                .isEqualTo("spec.receivers: its templates take more than 1 s to be tried, and meanwhile all other edits"
                        + " wait; make them fewer or simpler");
    }

    private static List<TemplateText> templates(int count, String whole, String text) {
        return IntStream.range(0, count)
                .mapToObj(i -> new TemplateText("spec." + i, whole.formatted(text + i), false))
                .toList();
    }

    @Test
    void aTemplateThatIsLongerThanAmtoolTakesIsRefused() {
        ContactPointFragment bad = webhook(
                "bad",
                "https://sink.example/",
                List.of(new TemplateText("spec.a", "{{ .Status }}" + "x".repeat(140_000), false)),
                List.of());

        assertThat(amtool.refusedContactPoints(List.of(bad)).get(bad).message())
                .isEqualTo("spec.a: does not render: it is longer than 125000 bytes");
    }

    /** Alertmanager looks at this one when it loads, and does not say where it is. */
    @Test
    void aTemplateThatTheCheckRefusesTooIsNamedByItsField() {
        ContactPointFragment bad = webhook(
                "bad",
                "https://sink.example/{{ .Foo",
                List.of(new TemplateText("spec.receivers[0].webhook.url", "https://sink.example/{{ .Foo", false)),
                List.of());

        assertThat(amtool.refusedContactPoints(List.of(bad)).get(bad)).satisfies(refused -> {
            assertThat(refused.reason()).isEqualTo(Reason.InvalidTemplate);
            assertThat(refused.message()).startsWith("spec.receivers[0].webhook.url: does not render: ");
        });
    }

    private static ContactPointFragment slack(String name, Map<String, Object> fields, TemplateText text) {
        ObjectKey key = new ObjectKey("shop", name);
        return new ContactPointFragment(
                key,
                "uid",
                1,
                Map.of("name", key.toString(), "slack_configs", List.of(fields)),
                List.of(text),
                List.of(),
                Map.of());
    }

    @Test
    void theObjectionAtTheStartIsAboutWhatNoCheckOfTheTextSees() {
        String good = "route: {receiver: a}\nreceivers: [{name: a}]\n";
        String bad = "route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: \"http://a/\","
                + " http_config: {tls_config: {ca: no certificate}}}]}]\n";

        assertThat(amtool.objectionAtStart(good)).isEmpty();
        assertThat(amtool.objectionAtStart(bad))
                .hasValueSatisfying(error -> assertThat(error).contains("CA cert"));
    }

    @Test
    void theObjectionToAWholeConfigurationIsTheEnginesOwn() {
        assertThat(amtool.objection("route: {receiver: a}\nreceivers: [{name: b}]\n"))
                .hasValueSatisfying(error -> assertThat(error).contains("undefined receiver \"a\""));
        assertThat(amtool.objection("route: {receiver: a}\nreceivers: [{name: a}]\n"))
                .isEmpty();
    }

    private static ContactPointFragment webhook(
            String name, String url, List<TemplateText> templates, List<String> secrets) {
        ObjectKey key = new ObjectKey("shop", name);
        return new ContactPointFragment(
                key,
                "uid",
                1,
                Map.of("name", key.toString(), "webhook_configs", List.of(Map.of("url", url))),
                templates,
                secrets,
                Map.of());
    }
}
