package dev.tocsin.operator;

import dev.tocsin.compile.Compilation;
import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.OnFailure;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.publish.AlertmanagerAlerts.Alert;
import java.util.List;
import java.util.Map;

/** Tells of rules whose evaluation fails, and of alerts that nobody attends to. Confined to the rule loop's thread. */
final class RuleFailures {
    private final Map<ObjectKey, RuleEntry> entries;
    private final EvaluatorFleet fleet;
    private volatile FailureListener listener = FailureListener.NONE;

    /** @param entries all rules, as the loop knows them */
    RuleFailures(Map<ObjectKey, RuleEntry> entries, EvaluatorFleet fleet) {
        this.entries = entries;
        this.fleet = fleet;
    }

    /** Has this listener told, from any thread. */
    void tellTo(FailureListener newListener) {
        listener = newListener;
    }

    /** The rule is gone: it fails no more. */
    void forget(ObjectKey key) {
        listener.evaluates(key);
    }

    /** A rule fails when it does so on every replica that has evaluated it: the others tell of it as long as one does. */
    void tell(RuleEntry entry, RuleEntry.Seen seen) {
        Home shown = entry.shown();
        if (shown == null) {
            listener.evaluates(entry.key);
            return;
        }
        List<String> errors = fleet.errors(shown.slot, entry.key);
        if (errors.isEmpty()) {
            return;
        }
        if (errors.stream().noneMatch(String::isEmpty)) {
            OnFailure what = seen.compilation() instanceof Compilation.Runnable(CompiledRule rule)
                    ? rule.onFailure()
                    : OnFailure.KEEP;
            listener.failing(entry.key, what, errors.getFirst());
        } else {
            listener.evaluates(entry.key);
        }
    }

    /** Of alerts that were not sent for a while: those that their rule has not ended. */
    void keepUnattended(List<Alert> fading) {
        List<Alert> unattended = fading.stream().filter(this::isUnattended).toList();
        if (!unattended.isEmpty()) {
            listener.unattended(unattended);
        }
    }

    /**
     * Whether an evaluator that is there shows it as firing still, or none is there that has evaluated its rule. Where every
     * evaluation fails it is not: that is told apart.
     */
    private boolean isUnattended(Alert alert) {
        ObjectKey key = new ObjectKey(
                alert.labels().getOrDefault(RuleCompiler.NAMESPACE_LABEL, ""),
                alert.labels().getOrDefault(RuleCompiler.RULE_LABEL, ""));
        RuleEntry entry = entries.get(key);
        if (entry == null) {
            return false;
        }
        Home shown = entry.shown();
        if (shown == null) {
            return false;
        }
        List<String> errors = fleet.errors(shown.slot, key);
        if (errors.isEmpty()) {
            return true;
        }
        return errors.contains("")
                && fleet.alerts(entry.shards(), key).stream()
                        .anyMatch(seen -> seen.firing() && seen.is(alert.labels()));
    }
}
