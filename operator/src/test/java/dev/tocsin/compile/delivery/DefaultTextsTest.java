package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.compile.Golden;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.engines.Engines;
import dev.tocsin.publish.LiveFragments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every receiver with every field, and what is left of it with default texts. */
class DefaultTextsTest {
    private static final String THEN = "2026-11-25T10:00:00Z";
    private static final String LATER = "2026-11-25T11:00:00Z";
    private static final Path FOLDER = Golden.folder("delivery", "every-receiver");
    private static final Path GOLDEN = FOLDER.resolve("out-default-texts.yaml");
    private static final Map<String, String> ALL_KINDS =
            DefaultTexts.kinds().stream().collect(Collectors.toMap(kind -> kind, kind -> THEN));

    @Test
    void thereIsADecisionForEveryKind() {
        assertThat(DefaultTexts.kinds())
                .containsExactlyInAnyOrderElementsOf(
                        ReceiverKinds.ALL.stream().map(ReceiverKinds.Kind::name).toList());
    }

    @Test
    void whatPeopleReadIsLeftOutAndWhatAddressesStays() throws IOException {
        Golden.assertIsGolden(GOLDEN, withDefaultTexts().toYaml());
    }

    @Tag("integration")
    @Test
    void theEngineAcceptsWhatIsLeft() {
        Engines.Answer answer =
                Engines.run(List.of(Engines.binary("amtool").toString(), "check-config", GOLDEN.toString()));

        assertThat(answer.exitStatus()).as(answer.output()).isZero();
    }

    private static AlertmanagerConfiguration withDefaultTexts() throws IOException {
        AlertmanagerConfiguration own = GoldenCase.read(FOLDER).compile().configuration();
        return new AlertmanagerConfiguration(
                own.defaultReceiver(),
                own.policies(),
                own.inhibitRules(),
                GoldenCase.read(FOLDER).compile().contactPoints().stream()
                        .sorted(Comparator.comparing(ContactPointFragment::key))
                        .map(fragment -> fragment.withDefaultTexts(ALL_KINDS).receiver())
                        .toList(),
                own.timeIntervals(),
                List.of());
    }

    @Test
    void doneTwiceIsDoneOnceAndTheEarlierTimeStands() throws IOException {
        for (ContactPointFragment own : GoldenCase.read(FOLDER).compile().contactPoints()) {
            ContactPointFragment once = own.withDefaultTexts(ALL_KINDS);
            Map<String, String> again = new TreeMap<>(ALL_KINDS);
            again.replaceAll((kind, since) -> LATER);

            assertThat(once.withDefaultTexts(again)).isEqualTo(once);
            assertThat(own.withDefaultTexts(once.defaultTexts())).isEqualTo(once);
        }
    }

    @Test
    void onlyTheFailingKindLosesItsTexts() throws IOException {
        ContactPointFragment own = compile("""
                - slack: {apiUrl: {value: "http://a.example/"}, channel: "#{{ .Status }}", text: "{{ .Status }}"}
                - slack: {apiUrl: {value: "http://b.example/"}, text: fixed}
                - discord: {webhookUrl: {value: "http://c.example/"}, title: "{{ .Status }}"}
                """);

        ContactPointFragment fallback = own.withDefaultTexts(Map.of("slack", THEN));

        assertThat(fallback.defaultTexts()).containsExactly(Map.entry("slack", THEN));
        assertThat(fallback.receiver().get("slack_configs"))
                .isEqualTo(List.of(
                        Map.of("api_url", "http://a.example/", "channel", "#{{ .Status }}"),
                        Map.of("api_url", "http://b.example/", "text", "fixed")));
        assertThat(fallback.receiver().get("discord_configs"))
                .isEqualTo(own.receiver().get("discord_configs"));
        assertThat(fallback.templates())
                .extracting(TemplateText::path)
                .containsExactly("spec.receivers[0].slack.channel", "spec.receivers[2].discord.title");
    }

    @Test
    void withoutTemplatesInTextsThereIsNoFallback() throws IOException {
        ContactPointFragment own = compile("""
                - slack: {apiUrl: {value: "http://a.example/"}, channel: "#{{ .Status }}", text: fixed}
                - webhook: {url: {value: "http://a.example/{{ .Status }}"}}
                """);

        assertThat(own.withDefaultTexts(ALL_KINDS)).isEqualTo(own);
    }

    @Test
    void jirasNewApiGetsNoDescriptionSinceTheDefaultOneIsNoDocument() throws IOException {
        ContactPointFragment own = compile("""
                - jira:
                    apiUrl: https://jira.example/rest/api/3/
                    project: "{{ .CommonLabels.project }}"
                    issueType: Bug
                    summary: {template: "{{ .Status }}", enableUpdate: false}
                    description: {template: "{{ .Status | toJson }}"}
                """);

        assertThat(own.withDefaultTexts(ALL_KINDS).receiver().get("jira_configs"))
                .isEqualTo(List.of(Map.of(
                        "api_url",
                        "https://jira.example/rest/api/3/",
                        "project",
                        "{{ .CommonLabels.project }}",
                        "issue_type",
                        "Bug",
                        "summary",
                        Map.of("enable_update", false),
                        "description",
                        Map.of("template", ""),
                        "send_resolved",
                        false)));
    }

    @Test
    void itSurvivesBeingKept() throws IOException {
        LiveFragments fragments = new LiveFragments(
                GoldenCase.read(FOLDER).compile().contactPoints().stream()
                        .map(fragment -> fragment.withDefaultTexts(ALL_KINDS))
                        .toList(),
                List.of());

        assertThat(LiveFragments.read(fragments.toBytes())).isEqualTo(fragments);
    }

    private static ContactPointFragment compile(String receivers) throws IOException {
        ContactPointSpec spec = Golden.YAML.readValue("receivers:\n" + receivers, ContactPointSpec.class);
        Compiled<ContactPointFragment> compiled = new ContactPointCompiler()
                .compile(new ObjectKey("shop", "team"), "uid", 1, spec, ref -> new ReferencedValues.Lookup.NoObject());
        assertThat(compiled).as(compiled.toString()).isInstanceOf(Compiled.Usable.class);
        return ((Compiled.Usable<ContactPointFragment>) compiled).fragment();
    }
}
