package dev.tocsin.status;

import dev.tocsin.api.v1alpha1.AlertInstance;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.api.v1alpha1.AlertState;
import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.EvaluatorStatus;
import dev.tocsin.api.v1alpha1.HeldBack;
import dev.tocsin.api.v1alpha1.Hold;
import dev.tocsin.compile.delivery.Forecast;
import dev.tocsin.observe.SeenAlert;
import dev.tocsin.observe.SentTo;
import dev.tocsin.status.Conditions.Truth;
import dev.tocsin.status.RuleFacts.Evaluation;
import dev.tocsin.status.RuleFacts.Lag;
import dev.tocsin.status.RuleFacts.Live;
import dev.tocsin.status.RuleFacts.Standing;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns the facts of one AlertRule into its status. Pure: the same facts and the same previous status give an equal
 * status, whatever the time, so that nothing is written when nothing happened.
 */
public final class AlertRuleStatusFactory {
    /** The condition that GitOps tools read. It says nothing about firing. */
    public static final String READY = "Ready";

    static final String ACCEPTED = "Accepted";
    static final String LOADED = "Loaded";
    static final String EVALUATING = "Evaluating";
    static final String ROUTED = "Routed";
    static final String STALLED = "Stalled";

    private static final int MOST_NAMES = 10;
    private static final String REACH =
            "; write a NotificationPolicy in the rule's namespace whose matchers take its labels,"
                    + " or have a default contact point configured";
    private static final Duration SAME_BEGINNING = Duration.ofMinutes(1);

    private AlertRuleStatusFactory() {}

    /**
     * The status that tells these facts.
     *
     * @param previous the status so far
     * @param now stamps what changed against the previous status, and nothing else
     */
    public static AlertRuleStatus status(RuleFacts facts, @Nullable AlertRuleStatus previous, Instant now) {
        AlertRuleStatus lastKnown = isLastKnown(facts, previous) ? previous : null;
        AlertRuleState state = lastKnown != null ? lastKnown.state() : state(facts);
        List<Condition> conditions = conditions(facts, previous, now);
        Condition ready = conditions.getFirst();
        String since = previous != null && previous.state() == state ? previous.since() : null;
        Live live = facts.live();
        return new AlertRuleStatus(
                facts.generation(),
                state,
                lastKnown != null ? lastKnown.firing() : Integer.valueOf(count(facts.alerts(), true)),
                lastKnown != null ? lastKnown.pending() : Integer.valueOf(count(facts.alerts(), false)),
                since != null ? since : Conditions.timestamp(now),
                lastKnown != null ? lastKnown.alerts() : alerts(facts, previous),
                live == null ? null : new EvaluatorStatus(live.shard(), live.generation()),
                lastKnown != null ? lastKnown.contactPoints() : contactPoints(facts, previous),
                lastKnown != null ? lastKnown.heldBack() : heldBack(facts, previous),
                ready.status().equals(Truth.True.name()) ? null : ready.reason(),
                conditions);
    }

    /** Whether a status says that this generation was proven to be loaded on all replicas. */
    public static boolean saysLoaded(@Nullable AlertRuleStatus status, long generation) {
        return status != null
                && status.evaluator() != null
                && Objects.equals(status.evaluator().generation(), generation)
                && Conditions.find(status.conditions(), LOADED)
                        .filter(condition -> condition.reason().equals("Loaded")
                                || condition.reason().equals("PreviousGeneration"))
                        .isPresent();
    }

    /** Whether what was reported before is all that is known of the rule's state. */
    private static boolean isLastKnown(RuleFacts facts, @Nullable AlertRuleStatus previous) {
        return isNotEvaluatedAnew(facts, previous) && facts.alerts().isEmpty();
    }

    /**
     * Whether the rule ran already, and none of the replicas that are there now is known to have evaluated it, because
     * they are new or because there are none. Alerts are polled more often than evaluations: they may be there before.
     */
    private static boolean isNotEvaluatedAnew(RuleFacts facts, @Nullable AlertRuleStatus previous) {
        return facts.live() != null
                && !facts.evaluation().evaluated()
                && previous != null
                && previous.evaluator() != null
                && Objects.equals(
                        previous.evaluator().generation(), facts.live().generation())
                && previous.state() != null
                && previous.state() != AlertRuleState.Unknown
                && previous.state() != AlertRuleState.Paused;
    }

