package dev.tocsin.vet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.Verdict.Reason;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.TemplateText;
import dev.tocsin.engines.Engines;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

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
                secrets);
    }
}
