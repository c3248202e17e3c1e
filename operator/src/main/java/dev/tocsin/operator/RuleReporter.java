package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.Forecast;
import dev.tocsin.compile.delivery.Routing;
import dev.tocsin.observe.SentTo;
import dev.tocsin.status.AlertRuleStatusFactory;
import dev.tocsin.status.EventWriter;
import dev.tocsin.status.RuleEvents;
import dev.tocsin.status.RuleFacts;
import dev.tocsin.status.RuleFacts.Standing;
import dev.tocsin.status.StatusWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says of rules that were touched what is true of them now: in their status, in events, and to whom failures are told.
 * Confined to the rule loop's thread.
 */
final class RuleReporter {
    private static final Duration UNTOLD = Duration.ofSeconds(6);

    private final Map<ObjectKey, RuleEntry> entries;
    private final EvaluatorFleet fleet;
    private final RuleFailures failures;
    private final StatusWriter statusWriter;
    private final EventWriter eventWriter;
    private final Clock clock;
    private final Set<ObjectKey> touched = new LinkedHashSet<>();
    private final Set<ObjectKey> untold = new LinkedHashSet<>();
    private Map<ObjectKey, SentTo> sentTo = Map.of();
    private boolean sentToKnown;
    private @Nullable Routing routing;

    /** @param entries all rules, as the loop knows them */
    RuleReporter(
            Map<ObjectKey, RuleEntry> entries,
            EvaluatorFleet fleet,
            RuleFailures failures,
            StatusWriter statusWriter,
            EventWriter eventWriter,
            Clock clock) {
        this.entries = entries;
        this.fleet = fleet;
        this.failures = failures;
        this.statusWriter = statusWriter;
        this.eventWriter = eventWriter;
        this.clock = clock;
    }

    /** Something about the rule may have changed. */
    void touch(ObjectKey key) {
        touched.add(key);
    }

    void touch(Collection<ObjectKey> keys) {
        touched.addAll(keys);
    }

    /** The rule is gone: there is nothing to tell. */
    void forget(ObjectKey key) {
        touched.remove(key);
        untold.remove(key);
    }

    /** What was about to be something else is looked at again. */
    void touchUntold() {
        touched.addAll(untold);
        untold.clear();
    }

    /** Where firing alerts go. */
    void follow(Map<ObjectKey, SentTo> now) {
        if (!sentToKnown) {
            touched.addAll(entries.keySet());
        }
        for (Map<ObjectKey, SentTo> side : List.of(now, sentTo)) {
            side.keySet().stream()
                    .filter(key -> !Objects.equals(now.get(key), sentTo.get(key)))
                    .forEach(touched::add);
        }
        sentTo = now;
        sentToKnown = true;
    }

    /** How alerts are routed. */
    void follow(Routing now) {
        routing = now;
        entries.values().forEach(this::foresee);
    }

    /** Works out where a rule's alerts would go. */
    void foresee(RuleEntry entry) {
        if (routing == null || entry.labels == null) {
            return;
        }
        Forecast forecast = routing.forecast(entry.labels);
        if (!forecast.equals(entry.forecast)) {
            entry.forecast = forecast;
            touched.add(entry.key);
        }
    }

    /** Tells of what was touched; of what is about to be something else, or cannot be told yet, later. */
    void report() {
        if (touched.isEmpty()) {
            return;
        }
        List<ObjectKey> later = new ArrayList<>();
        for (ObjectKey key : touched) {
            RuleEntry entry = entries.get(key);
            if (entry == null || entry.seen == null) {
                continue;
            }
            if (entry.status != null && !entry.shards().stream().allMatch(fleet::isKnown)) {
                later.add(key);
                continue;
            }
            if (isAboutToBeLoaded(entry)) {
                untold.add(key);
                continue;
            }
            report(entry, entry.seen);
        }
        touched.clear();
        touched.addAll(later);
    }

    /** What holds for a moment only is not worth a write: of most changes the first that is told is that they are loaded. */
    private static boolean isAboutToBeLoaded(RuleEntry entry) {
        return entry.changedNanos != 0
                && System.nanoTime() - entry.changedNanos < UNTOLD.toNanos()
                && !(entry.standing instanceof Standing.Refused);
    }

    private void report(RuleEntry entry, RuleEntry.Seen seen) {
        failures.tell(entry, seen);
        if (entry.standing instanceof Standing.Undecided && entry.status != null) {
            return;
        }
        AlertRuleStatus before = entry.status;
        AlertRuleStatus status = AlertRuleStatusFactory.status(facts(entry, seen), before, clock.instant());
        if (status.equals(before)) {
            return;
        }
        entry.status = status;
        boolean newlyFiring =
                status.state() == AlertRuleState.Firing && (before == null || before.state() != AlertRuleState.Firing);
        statusWriter.offer(AlertRule.class, entry.key.namespace(), entry.key.name(), seen.uid(), status, newlyFiring);
        RuleEvents.between(entry.key, seen.uid(), before, status).forEach(eventWriter::offer);
    }

    private RuleFacts facts(RuleEntry entry, RuleEntry.Seen seen) {
        Home shown = entry.shown();
        if (shown == null) {
            return new RuleFacts(
                    seen.generation(),
                    entry.standing,
                    null,
                    new RuleFacts.Evaluation(false, "", false, 0, fleet.expected()),
                    List.of(),
                    sentToKnown,
                    entry.forecast,
                    null);
        }
        int loadedOn = shown.sequence == 0 ? 0 : fleet.loadedOn(shown.slot, shown.sequence);
        return new RuleFacts(
                seen.generation(),
                entry.standing,
                new RuleFacts.Live(
                        shown.live.generation(),
                        shown.slot.shardName(),
                        loadedOn,
                        fleet.expected(),
                        shown.loadedAt != null),
                fleet.evaluation(shown.slot, entry.key),
                fleet.alerts(entry.shards(), entry.key),
                sentToKnown,
                entry.forecast,
                sentTo.get(entry.key));
    }
}