    private static AlertRuleState state(RuleFacts facts) {
        if (facts.standing() instanceof Standing.Paused) {
            return AlertRuleState.Paused;
        }
        if (facts.live() == null) {
            return AlertRuleState.Unknown;
        }
        if (facts.alerts().stream().anyMatch(alert -> alert.firing() && !alert.saysNoData())) {
            return AlertRuleState.Firing;
        }
        if (facts.alerts().stream().anyMatch(SeenAlert::firing)) {
            return AlertRuleState.NoData;
        }
        if (!facts.alerts().isEmpty()) {
            return AlertRuleState.Pending;
        }
        if (!facts.evaluation().error().isEmpty()) {
            return AlertRuleState.Error;
        }
        return facts.evaluation().evaluated() ? AlertRuleState.Inactive : AlertRuleState.Unknown;
    }

    private static int count(List<SeenAlert> alerts, boolean firing) {
        return (int) alerts.stream().filter(alert -> alert.firing() == firing).count();
    }

    /** Before Alertmanager has spoken to this process, what was reported last is the best that is known. */
    private static boolean isToldByPrevious(RuleFacts facts) {
        return !facts.alertmanagerHasSpoken() && !facts.alerts().isEmpty();
    }

    private static @Nullable List<String> contactPoints(RuleFacts facts, @Nullable AlertRuleStatus previous) {
        if (isToldByPrevious(facts)) {
            return previous == null ? null : previous.contactPoints();
        }
        return facts.sentTo() == null ? null : named(facts.sentTo().contactPoints());
    }

    private static @Nullable List<String> named(List<String> contactPoints) {
        List<String> named = contactPoints.stream()
                .distinct()
                .limit(AlertRuleStatus.MAX_CONTACT_POINTS)
                .toList();
        return named.isEmpty() ? null : named;
    }

    private static @Nullable HeldBack heldBack(RuleFacts facts, @Nullable AlertRuleStatus previous) {
        if (isToldByPrevious(facts)) {
            return previous == null ? null : previous.heldBack();
        }
        Map<Hold, Integer> counts = new EnumMap<>(Hold.class);
        facts.alerts().stream()
                .filter(SeenAlert::firing)
                .flatMap(alert -> Stream.ofNullable(way(facts, alert)))
                .flatMap(way -> way.holds().stream())
                .forEach(hold -> counts.merge(hold, 1, Integer::sum));
        return counts.isEmpty()
                ? null
                : new HeldBack(counts.get(Hold.Silenced), counts.get(Hold.Inhibited), counts.get(Hold.Muted));
    }

    /** Alertmanager may remember an alert that was firing and is pending again: that one is not being sent. */
    private static SentTo.@Nullable Way way(RuleFacts facts, SeenAlert alert) {
        return facts.sentTo() == null || !alert.firing() ? null : facts.sentTo().of(alert);
    }

    /** Oldest firing first. An alert that was reported before is reported as it was, but for where it goes. */
    private static @Nullable List<AlertInstance> alerts(RuleFacts facts, @Nullable AlertRuleStatus previous) {
        if (facts.alerts().isEmpty()) {
            return null;
        }
        List<AlertInstance> reported = previous == null || previous.alerts() == null ? List.of() : previous.alerts();
        return facts.alerts().stream()
                .sorted(Comparator.comparing(SeenAlert::firing)
                        .reversed()
                        .thenComparing(SeenAlert::activeAt)
                        .thenComparing(alert -> alert.labels().toString()))
                .limit(AlertRuleStatus.MAX_ALERTS)
                .map(alert -> {
                    AlertInstance now = instance(alert, way(facts, alert));
                    return reported.stream()
                            .filter(before -> isSame(before, now))
                            .findFirst()
                            .map(before -> isToldByPrevious(facts) ? before : sent(before, now))
                            .orElse(now);
                })
                .toList();
    }

    private static AlertInstance sent(AlertInstance alert, AlertInstance way) {
        return new AlertInstance(
                alert.state(), alert.labels(), alert.value(), alert.activeAt(), way.contactPoints(), way.heldBack());
    }

    /**
     * Whether a person would call the two the same alert. The value moves with every evaluation, and each replica sees
     * an alert begin at its own evaluation: neither is news.
     */
    private static boolean isSame(AlertInstance before, AlertInstance now) {
        return before.state() == now.state()
                && Objects.equals(before.labels(), now.labels())
                && before.activeAt() != null
                && now.activeAt() != null
                && Duration.between(Instant.parse(before.activeAt()), Instant.parse(now.activeAt()))
                                .abs()
                                .compareTo(SAME_BEGINNING)
                        <= 0;
    }

    private static AlertInstance instance(SeenAlert alert, SentTo.@Nullable Way way) {
        return new AlertInstance(
                alert.firing() ? AlertState.Firing : AlertState.Pending,
                alert.labels().isEmpty() ? null : bounded(alert.labels()),
                alert.value(),
                Conditions.timestamp(alert.activeAt()),
                way == null ? null : named(way.contactPoints()),
                way == null || way.holds().isEmpty() ? null : List.copyOf(way.holds()));
    }

