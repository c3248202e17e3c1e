package dev.tocsin.compile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.place.SlotId;
import dev.tocsin.publish.LiveRule;
import dev.tocsin.publish.SlotFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.statistics.Statistics;

/** What must hold whatever users write into a rule. */
class RuleCompilerProperties {
    private static final ObjectKey KEY = new ObjectKey("shop", "rule");
    private static final OperatorConfiguration CONFIGURATION = CompiledRules.configuration("http://127.0.0.1:1");
    private static final RuleCompiler COMPILER = new RuleCompiler(CONFIGURATION);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Pieces that mean something to a parser on the way. */
    private static final List<String> HAZARDS = List.of(
            "%{",
            "%{HOME}",
            "%",
            "{{",
            "}}",
            "{{ $value }}",
            "\n",
            "\r\n",
            "\t",
            "\n---\n",
            "\u2028--- ",
            "\u2029...",
            "\u2028",
            " \u2028 ",
            "\u0085",
            "\u0000",
            "\u001b",
            "\u007f",
            "\ufeff",
            "\uffff",
            "\"",
            "'",
            "\\",
            "\\u0025{HOME}",
            ": ",
            " #",
            "- ",
            "? ",
            "!!str ",
            "&a",
            "*a",
            "<<",
            "[",
            "]",
            "{",
            "}",
            ",",
            "😀",
            "\ud83d",
            "\ude00",
            "𪛖",
            "é",
            "\u202e",
            "groups:\n- name: forged");

    @Provide
    Arbitrary<AlertRuleSpec> specs() {
        Arbitrary<Map<String, String>> maps = Arbitraries.maps(
                        Arbitraries.of("severity", "team", "_x1", "A", "null", "yes"), texts())
                .ofMaxSize(3)
                .injectNull(0.2);
        return Combinators.combine(texts().injectNull(0.3), texts(), maps, maps)
                .as((alert, expr, labels, annotations) ->
                        new AlertRuleSpec(alert, null, expr, null, "5m", null, labels, annotations, null));
    }

    private static Arbitrary<String> texts() {
        Arbitrary<String> piece = Arbitraries.frequencyOf(
                Tuple.of(
                        60,
                        Arbitraries.of(HAZARDS.stream()
                                .filter(RuleCompilerProperties::isWritable)
                                .toList())),
                Tuple.of(1, Arbitraries.of(HAZARDS)),
                Tuple.of(
                        60,
                        Arbitraries.strings()
                                .withCharRange(' ', '~')
                                .ofMinLength(1)
                                .ofMaxLength(12)),
                Tuple.of(1, Arbitraries.strings().all().ofMaxLength(3)));
        return piece.list().ofMinSize(1).ofMaxSize(5).map(pieces -> String.join("", pieces));
    }

    private static boolean isWritable(String hazard) {
        return hazard.codePoints()
                .noneMatch(c -> (c < ' ' && c != '\n' && c != '\t' && c != '\r')
                        || (c >= 0x7f && c < 0xa0)
                        || c == 0xfeff
                        || c == 0xffff
                        || Character.getType(c) == Character.SURROGATE);
    }

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void everyTextIsRefusedOrWrittenSoThatNoParserCanMistakeIt(@ForAll("specs") AlertRuleSpec spec) throws IOException {
        Compilation compilation = COMPILER.compile(KEY, "uid", 1, spec);

        switch (compilation) {
            case Compilation.Refused(Verdict.Refused(Verdict.Reason reason, String message)) -> {
                assertThat(reason).isEqualTo(Verdict.Reason.InvalidField);
                assertThat(message).matches("(?s)spec\\.(alert|expr|labels|annotations).*: .*");
            }
            case Compilation.Runnable(CompiledRule rule) -> {
                assertThat(rule.group()).doesNotContain("%", "\n", "\r", "\u2028", "\u2029", "\u0085");
                assertThat(textsOf(JSON, rule.group())).isEqualTo(textsOf(spec));
                assertThat(textsOf(Golden.YAML, "- " + rule.group())).isEqualTo(textsOf(spec));
            }
            case Compilation.Paused() -> throw new AssertionError("nobody paused it");
        }
        Statistics.collect(compilation.getClass().getSimpleName());
        Statistics.coverage(coverage -> {
            coverage.check("Runnable").percentage(share -> share > 50);
            coverage.check("Refused").percentage(share -> share > 1);
        });
    }

    /** Parsers do not judge these texts, whatever they are: vmalert itself does. */
    @Property(tries = 1, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    @Tag("integration")
    void theEngineLoadsEveryTextThatIsNotRefusedAndAltersNone(
            @ForAll @Size(400) List<@From("specs") AlertRuleSpec> specs) throws Exception {
        List<LiveRule> rules = new ArrayList<>();
        Map<String, List<Object>> written = new HashMap<>();
        for (AlertRuleSpec spec : specs) {
            ObjectKey key = new ObjectKey("shop", "rule-" + rules.size());
            if (COMPILER.compile(key, "uid", 1, spec) instanceof Compilation.Runnable(CompiledRule rule)) {
                rules.add(LiveRule.of(rule));
                written.put(key.toString(), textsOf(spec, key));
            }
        }
        assertThat(rules.size()).isGreaterThan(200);
        Path folder = Files.createTempDirectory("rules-");
        Files.writeString(
                folder.resolve("rules.yaml"),
                SlotFile.of(new SlotId("default", 0, 0), rules).rules());

        JsonNode loaded = LoadedRules.of(CONFIGURATION, folder + "/*.yaml", folder.resolve("log"));

        Map<String, List<Object>> seen = new HashMap<>();
        loaded.path("data")
                .path("groups")
                .forEach(group -> group.path("rules")
                        .forEach(rule -> seen.put(group.path("name").asText(), textsOf(rule, "name", "query"))));
        assertThat(seen).isEqualTo(written);
    }

    private static List<Object> textsOf(ObjectMapper mapper, String text) throws JsonProcessingException {
        JsonNode tree = mapper.readTree(text);
        JsonNode group = tree.isArray() ? tree.get(0) : tree;
        assertThat(group.path("name").asText()).isEqualTo("shop/rule");
        assertThat(group.path("rules").size()).isEqualTo(1);
        return textsOf(group.path("rules").path(0), "alert", "expr");
    }

    private static List<Object> textsOf(JsonNode rule, String name, String expr) {
        return List.of(
                rule.path(name).asText(),
                rule.path(expr).asText(),
                textsOf(rule.path("labels")),
                textsOf(rule.path("annotations")));
    }

    private static Map<String, String> textsOf(JsonNode object) {
        Map<String, String> result = new HashMap<>();
        object.properties()
                .forEach(entry -> result.put(entry.getKey(), entry.getValue().asText()));
        return result;
    }

    private static List<Object> textsOf(AlertRuleSpec spec) {
        return textsOf(spec, KEY);
    }

    private static List<Object> textsOf(AlertRuleSpec spec, ObjectKey key) {
        Map<String, String> labels =
                new HashMap<>(Optional.ofNullable(spec.labels()).orElse(Map.of()));
        labels.put("tocsin_namespace", key.namespace());
        labels.put("tocsin_rule", key.name());
        return List.of(
                Optional.ofNullable(spec.alert()).orElse(key.name()),
                spec.expr(),
                labels,
                Optional.ofNullable(spec.annotations()).orElse(Map.of()));
    }
}
