package dev.tocsin.compile;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.api.v1alpha1.ErrorPolicy;
import dev.tocsin.api.v1alpha1.NoDataPolicy;
import dev.tocsin.compile.queries.Condition;
import dev.tocsin.compile.queries.ConditionCompiler;
import dev.tocsin.compile.queries.NotExpressible;
import dev.tocsin.compile.queries.OwnAlerts;
import dev.tocsin.compile.queries.ValueTemplates;
import dev.tocsin.configuration.OperatorConfiguration;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
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

    /** The alert that says that queries return nothing, as in Grafana. */
    public static final String NO_DATA_ALERT = "DatasourceNoData";

    /** The alert that says that the evaluation fails, as in Grafana. */
    public static final String ERROR_ALERT = "DatasourceError";

    /** The label with the name of the alert in whose place another one speaks, as in Grafana. */
    public static final String RULE_NAME_LABEL = "rulename";

    private static final String DATASOURCE_LABEL = "datasource_uid";
    private static final String DEFAULT_DATASOURCE = "default";

    /**
     * What the last evaluation wrote is not to be hidden from the next one: VictoriaMetrics answers as of
     * -search.latencyOffset ago, 30s by default, whoever asks about later. It refuses 0s (1.150, httputil.GetDuration).
     */
    private static final Map<String, List<String>> NEWEST_SAMPLES = Map.of("latency_offset", List.of("1ms"));

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
        try {
            Group group = spec.queries() == null
                    ? group(key, interval, List.of(rule(key, spec, Objects.requireNonNull(spec.expr()), Map.of())))
                    : groupWithQueries(key, spec, interval);
            return new Compilation.Runnable(new CompiledRule(
                    key,
                    uid,
                    generation,
                    datasourceOf(spec),
                    write(group),
                    evaluationsPerSecond(interval) * group.rules().size(),
                    knownLabels(key, spec),
                    expressions(spec),
                    spec.queries() == null
                            ? OnFailure.KEEP
                            : onFailure(group.rules().getFirst(), spec)));
        } catch (NotExpressible e) {
            return new Compilation.Refused(new Verdict.Refused(Verdict.Reason.InvalidField, e.text()));
        }
    }

    private static Group group(ObjectKey key, String interval, List<Rule> rules) {
        return new Group(key.toString(), interval, false, Map.of(), rules);
    }

    private Group groupWithQueries(ObjectKey key, AlertRuleSpec spec, String interval) throws NotExpressible {
        OperatorConfiguration.Datasource datasource =
                configuration.datasource(datasourceOf(spec)).orElseThrow();
        Condition condition = ConditionCompiler.compile(
                spec,
                datasource.language(),
                PromDuration.parse(interval).orElseThrow().toSeconds(),
                datasource.remoteWrite() == null ? Optional.empty() : Optional.of(ownAlerts(key, spec)));
        Rule alert = rule(key, spec, condition.alerts(), condition.values());
        List<Rule> rules = switch (Objects.requireNonNullElse(spec.noData(), NoDataPolicy.NoData)) {
            case NoData -> List.of(alert, noData(NO_DATA_ALERT, alert, spec, condition, datasource.name()));
            case Alerting -> List.of(alert, noData(alert.alert(), alert, spec, condition, datasource.name()));
            case OK, KeepLast -> List.of(alert);
        };
        return condition.remembers()
                ? new Group(key.toString(), interval, false, NEWEST_SAMPLES, rules)
                : group(key, interval, rules);
    }

    private static OwnAlerts ownAlerts(ObjectKey key, AlertRuleSpec spec) {
        return new OwnAlerts(
                key.namespace(),
                key.name(),
                Objects.requireNonNullElse(spec.alert(), key.name()),
                spec.labels() == null ? Set.of() : spec.labels().keySet());
    }

    private static Rule noData(String name, Rule alert, AlertRuleSpec spec, Condition condition, String datasource) {
        Map<String, String> labels = labelsInItsPlace(name, alert, datasource);
        labels.remove(Condition.REF_ID);
        return new Rule(
                name, condition.noData(), spec.forDuration(), null, labels, withoutTemplates(alert.annotations()));
    }

    private static OnFailure onFailure(Rule alert, AlertRuleSpec spec) {
        ErrorPolicy policy = Objects.requireNonNullElse(spec.onError(), ErrorPolicy.Error);
        String name = policy == ErrorPolicy.Error ? ERROR_ALERT : alert.alert();
        Map<String, String> labels = labelsInItsPlace(name, alert, datasourceOf(spec));
        labels.put("alertname", name);
        labels.values().removeIf(String::isEmpty);
        return new OnFailure(
                policy,
                PromDuration.parse(Objects.requireNonNullElse(spec.forDuration(), "0"))
                        .orElseThrow(),
                labels,
                withoutTemplates(alert.annotations()));
    }

    /**
     * The labels of an alert that speaks in the place of a rule's own. What is templated stays out: there are no series
     * from which it could take anything.
     */
    private static Map<String, String> labelsInItsPlace(String name, Rule alert, String datasource) {
        Map<String, String> labels = withoutTemplates(alert.labels());
        if (!name.equals(alert.alert())) {
            labels.put(RULE_NAME_LABEL, alert.alert());
        }
        labels.put(DATASOURCE_LABEL, datasource);
        // Identity comes last, and a map keeps the place of a name that it has.
        for (String identity : List.of(NAMESPACE_LABEL, RULE_LABEL)) {
            labels.put(identity, Objects.requireNonNull(labels.remove(identity)));
        }
        return labels;
    }

    private static Map<String, String> withoutTemplates(Map<String, String> texts) {
        Map<String, String> result = new LinkedHashMap<>(texts);
        result.values().removeIf(text -> text.contains("{{"));
        return result;
    }

    private static Map<String, String> expressions(AlertRuleSpec spec) {
        if (spec.queries() == null) {
            return Map.of("spec.expr", Objects.requireNonNull(spec.expr()));
        }
        Map<String, String> result = new LinkedHashMap<>();
        for (int i = 0; i < spec.queries().size(); i++) {
            result.put("spec.queries[" + i + "].expr", spec.queries().get(i).expr());
        }
        return result;
    }

    /**
     * The labels that all alerts of a rule have, known before it fires; those whose value is a template are not among
     * them, and an empty one takes the series' label away.
     */
    public static Map<String, String> knownLabels(ObjectKey key, AlertRuleSpec spec) {
        Map<String, String> known = new TreeMap<>(sorted(spec.labels()));
        known.put(NAMESPACE_LABEL, key.namespace());
        known.put(RULE_LABEL, key.name());
        known.put("alertname", Objects.requireNonNullElse(spec.alert(), key.name()));
        known.values().removeIf(value -> value.contains("{{"));
        return known;
    }

    /**
     * A rule's group for vmalert to judge: what the user wrote comes first, each as a rule with the name of its field, so
     * that the first error is about that and says where.
     */
    public static String forJudgement(CompiledRule rule) {
        if (rule.expressions().containsKey("spec.expr")) {
            return rule.group();
        }
        return edited(rule.group(), rules -> {
            int place = 0;
            for (Map.Entry<String, String> expression : rule.expressions().entrySet()) {
                rules.insertObject(place++).put("alert", expression.getKey()).put("expr", expression.getValue());
            }
        });
    }

    /** A rule's group with expressions that pass in every language, for its templates to be judged. */
    public static String withoutExpressions(CompiledRule rule) {
        return edited(rule.group(), rules -> rules.forEach(each -> ((ObjectNode) each).put("expr", "1")));
    }

    private static String edited(String group, Consumer<ArrayNode> edit) {
        try {
            JsonNode tree = JSON.readTree(group);
            edit.accept((ArrayNode) tree.path("rules"));
            return JSON.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a compiled group", e);
        }
    }

    static String datasourceOf(AlertRuleSpec spec) {
        return Objects.requireNonNullElse(spec.datasource(), DEFAULT_DATASOURCE);
    }

    private static Rule rule(ObjectKey key, AlertRuleSpec spec, String expression, Map<String, String> values)
            throws NotExpressible {
        Map<String, String> labels = new LinkedHashMap<>(texts("spec.labels", spec.labels(), values));
        labels.put(NAMESPACE_LABEL, key.namespace());
        labels.put(RULE_LABEL, key.name());
        return new Rule(
                Objects.requireNonNullElse(spec.alert(), key.name()),
                expression,
                spec.forDuration(),
                spec.keepFiringFor(),
                labels,
                texts("spec.annotations", spec.annotations(), values));
    }

    private static Map<String, String> texts(
            String field, @Nullable Map<String, @Nullable String> map, Map<String, String> values)
            throws NotExpressible {
        Map<String, String> result = sorted(map);
        if (!values.isEmpty()) {
            for (Map.Entry<String, String> text : result.entrySet()) {
                text.setValue(ValueTemplates.rewrite(field + "." + text.getKey(), text.getValue(), values));
            }
        }
        return result;
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
     * @param params go with each query to the datasource. vmalert does not tell groups apart by them
     */
    private record Group(
            String name,
            String interval,
            @JsonProperty("eval_alignment") boolean evalAlignment,
            Map<String, List<String>> params,
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