    /** What the schema holds: a status must not be refused for the length of a label. */
    private static Map<String, String> bounded(Map<String, String> labels) {
        Map<String, String> result = new TreeMap<>();
        new TreeMap<>(labels)
                .entrySet().stream()
                        .limit(AlertInstance.MAX_LABELS)
                        .forEach(label -> result.put(
                                label.getKey(), Cut.after(AlertInstance.MAX_LABEL_VALUE_LENGTH, label.getValue())));
        return result;
    }

    private static List<Condition> conditions(RuleFacts facts, @Nullable AlertRuleStatus previous, Instant now) {
        Judgement accepted = accepted(facts);
        Judgement loaded = loaded(facts);
        Judgement evaluating =
                isNotEvaluatedAnew(facts, previous) && facts.evaluation().answering() > 0
                        ? reported(previous, EVALUATING).orElseGet(() -> evaluating(facts, previous))
                        : evaluating(facts, previous);
        Judgement ready = ready(facts, accepted, loaded, evaluating);
        Conditions conditions =
                new Conditions(previous == null ? null : previous.conditions(), facts.generation(), now);
        add(conditions, READY, ready);
        add(conditions, ACCEPTED, accepted);
        add(conditions, LOADED, loaded);
        add(conditions, EVALUATING, evaluating);
        add(conditions, ROUTED, routed(facts, previous));
        if (facts.standing() instanceof Standing.Refused(var verdict)
                && !verdict.reason().healsByItself()) {
            add(conditions, STALLED, new Judgement(Truth.True, accepted.reason(), "edit the object to go on"));
        }
        return conditions.list();
    }

    private static Optional<Judgement> reported(@Nullable AlertRuleStatus status, String type) {
        return status == null
                ? Optional.empty()
                : Conditions.find(status.conditions(), type)
                        .map(condition -> new Judgement(
                                Truth.valueOf(condition.status()), condition.reason(), condition.message()));
    }

    private static void add(Conditions conditions, String type, Judgement judgement) {
        conditions.add(type, judgement.truth(), judgement.reason(), judgement.message());
    }

    private static Judgement accepted(RuleFacts facts) {
        return switch (facts.standing()) {
            case Standing.Undecided() -> new Judgement(Truth.Unknown, "Vetting", "the engine is being asked");
            case Standing.Accepted(), Standing.Paused() -> new Judgement(Truth.True, "Accepted", "the rule is valid");
            case Standing.Refused(var verdict) ->
                new Judgement(Truth.False, verdict.reason().name(), verdict.message());
        };
    }

    private static Judgement loaded(RuleFacts facts) {
        Live live = facts.live();
        if (live == null) {
            return facts.standing() instanceof Standing.Paused
                    ? new Judgement(Truth.True, "Paused", "paused: no evaluator runs it")
                    : new Judgement(Truth.False, "NotLoaded", "no evaluator runs it");
        }
        String replicas = "%d/%d replicas of %s".formatted(live.loadedOn(), live.replicas(), live.shard());
        if (live.generation() != facts.generation()) {
            return new Judgement(
                    Truth.False,
                    "PreviousGeneration",
                    "generation %d is loaded on %s".formatted(live.generation(), live.shard()));
        }
        return live.wasLoaded()
                ? new Judgement(
                        Truth.True,
                        "Loaded",
                        "%d/%d replicas of %s".formatted(live.replicas(), live.replicas(), live.shard()))
                : new Judgement(Truth.False, "Publishing", replicas);
    }

    private static Judgement evaluating(RuleFacts facts, @Nullable AlertRuleStatus previous) {
        Live live = facts.live();
        if (live == null) {
            return facts.standing() instanceof Standing.Paused
                    ? new Judgement(Truth.False, "Paused", "spec.paused is true")
                    : new Judgement(Truth.False, "NotLoaded", "no evaluator runs it");
        }
        Evaluation evaluation = facts.evaluation();
        if (evaluation.answering() == 0) {
            return new Judgement(
                    Truth.Unknown,
                    "EvaluatorUnreachable",
                    "no replica of %s answers; what is shown is the last known state".formatted(live.shard()));
        }
        if (!evaluation.evaluated()) {
            return new Judgement(Truth.Unknown, "Waiting", "the first evaluation is due within one interval");
        }
        if (!evaluation.error().isEmpty()) {
            return new Judgement(Truth.False, "EvaluationFailed", evaluation.error());
        }
        if (evaluation.lag().isPresent()) {
            Judgement lag = lag(live, evaluation.lag().get());
            return reported(previous, EVALUATING)
                    .filter(before -> before.reason().equals(lag.reason()))
                    .orElse(lag);
        }
        if (evaluation.answering() < evaluation.replicas()) {
            return new Judgement(
                    Truth.True,
                    "ReplicaUnreachable",
                    "%d/%d replicas of %s answer"
                            .formatted(evaluation.answering(), evaluation.replicas(), live.shard()));
        }
        if (evaluation.matchesNothing()) {
            return new Judgement(
                    Truth.True,
                    "NoSeries",
                    "evaluated without error, but spec.expr selects no series: as long as that is so, it cannot fire");
        }
        return new Judgement(Truth.True, "Evaluated", "evaluated without error");
    }

