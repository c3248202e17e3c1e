package dev.tocsin.compile;

import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.api.v1alpha1.Expression;
import dev.tocsin.api.v1alpha1.Query;
import dev.tocsin.compile.Verdict.Reason;
import dev.tocsin.compile.Verdict.Refused;
import dev.tocsin.configuration.OperatorConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What can be said against an AlertRule without asking an engine: each check is one fact, the first that speaks
 * decides. The CRD refuses most of it at admission; objects may be older than the CRD, so that the compiler cannot
 * rely on that.
 */
final class RuleChecks {
    /** Longer ones than the CRD admits would, from 1024 characters on, break the whole file for vmalert's parser. */
    private static final Pattern LABEL_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,127}");

    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

    private final OperatorConfiguration configuration;
    private final List<Function<AlertRuleSpec, Optional<Refused>>> checks = List.of(
            this::datasourceIsUnknown,
            this::alertIsBlank,
            this::expressionIsBlank,
            this::bothForms,
            this::queryIsBlank,
            this::referenceIsMalformed,
            this::intervalIsMalformed,
            this::forIsMalformed,
            this::keepFiringForIsMalformed,
            this::labelNameIsMalformed,
            this::labelNameIsReserved,
            this::annotationNameIsMalformed,
            this::textHoldsControlCharacter);

    RuleChecks(OperatorConfiguration configuration) {
        this.configuration = configuration;
    }

    Optional<Refused> firstObjection(AlertRuleSpec spec) {
        return checks.stream().flatMap(check -> check.apply(spec).stream()).findFirst();
    }

    private Optional<Refused> datasourceIsUnknown(AlertRuleSpec spec) {
        String name = RuleCompiler.datasourceOf(spec);
        if (configuration.datasource(name).isPresent()) {
            return Optional.empty();
        }
        String known = configuration.datasources().stream()
                .map(OperatorConfiguration.Datasource::name)
                .collect(Collectors.joining(", "));
        return Optional.of(new Refused(
                Reason.UnknownDatasource,
                "spec.datasource: there is no datasource \"" + name + "\"; use one of: " + known));
    }

    private Optional<Refused> alertIsBlank(AlertRuleSpec spec) {
        return spec.alert() != null && spec.alert().isBlank()
                ? invalid("spec.alert: is empty; give a name, or remove it and the object's name is used")
                : Optional.empty();
    }

    private Optional<Refused> expressionIsBlank(AlertRuleSpec spec) {
        return spec.queries() == null && (spec.expr() == null || spec.expr().isBlank())
                ? invalid("spec.expr: is empty; give a PromQL or MetricsQL expression")
                : Optional.empty();
    }

    private Optional<Refused> bothForms(AlertRuleSpec spec) {
        return spec.queries() != null && spec.expr() != null
                ? invalid("spec.queries: and spec.expr exclude each other; remove one of them")
                : Optional.empty();
    }

    private Optional<Refused> queryIsBlank(AlertRuleSpec spec) {
        return queries(spec)
                .filter(query -> query.expr().isBlank())
                .findFirst()
                .flatMap(query -> invalid("spec.queries: the expr of \"" + query.name()
                        + "\" is empty; give a PromQL or MetricsQL expression"));
    }

    /** Names and labels become part of expressions. */
    private Optional<Refused> referenceIsMalformed(AlertRuleSpec spec) {
        Stream<String> expressions = spec.expressions() == null
                ? Stream.empty()
                : spec.expressions().stream().map(Expression::name);
        Stream<String> dimensions = queries(spec)
                .flatMap(query -> query.dimensions() == null ? Stream.empty() : query.dimensions().stream());
        return Stream.of(queries(spec).map(Query::name), expressions, dimensions)
                .flatMap(names -> names)
                .filter(name -> !LABEL_NAME.matcher(name).matches())
                .findFirst()
                .flatMap(name -> invalid("spec.queries: \"" + name
                        + "\" is not a name; use at most 128 letters, digits and underscores"));
    }

    private static Stream<Query> queries(AlertRuleSpec spec) {
        return spec.queries() == null ? Stream.empty() : spec.queries().stream();
    }

    private Optional<Refused> intervalIsMalformed(AlertRuleSpec spec) {
        if (spec.interval() == null) {
            return Optional.empty();
        }
        Optional<Duration> interval = PromDuration.parse(spec.interval());
        return interval.isPresent() && interval.get().compareTo(SHORTEST_INTERVAL) >= 0
                ? Optional.empty()
                : invalid("spec.interval: \"" + spec.interval() + "\" must be a duration of at least 1s, such as 30s");
    }

    private Optional<Refused> forIsMalformed(AlertRuleSpec spec) {
        return durationIsMalformed("spec.for", spec.forDuration());
    }

    private Optional<Refused> keepFiringForIsMalformed(AlertRuleSpec spec) {
        return durationIsMalformed("spec.keepFiringFor", spec.keepFiringFor());
    }

    private static Optional<Refused> durationIsMalformed(String field, @Nullable String value) {
        return value == null || PromDuration.parse(value).isPresent()
                ? Optional.empty()
                : invalid(field + ": \"" + value + "\" must be a duration such as 5m or 1h30m");
    }

    private Optional<Refused> labelNameIsMalformed(AlertRuleSpec spec) {
        return nameIsMalformed("spec.labels", spec.labels());
    }

    private Optional<Refused> annotationNameIsMalformed(AlertRuleSpec spec) {
        return nameIsMalformed("spec.annotations", spec.annotations());
    }

    private static Optional<Refused> nameIsMalformed(String field, @Nullable Map<String, String> map) {
        return keys(map)
                .filter(name -> !LABEL_NAME.matcher(name).matches())
                .findFirst()
                .flatMap(name -> invalid(field + ": \"" + name
                        + "\" is not a label name; use at most 128 letters, digits and underscores"));
    }

    private Optional<Refused> labelNameIsReserved(AlertRuleSpec spec) {
        return keys(spec.labels())
                .filter(RuleChecks::isReserved)
                .findFirst()
                .flatMap(name -> invalid(
                        "spec.labels: \"" + name + "\" is set by Tocsin; remove it (the alert's name is spec.alert)"));
    }

    private static boolean isReserved(String label) {
        return label.equals("alertname")
                || label.equals("alertgroup")
                || label.startsWith("__")
                || label.startsWith("tocsin_");
    }

    /** YAML has no way to hold some of these, and no rule needs one. */
    private Optional<Refused> textHoldsControlCharacter(AlertRuleSpec spec) {
        Stream<Map.Entry<String, String>> texts = Stream.of(
                        field("spec.alert", spec.alert()),
                        field("spec.expr", spec.expr()),
                        queries(spec).map(query -> Map.entry("spec.queries." + query.name(), query.expr())),
                        entries("spec.labels", spec.labels()),
                        entries("spec.annotations", spec.annotations()))
                .flatMap(stream -> stream);
        return texts.filter(text -> text.getValue().codePoints().anyMatch(RuleChecks::cannotBeWritten))
                .findFirst()
                .flatMap(text -> invalid(text.getKey() + ": holds a control character; remove it"));
    }

    private static boolean cannotBeWritten(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL -> codePoint != '\n' && codePoint != '\t' && codePoint != '\r';
            case Character.SURROGATE -> true;
            default -> codePoint == 0xFEFF || isNoCharacter(codePoint);
        };
    }

    /** The last two code points of every plane: YAML does not admit those of the first. */
    private static boolean isNoCharacter(int codePoint) {
        return (codePoint & 0xFFFE) == 0xFFFE;
    }

    private static Stream<String> keys(@Nullable Map<String, String> map) {
        return map == null ? Stream.empty() : map.keySet().stream();
    }

    private static Stream<Map.Entry<String, String>> field(String name, @Nullable String value) {
        return value == null ? Stream.empty() : Stream.of(Map.entry(name, value));
    }

    private static Stream<Map.Entry<String, String>> entries(String field, @Nullable Map<String, String> map) {
        return map == null
                ? Stream.empty()
                : map.entrySet().stream()
                        .filter(entry -> entry.getValue() != null)
                        .map(entry -> Map.entry(field + "." + entry.getKey(), entry.getValue()));
    }

    private static Optional<Refused> invalid(String message) {
        return Optional.of(new Refused(Reason.InvalidField, message));
    }
}
