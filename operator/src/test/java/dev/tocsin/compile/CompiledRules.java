package dev.tocsin.compile;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.configuration.OperatorConfiguration;

/** Compiled rules for tests of what comes after the compiler. */
public final class CompiledRules {
    private static final RuleCompiler COMPILER = new RuleCompiler(configuration("http://127.0.0.1:1"));

    private CompiledRules() {}

    /** A configuration with datasource default (MetricsQL) and datasource prometheus (PromQL) at that URL. */
    public static OperatorConfiguration configuration(String prometheusUrl) {
        return OperatorConfiguration.parse("""
            datasources:
            - {name: default, url: "http://127.0.0.1:1"}
            - {name: prometheus, url: "%s", language: PromQL}
            evaluators: {image: vmalert}
            alertmanager: {name: alertmanager, members: 1, configSecret: alertmanager}
            """.formatted(prometheusUrl));
    }

    /** A rule of namespace shop, from the YAML of its spec. */
    public static CompiledRule rule(String name, String spec) {
        return rule(name, 1, spec);
    }

    /** A generation of a rule of namespace shop, from the YAML of its spec. */
    public static CompiledRule rule(String name, long generation, String spec) {
        return rule(name, generation, spec(spec));
    }

    /** A generation of a rule of namespace shop. */
    public static CompiledRule rule(String name, long generation, AlertRuleSpec spec) {
        Compilation compilation = COMPILER.compile(new ObjectKey("shop", name), "uid-of-" + name, generation, spec);
        if (compilation instanceof Compilation.Runnable(CompiledRule rule)) {
            return rule;
        }
        throw new IllegalArgumentException("does not compile: " + compilation);
    }

    /** Reads the YAML of a spec. */
    public static AlertRuleSpec spec(String yaml) {
        try {
            return Golden.YAML.readValue(yaml, AlertRuleSpec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