    /** The figures are those of the moment in which it began: newer ones are no news. */
    private static Judgement lag(Live live, Lag lag) {
        if (lag.overdue()) {
            return new Judgement(
                    Truth.False,
                    "EvaluationOverdue",
                    ("no replica of %s has evaluated it for more than five intervals of %s:"
                                    + " the datasource does not answer the query, or the evaluators do not get to it")
                            .formatted(live.shard(), seconds(lag.interval())));
        }
        return new Judgement(
                Truth.True,
                "EvaluationsMissed",
                ("an evaluation took %s with an interval of %s, so that some are left out and its alerts come late;"
                                + " make the expression cheaper, raise spec.interval, or have the datasource or the"
                                + " evaluators of %s given more")
                        .formatted(seconds(lag.took()), seconds(lag.interval()), live.shard()));
    }

    private static String seconds(double value) {
        return BigDecimal.valueOf(value)
                        .setScale(1, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString()
                + "s";
    }

    /** Alertmanager knows where firing alerts go; before that, the rule's labels and the routes say where they would. */
    private static Judgement routed(RuleFacts facts, @Nullable AlertRuleStatus previous) {
        SentTo sent = facts.sentTo();
        Forecast forecast = facts.forecast();
        Set<String> withoutReceivers = forecast == null ? Set.of() : forecast.withoutReceivers();
        if (sent != null) {
            if (!sent.someReachNobody()) {
                return new Judgement(Truth.True, "Routed", "its alerts go to " + names(sent.all(), withoutReceivers));
            }
            String others = sent.all().isEmpty() ? "" : ", others go to " + names(sent.all(), withoutReceivers);
            return new Judgement(Truth.False, "NoContactPoint", "alerts fire that reach nobody" + others + REACH);
        }
        if (forecast == null) {
            return reported(previous, ROUTED)
                    .orElseGet(() -> new Judgement(Truth.Unknown, "Waiting", "the routes are not worked out yet"));
        }
        if (!forecast.mayReachNobody()) {
            return new Judgement(
                    Truth.True, "Routed", "its alerts go to " + names(forecast.contactPoints(), withoutReceivers));
        }
        if (forecast.contactPoints().isEmpty()) {
            return new Judgement(Truth.False, "NoContactPoint", "its alerts would reach nobody" + REACH);
        }
        return new Judgement(
                Truth.Unknown,
                "DependsOnLabels",
                "labels of the series decide: its alerts go to " + names(forecast.contactPoints(), withoutReceivers)
                        + ", or reach nobody" + REACH);
    }

    /** A contact point without receivers is there to drop alerts: that is no fault, but to be known. */
    private static String names(Collection<String> contactPoints, Set<String> withoutReceivers) {
        String shown = contactPoints.stream()
                .limit(MOST_NAMES)
                .map(name -> withoutReceivers.contains(name) ? name + " (no receivers)" : name)
                .collect(Collectors.joining(", "));
        int more = contactPoints.size() - MOST_NAMES;
        return (more > 0 ? shown + " and " + more + " more" : shown)
                + (withoutReceivers.containsAll(contactPoints) ? ", so nobody is told" : "");
    }

    private static Judgement ready(RuleFacts facts, Judgement accepted, Judgement loaded, Judgement evaluating) {
        if (facts.standing() instanceof Standing.Refused) {
            return new Judgement(Truth.False, accepted.reason(), refusal(facts, accepted));
        }
        if (accepted.truth() != Truth.True) {
            return accepted;
        }
        if (loaded.truth() != Truth.True) {
            return loaded;
        }
        if (facts.standing() instanceof Standing.Paused) {
            return new Judgement(Truth.True, "Paused", "paused: no evaluator runs it");
        }
        if (evaluating.truth() == Truth.False || evaluating.reason().equals("EvaluatorUnreachable")) {
            return evaluating;
        }
        return new Judgement(Truth.True, "Ready", "accepted and loaded");
    }

    private static String refusal(RuleFacts facts, Judgement accepted) {
        Live live = facts.live();
        return live == null
                ? accepted.message()
                : "generation %d is refused; generation %d keeps running: %s"
                        .formatted(facts.generation(), live.generation(), accepted.message());
    }

    private record Judgement(Truth truth, String reason, String message) {}
}
