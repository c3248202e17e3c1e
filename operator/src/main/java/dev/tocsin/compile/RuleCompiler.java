package dev.tocsin.compile;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.configuration.OperatorConfiguration;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns one AlertRule into one vmalert group.
 *
 * <p>A group is written as one line of JSON. JSON is YAML, so vmalert reads it; a slot's file is then a list of lines,
 * which anything can split without parsing, and Jackson does all the quoting.
 *
 * <p>vmalert 1.150 replaces <code>%{NAME}</code> in a file's bytes by an environment variable before it parses them
 * (lib/envtemplate): every <code>%</code> is therefore written as the escape <code>\u0025</code>, and no text of a
 * user can hold that sequence. U+2028 and U+2029 are line breaks to a YAML 1.1 parser, at which it trims blanks and
 * ends documents, and are written as escapes too.
 */
public final class RuleCompiler {
    /** The label that carries the AlertRule's namespace on every alert. */
    public static final String NAMESPACE_LABEL = "tocsin_namespace";

    /** The label that carries the AlertRule's name on every alert. */
    public static final String RULE_LABEL = "tocsin_rule";

    private static final String DEFAULT_DATASOURCE = "default";
    private static final JsonMapper JSON = withHazardsEscaped();

    private final OperatorConfiguration configuration;
    private final RuleChecks checks;

    public RuleCompiler(OperatorConfiguration configuration) {
        this.configuration = configuration;
        this.checks = new RuleChecks(configuration);
    }

    /**
     * Compiles one AlertRule.
     *
     * @param key the object's namespace and name: the group's name is made from it and stays the same for life, since
     *     vmalert keys a group's timers by it
     * @param uid the object's uid
     * @param generation the object's generation
     */
    public Compilation compile(ObjectKey key, String uid, long generation, AlertRuleSpec spec) {
        Optional<Verdict.Refused> objection = checks.firstObjection(spec);
        if (objection.isPresent()) {
            return new Compilation.Refused(objection.get());
        }
        if (Boolean.TRUE.equals(spec.paused())) {
            return new Compilation.Paused();
        }
        String interval = Objects.requireNonNullElse(
                spec.interval(), configuration.rules().interval());
        Rule rule = rule(key, spec);
        String group = write(new Group(key.toString(), interval, false, List.of(rule)));
        return new Compilation.Runnable(new CompiledRule(
                key, uid, generation, datasourceOf(spec), group, evaluationsPerSecond(interval), knownLabels(rule)));
    }

    /** Before it fires: what is a template depends on the series. */
    private static Map<String, String> knownLabels(Rule rule) {
        Map<String, String> known = new TreeMap<>(rule.labels());
        known.put("alertname", rule.alert());
        known.values().removeIf(value -> value.contains("{{"));
        return known;
    }

    /**
     * A group with another expression in the place of its own.
     *
     * @param group one compiled group
     */
    public static String withExpression(String group, String expression) {
        try {
            JsonNode tree = JSON.readTree(group);
            ((ObjectNode) tree.path("rules").path(0)).put("expr", expression);
            return JSON.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a compiled group", e);
        }
    }

    static String datasourceOf(AlertRuleSpec spec) {
        return Objects.requireNonNullElse(spec.datasource(), DEFAULT_DATASOURCE);
    }

    private static Rule rule(ObjectKey key, AlertRuleSpec spec) {
        Map<String, String> labels = new LinkedHashMap<>(sorted(spec.labels()));
        labels.put(NAMESPACE_LABEL, key.namespace());
        labels.put(RULE_LABEL, key.name());
        return new Rule(
                Objects.requireNonNullElse(spec.alert(), key.name()),
                Objects.requireNonNull(spec.expr()),
                spec.forDuration(),
                spec.keepFiringFor(),
                labels,
                sorted(spec.annotations()));
    }

    private static double evaluationsPerSecond(String interval) {
        Duration duration = PromDuration.parse(interval).orElseThrow();
        return 1000.0 / duration.toMillis();
    }

    /** An empty value stays: to vmalert, an empty label takes the series' label of that name away. */
    private static Map<String, String> sorted(@Nullable Map<String, @Nullable String> map) {
        Map<String, String> result = new TreeMap<>();
        if (map != null) {
            map.forEach((name, value) -> result.put(name, Objects.requireNonNullElse(value, "")));
        }
        return result;
    }

    private static String write(Group group) {
        try {
            return JSON.writeValueAsString(group);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of strings cannot fail to be written", e);
        }
    }

    private static JsonMapper withHazardsEscaped() {
        JsonMapper mapper = JsonMapper.builder()
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
                .build();
        mapper.getFactory().setCharacterEscapes(new Hazards());
        return mapper;
    }

    /**
     * A vmalert rule group, vmalert 1.150.
     *
     * @param evalAlignment false: an evaluation looks at the moment at which it is made. vmalert's default is the last
     *     multiple of the interval, up to one interval ago, as groups are spread over the interval: an alert would come as
     *     much later
     */
    private record Group(
            String name,
            String interval,
            @JsonProperty("eval_alignment") boolean evalAlignment,
            List<Rule> rules) {}

    /** A vmalert alerting rule, vmalert 1.150. */
    private record Rule(
            String alert,
            String expr,
            @JsonProperty("for") @Nullable String forDuration,
            @JsonProperty("keep_firing_for") @Nullable String keepFiringFor,
            Map<String, String> labels,
            Map<String, String> annotations) {}

    private static final class Hazards extends CharacterEscapes {
        private static final long serialVersionUID = 1L;
        private static final SerializableString LINE_SEPARATOR = new SerializedString("\\u2028");
        private static final SerializableString PARAGRAPH_SEPARATOR = new SerializedString("\\u2029");

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] codes = standardAsciiEscapesForJSON();
            codes['%'] = ESCAPE_STANDARD;
            return codes;
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int character) {
            return switch (character) {
                case 0x2028 -> LINE_SEPARATOR;
                case 0x2029 -> PARAGRAPH_SEPARATOR;
                default -> null;
            };
        }
    }
}
