package dev.tocsin.exporting;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.compile.Compilation;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.importing.Manifests;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes AlertRules as a rule file of Prometheus: one group each, with the labels by which Tocsin's policies route, so
 * that the exported Alertmanager configuration goes along with it.
 */
public final class RuleFileExport {
    private static final JsonMapper JSON = new JsonMapper();

    private RuleFileExport() {}

    /**
     * Exports all AlertRules.
     *
     * @param configuration the operator's, for the default interval; without it the operator's own default holds
     */
    public static Exported export(ExportedObjects objects, Optional<OperatorConfiguration> configuration) {
        RuleCompiler compiler = new RuleCompiler(prometheus(objects, configuration));
        List<String> left = new ArrayList<>(objects.unreadable());
        ArrayNode groups = JsonNodeFactory.instance.arrayNode();
        for (Map.Entry<ObjectKey, AlertRuleSpec> rule : objects.rules().entrySet()) {
            switch (compiler.compile(rule.getKey(), "", 1, rule.getValue())) {
                case Compilation.Runnable(var compiled) -> groups.add(group(compiled.group()));
                case Compilation.Paused() ->
                    left.add("AlertRule " + rule.getKey() + ": is paused, which a rule file cannot say");
                case Compilation.Refused(var verdict) ->
                    left.add("AlertRule " + rule.getKey() + ": " + verdict.message());
            }
        }
        ObjectNode file = JsonNodeFactory.instance.objectNode();
        file.set("groups", groups);
        return new Exported(Manifests.yaml(file), left);
    }

    /** Prometheus evaluates at multiples of an interval, and has no word for it. */
    private static JsonNode group(String compiled) {
        try {
            ObjectNode group = (ObjectNode) JSON.readTree(compiled);
            group.remove("eval_alignment");
            return group;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a compiled group is JSON", e);
        }
    }

    /** Whatever datasources the rules name: it is Prometheus that will be asked, and that remembers nothing. */
    private static OperatorConfiguration prometheus(
            ExportedObjects objects, Optional<OperatorConfiguration> configuration) {
        String datasources = objects.rules().values().stream()
                .map(spec -> spec.datasource() == null ? "default" : spec.datasource())
                .distinct()
                .filter(name -> name.matches("[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?"))
                .map(name -> "- {name: \"" + name + "\", url: \"http://datasource\", language: PromQL}\n")
                .collect(Collectors.joining());
        return OperatorConfiguration.parse("datasources:\n"
                + (datasources.isEmpty() ? "- {name: default, url: \"http://datasource\"}\n" : datasources)
                + configuration
                        .map(own -> "rules: {interval: \"" + own.rules().interval() + "\"}\n")
                        .orElse("")
                + "evaluators: {image: none}\n"
                + "alertmanager: {name: none, members: 1, configSecret: none}\n");
    }
}
