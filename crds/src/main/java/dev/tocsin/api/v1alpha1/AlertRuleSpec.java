package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the user asks of one alert. Durations are in Prometheus syntax. */
@JsonClassDescription("The alert: what is evaluated, how often, and what is said when it holds.")
@ValidationRule(
        value = "has(self.expr) || has(self.queries)",
        fieldPath = ".expr",
        reason = "FieldValueRequired",
        message = "expr is missing: give the PromQL or MetricsQL expression that the alert is about; or queries,"
                + " expressions and condition")
@ValidationRule(
        value = "!(has(self.expr) && has(self.queries))",
        message = "expr and queries exclude each other: remove expr, or remove queries, expressions and condition")
@ValidationRule(
        value = "!has(self.queries) || has(self.condition)",
        message = "condition is missing: name the query or expression that decides, such as the threshold")
@ValidationRule(
        value = "has(self.queries) || !(has(self.expressions) || has(self.condition) || has(self.noData) ||"
                + " has(self.onError) || has(self.missingSeriesEvaluations))",
        message =
                "expressions, condition, noData, onError and missingSeriesEvaluations go with queries; remove them, or"
                        + " move expr into queries")
public record AlertRuleSpec(
        @JsonPropertyDescription("Name of the alert, which becomes its label alertname. Several rules may share a name."
                + " Default: metadata.name. Example: CheckoutErrors.")
        @Size(min = 1, max = 256)
        @Pattern(Syntax.ONE_LINE)
        @Nullable
        String alert,

        @JsonPropertyDescription(
                "Name of the datasource that answers expr, one of those in the operator's configuration."
                        + " Default: the operator's default datasource. Example: default.")
        @Size(min = 1, max = 63)
        @Pattern(Syntax.DNS_LABEL)
        @Nullable
        String datasource,

        @JsonPropertyDescription("The expression, in the datasource's language: PromQL for Prometheus, MetricsQL for"
                + " VictoriaMetrics. Every series that it returns is an alert. Either expr or queries is set. Example:"
                + " sum by (route) (rate(http_requests_total{job=\"checkout\",code=~\"5..\"}[5m])) > 1.")
        @Size(min = 1, max = 16384)
        @Pattern(Syntax.NOT_BLANK)
        @Nullable
        String expr,

        @JsonPropertyDescription(
                "Questions to the datasource, in the place of expr: expressions reduce, combine and compare what they"
                        + " return, and condition names the one that decides.")
        @Size(min = 1, max = 8)
        @Nullable
        List<Query> queries,

        @JsonPropertyDescription("Steps from what queries return to the condition, in any order. Default: none.")
        @Size(max = 16)
        @Nullable
        List<Expression> expressions,

        @JsonPropertyDescription(
                "Name of the query or expression that decides: each of its series is an alert as long as its number is"
                        + " not 0. Needed with queries. Example: high.")
        @Size(min = 1, max = 63)
        @Pattern(Syntax.REF_NAME)
        @Nullable
        String condition,

        @JsonPropertyDescription(
                "With queries: what happens when they return nothing. NoData: an alert DatasourceNoData with the labels"
                        + " rulename, datasource_uid and ref_id. Alerting: the alert itself, with the labels"
                        + " datasource_uid and ref_id. OK: nothing, alerts resolve. KeepLast: alerts stay as they"
                        + " were; the datasource needs remoteWrite in the operator's configuration. Default: NoData.")
        @Nullable
        NoDataPolicy noData,

        @JsonPropertyDescription(
                "With queries: what happens when the evaluation fails. Error: an alert DatasourceError with the labels"
                        + " rulename and datasource_uid. Alerting: the alert itself. OK: alerts resolve. KeepLast: alerts"
                        + " that fire are kept firing. Default: Error.")
        @Nullable
        ErrorPolicy onError,

        @JsonPropertyDescription(
                "With queries: an alert whose series has vanished, while others are there, resolves at this many"
                        + " evaluations without it. Default: 2.")
        @Min(1)
        @Max(10)
        @Nullable
        Integer missingSeriesEvaluations,

        @JsonPropertyDescription(
                "Time from one evaluation to the next, at least 1s. Default: the operator's configuration."
                        + " Example: 30s.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.INTERVAL)
        @Nullable
        String interval,

        @JsonProperty("for")
        @JsonPropertyDescription(
                "How long expr or condition must hold before the alert fires; until then it is pending. Default:"
                        + " 0, it fires at once. Example: 5m.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.DURATION)
        @Nullable
        String forDuration,

        @JsonPropertyDescription(
                "How long the alert keeps firing after expr or condition has ceased to hold. Stops alerts that flap."
                        + " Default: 0, it resolves at once. Example: 10m.")
        @Size(min = 1, max = 32)
        @Pattern(Syntax.DURATION)
        @Nullable
        String keepFiringFor,

        @JsonPropertyDescription(
                "Labels to add to each alert; policies route by them. A value may be a template such as {{"
                        + " $labels.route }}. Names have letters, digits and underscores; alertname, alertgroup and names"
                        + " that begin with tocsin_ or __ are set by Tocsin. Default: none. Example: severity: page.")
        @Size(max = 32)
        @ValidationRule(
                value = "self.all(name, name.matches(r'" + Syntax.LABEL_NAME + "'))",
                message = "labels: each name must have letters, digits and underscores only and must not begin with a"
                        + " digit")
        @ValidationRule(
                value = "self.all(name, name.size() <= 128)",
                message = "labels: each name must have at most 128 characters")
        @ValidationRule(
                value = "!self.exists(name, name in ['alertname', 'alertgroup'] || name.startsWith('tocsin_') ||"
                        + " name.startsWith('__'))",
                message = "labels: alertname, alertgroup and names that begin with tocsin_ or __ are set by Tocsin;"
                        + " remove them (the alert's name is spec.alert)")
        @Nullable
        Map<String, @Size(max = 1024) String> labels,

        @JsonPropertyDescription(
                "Texts to send along with each alert, such as summary, description or runbook_url. A value"
                        + " may be a template that uses $labels, $value and $expr. Default: none. Example: summary:"
                        + " \"{{ $labels.route }} fails {{ $value }}/s\".")
        @Size(max = 32)
        @ValidationRule(
                value = "self.all(name, name.matches(r'" + Syntax.LABEL_NAME + "'))",
                message = "annotations: each name must have letters, digits and underscores only and must not begin"
                        + " with a digit")
        @ValidationRule(
                value = "self.all(name, name.size() <= 128)",
                message = "annotations: each name must have at most 128 characters")
        @Nullable
        Map<String, @Size(max = 8192) String> annotations,

        @JsonPropertyDescription("True stops the evaluation; the rule's alerts resolve. Default: false.") @Nullable
        Boolean paused) {

    /** A rule of one expression. */
    public AlertRuleSpec(
            @Nullable String alert,
            @Nullable String datasource,
            @Nullable String expr,
            @Nullable String interval,
            @Nullable String forDuration,
            @Nullable String keepFiringFor,
            @Nullable Map<String, String> labels,
            @Nullable Map<String, String> annotations,
            @Nullable Boolean paused) {
        this(
                alert,
                datasource,
                expr,
                null,
                null,
                null,
                null,
                null,
                null,
                interval,
                forDuration,
                keepFiringFor,
                labels,
                annotations,
                paused);
    }
}
