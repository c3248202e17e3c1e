package dev.tocsin.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.check.Finding.Severity;
import dev.tocsin.check.Finding.Topic;
import dev.tocsin.compile.Compilation;
import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.compile.Verdict;
import dev.tocsin.vet.RuleVetter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compiles AlertRules and has vmalert judge them, as the operator does. */
final class RuleCheck {
    private final RuleCompiler compiler;
    private final RuleVetter vetter;

    RuleCheck(RuleCompiler compiler, RuleVetter vetter) {
        this.compiler = compiler;
        this.vetter = vetter;
    }

    /**
     * What became of the rules.
     *
     * @param labels those that are known of the alerts of each rule that may run
     */
    record Result(List<Finding> findings, Map<ObjectKey, Map<String, String>> labels) {}

    Result check(List<CheckedObject> rules) {
        List<Finding> findings = new ArrayList<>();
        Map<CompiledRule, CheckedObject> compiled = new LinkedHashMap<>();
        Map<ObjectKey, Map<String, String>> labels = new TreeMap<>();
        for (CheckedObject rule : rules) {
            try {
                AlertRuleSpec spec = rule.spec(AlertRuleSpec.class);
                unclosed("spec.labels.", spec.labels(), rule, findings);
                unclosed("spec.annotations.", spec.annotations(), rule, findings);
                switch (compiler.compile(rule.key(), "", 0, spec)) {
                    case Compilation.Runnable(CompiledRule runnable) -> compiled.put(runnable, rule);
                    case Compilation.Refused(Verdict.Refused verdict) ->
                        findings.add(rule.refused(Topic.rule, verdict));
                    case Compilation.Paused() -> {}
                }
            } catch (JsonProcessingException e) {
                findings.add(rule.finding(Severity.error, Topic.schema, "spec", e.getOriginalMessage()));
            }
        }
        vetter.vet(compiled.keySet()).forEach((rule, verdict) -> {
            CheckedObject object = compiled.get(rule);
            if (object != null && verdict instanceof Verdict.Refused refused) {
                findings.add(object.refused(Topic.rule, refused));
            } else {
                labels.put(rule.key(), rule.labels());
            }
        });
        return new Result(findings, labels);
    }

    /** To vmalert v1.150 a text without both pairs of braces is no template, whose -dryRun passes it; Prometheus refuses it. */
    private static void unclosed(
            String fields, @Nullable Map<String, String> texts, CheckedObject rule, List<Finding> findings) {
        Objects.requireNonNullElse(texts, Map.<String, String>of()).forEach((name, text) -> {
            if (text != null && text.contains("{{") && !text.contains("}}")) {
                findings.add(rule.finding(
                        Severity.warning,
                        Topic.rule,
                        fields + name,
                        "has {{ without }}, and so is told as it is written; close the template"));
            }
        });
    }
}
