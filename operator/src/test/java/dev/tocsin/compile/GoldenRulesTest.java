package dev.tocsin.compile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.place.SlotId;
import dev.tocsin.publish.LiveRule;
import dev.tocsin.publish.SlotFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles each folder of golden/rules to a slot's rule file and to verdicts. */
class GoldenRulesTest {
    private static final String AREA = "rules";
    private static final String OUT_RULES = "out-rules.yaml";
    private static final SlotId SLOT = new SlotId("default", 0, 0);
    private static final OperatorConfiguration CONFIGURATION = OperatorConfiguration.parse("""
        datasources: [{name: default, url: "http://127.0.0.1:1"}, {name: other, url: "http://127.0.0.1:1"}]
        evaluators: {image: vmalert}
        alertmanager: {name: alertmanager, members: 1, configSecret: alertmanager}
        """);

    static Stream<String> cases() throws IOException {
        return Golden.cases(AREA);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void compilesToTheGoldenRulesAndVerdicts(String name) throws IOException {
        Path folder = Golden.folder(AREA, name);
        RuleCompiler compiler = new RuleCompiler(CONFIGURATION);
        List<LiveRule> rules = new ArrayList<>();
        Map<String, Object> verdicts = new TreeMap<>();

        for (AlertRule rule : rules(folder)) {
            ObjectKey key = key(rule);
            switch (compiler.compile(key, "uid", 1, rule.getSpec())) {
                case Compilation.Runnable(CompiledRule compiled) -> {
                    rules.add(LiveRule.of(compiled));
                    verdicts.put(key.toString(), Map.of("evaluationsPerSecond", compiled.cost()));
                }
                case Compilation.Paused() -> verdicts.put(key.toString(), "Paused");
                case Compilation.Refused(Verdict.Refused(Verdict.Reason reason, String message)) ->
                    verdicts.put(key.toString(), new TreeMap<>(Map.of("reason", reason.name(), "message", message)));
            }
        }

        Golden.assertIsGolden(
                folder.resolve(OUT_RULES), SlotFile.of(SLOT, rules).rules());
        Golden.assertIsGolden(folder.resolve("out-verdicts.yaml"), Golden.YAML.writeValueAsString(verdicts));
    }

    @Test
    @Tag("integration")
    void theEngineLoadsEveryGoldenFileAndAltersNoText(@TempDir Path logs) throws Exception {
        JsonNode loaded = LoadedRules.of(
                CONFIGURATION, Golden.folder(AREA, "*").resolve(OUT_RULES).toString(), logs.resolve("log"));

        assertThat(textsOf(loaded)).isEqualTo(textsOfObjects());
    }

    /** Every rule that the objects describe, by the folder of its case and its name. */
    private static Map<String, Texts> textsOfObjects() throws IOException {
        Map<String, Texts> result = new TreeMap<>();
        for (String name : cases().toList()) {
            RuleCompiler compiler = new RuleCompiler(CONFIGURATION);
            for (AlertRule rule : rules(Golden.folder(AREA, name))) {
                ObjectKey key = key(rule);
                AlertRuleSpec spec = rule.getSpec();
                if (compiler.compile(key, "uid", 1, spec) instanceof Compilation.Runnable) {
                    Map<String, String> labels =
                            new HashMap<>(Objects.requireNonNullElse(spec.labels(), Map.<String, String>of()));
                    labels.put("tocsin_namespace", key.namespace());
                    labels.put("tocsin_rule", key.name());
                    result.put(
                            name + " " + key,
                            new Texts(
                                    Objects.requireNonNullElse(spec.alert(), key.name()),
                                    spec.expr(),
                                    labels,
                                    Objects.requireNonNullElse(spec.annotations(), Map.of())));
                }
            }
        }
        return result;
    }

    private static Map<String, Texts> textsOf(JsonNode answer) {
        Map<String, Texts> result = new TreeMap<>();
        for (JsonNode group : answer.path("data").path("groups")) {
            String name = Path.of(group.path("file").asText())
                    .getParent()
                    .getFileName()
                    .toString();
            for (JsonNode rule : group.path("rules")) {
                result.put(
                        name + " " + group.path("name").asText(),
                        new Texts(
                                rule.path("name").asText(),
                                rule.path("query").asText(),
                                texts(rule.path("labels")),
                                texts(rule.path("annotations"))));
            }
        }
        return result;
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> result = new LinkedHashMap<>();
        object.properties()
                .forEach(entry -> result.put(entry.getKey(), entry.getValue().asText()));
        return result;
    }

    private static List<AlertRule> rules(Path folder) throws IOException {
        List<AlertRule> result = new ArrayList<>();
        for (JsonNode document : Golden.documents(folder)) {
            result.add(Golden.YAML.treeToValue(document, AlertRule.class));
        }
        return result;
    }

    private static ObjectKey key(AlertRule rule) {
        return new ObjectKey(
                rule.getMetadata().getNamespace(), rule.getMetadata().getName());
    }

    /** What a user wrote of a rule, and nobody may alter. */
    private record Texts(String alert, String expr, Map<String, String> labels, Map<String, String> annotations) {}
}
