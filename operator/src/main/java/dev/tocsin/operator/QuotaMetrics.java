package dev.tocsin.operator;

import dev.tocsin.place.Quotas.Usage;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The quotas as metrics: those of the namespaces that use most of theirs, since there may be thousands. */
final class QuotaMetrics {
    static final int MOST_NAMESPACES = 100;

    private final MultiGauge rules;
    private final MultiGauge rulesLimit;
    private final MultiGauge evaluations;
    private final MultiGauge evaluationsLimit;
    private final MultiGauge waiting;

    QuotaMetrics(MeterRegistry metrics) {
        rules = gauge(metrics, "tocsin.quota.rules", "Live rules of a namespace with a quota");
        rulesLimit = gauge(metrics, "tocsin.quota.rules.limit", "Rules that a namespace may have");
        evaluations = gauge(
                metrics,
                "tocsin.quota.evaluations.per.second",
                "Summed evaluations per second of the live rules of a namespace with a quota");
        evaluationsLimit = gauge(
                metrics,
                "tocsin.quota.evaluations.per.second.limit",
                "Evaluations per second that a namespace may have");
        waiting = gauge(
                metrics, "tocsin.quota.waiting.rules", "Rules, or edits of rules, for which their quota has no room");
    }

    private static MultiGauge gauge(MeterRegistry metrics, String name, String description) {
        return MultiGauge.builder(name).description(description).register(metrics);
    }

    /** Tells of those of these namespaces that use most of their quota, and of no others. */
    void tell(Collection<Usage> usage) {
        List<Usage> fullest = usage.stream()
                .sorted(Comparator.comparingInt(Usage::waiting)
                        .thenComparingDouble(Usage::share)
                        .reversed()
                        .thenComparing(Usage::namespace))
                .limit(MOST_NAMESPACES)
                .toList();
        List<Row<?>> ruleRows = new ArrayList<>();
        List<Row<?>> ruleLimitRows = new ArrayList<>();
        List<Row<?>> evaluationRows = new ArrayList<>();
        List<Row<?>> evaluationLimitRows = new ArrayList<>();
        List<Row<?>> waitingRows = new ArrayList<>();
        for (Usage one : fullest) {
            Tags tags = Tags.of("namespace", one.namespace());
            ruleRows.add(Row.of(tags, one.rules()));
            evaluationRows.add(Row.of(tags, one.evaluationsPerSecond()));
            waitingRows.add(Row.of(tags, one.waiting()));
            addIfSet(ruleLimitRows, tags, one.quota().rules());
            addIfSet(evaluationLimitRows, tags, one.quota().evaluationsPerSecond());
        }
        rules.register(ruleRows, true);
        rulesLimit.register(ruleLimitRows, true);
        evaluations.register(evaluationRows, true);
        evaluationsLimit.register(evaluationLimitRows, true);
        waiting.register(waitingRows, true);
    }

    private static void addIfSet(List<Row<?>> rows, Tags tags, @Nullable Number limit) {
        if (limit != null) {
            rows.add(Row.of(tags, limit));
        }
    }
}
