package dev.tocsin.compile.queries;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.compile.Compilation;
import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.Golden;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.compile.Verdict;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.configuration.OperatorConfiguration.Language;
import dev.tocsin.engines.Engines;
import dev.tocsin.vet.RuleVetter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compiles each folder of golden/queries for both languages to vmalert rules and to verdicts, and those of
 * golden/remembered for a datasource that takes the state of alerts.
 */
class GoldenQueriesTest {
    private static final String AREA = "queries";
    private static final String REMEMBERED = "remembered";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final OperatorConfiguration REMEMBERING = OperatorConfiguration.parse("""
        datasources: [{name: default, url: "http://127.0.0.1:1", remoteWrite: {url: "http://127.0.0.1:1"}}]
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
        for (Language language : Language.values()) {
            Golden.assertIsGolden(
                    folder.resolve("out-" + language.name().toLowerCase(Locale.ROOT) + ".yaml"),
                    text(compile(folder, configuration(language))));
        }
    }

    static Stream<String> rememberedCases() throws IOException {
        return Golden.cases(REMEMBERED);
    }

    @ParameterizedTest
    @MethodSource("rememberedCases")
    void compilesToTheGoldenRulesWhereAlertsAreRemembered(String name) throws IOException {
        Path folder = Golden.folder(REMEMBERED, name);

        Golden.assertIsGolden(folder.resolve("out-rules.yaml"), text(compile(folder, REMEMBERING)));
    }

    private static String text(Map<ObjectKey, Compilation> compilations) throws IOException {
        ObjectNode result = Golden.YAML.createObjectNode();
        for (Map.Entry<ObjectKey, Compilation> compiled : compilations.entrySet()) {
            String key = compiled.getKey().toString();
            switch (compiled.getValue()) {
                case Compilation.Runnable(CompiledRule rule) -> {
                    ObjectNode group = (ObjectNode) JSON.readTree(rule.group());
                    result.set(key, group.has("params") ? group.retain("params", "rules") : group.path("rules"));
                }
                case Compilation.Paused() -> result.put(key, "Paused");
                case Compilation.Refused(Verdict.Refused(Verdict.Reason reason, String message)) ->
                    result.putObject(key).put("reason", reason.name()).put("message", message);
            }
        }
        return Golden.YAML.writeValueAsString(result);
    }

    @Test
    @Tag("integration")
    void theEngineTakesEveryCompiledRuleOfBothLanguages() throws IOException {
        List<CompiledRule> rules = new ArrayList<>();
        for (String name : cases().toList()) {
            for (Language language : Language.values()) {
                rules.addAll(runnable(compile(Golden.folder(AREA, name), configuration(language))));
            }
        }
        for (String name : rememberedCases().toList()) {
            rules.addAll(runnable(compile(Golden.folder(REMEMBERED, name), REMEMBERING)));
        }

        Map<CompiledRule, Verdict> verdicts = new RuleVetter(
                        Engines.binary("vmalert"), configuration(Language.MetricsQL), promql -> Map.of())
                .vet(rules);

        assertThat(verdicts.values()).isNotEmpty().containsOnly(new Verdict.Accepted());
    }

    private static List<CompiledRule> runnable(Map<ObjectKey, Compilation> compilations) {
        List<CompiledRule> rules = new ArrayList<>();
        compilations.values().forEach(compilation -> {
            if (compilation instanceof Compilation.Runnable(CompiledRule rule)) {
                rules.add(rule);
            }
        });
        return rules;
    }

    private static Map<ObjectKey, Compilation> compile(Path folder, OperatorConfiguration configuration)
            throws IOException {
        RuleCompiler compiler = new RuleCompiler(configuration);
        Map<ObjectKey, Compilation> result = new TreeMap<>();
        for (JsonNode document : Golden.documents(folder)) {
            AlertRule rule = Golden.YAML.treeToValue(document, AlertRule.class);
            ObjectKey key = new ObjectKey(
                    rule.getMetadata().getNamespace(), rule.getMetadata().getName());
            result.put(key, compiler.compile(key, "uid", 1, rule.getSpec()));
        }
        return result;
    }

    private static OperatorConfiguration configuration(Language language) {
        return OperatorConfiguration.parse("""
            datasources: [{name: default, url: "http://127.0.0.1:1", language: %s}]
            evaluators: {image: vmalert}
            alertmanager: {name: alertmanager, members: 1, configSecret: alertmanager}
            """.formatted(language));
    }
}
