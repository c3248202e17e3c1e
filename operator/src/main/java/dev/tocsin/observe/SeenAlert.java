package dev.tocsin.observe;

import dev.tocsin.compile.RuleCompiler;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * One alert as one replica reports it.
 *
 * @param labels without alertname, unless it is not that of the rule, and the identity labels
 * @param value as the engine prints it
 * @param group the engine's id of the group: while a rule goes from one slot of a shard to another, the replica has two
 */
public record SeenAlert(boolean firing, Map<String, String> labels, String value, Instant activeAt, String group) {
    private static final String ALERT_NAME = "alertname";

    /** Where it does not matter from which group. */
    public SeenAlert(boolean firing, Map<String, String> labels, String value, Instant activeAt) {
        this(firing, labels, value, activeAt, "");
    }

    /**
     * The labels that tell the alerts of one rule apart: without those that all of them have. The name stays on an alert
     * that speaks in the place of the rule's own.
     */
    static Map<String, String> ownLabels(Map<String, String> labels) {
        Map<String, String> own = new TreeMap<>(labels);
        if (!speaksForRule(own)) {
            own.remove(ALERT_NAME);
        }
        own.remove(RuleCompiler.NAMESPACE_LABEL);
        own.remove(RuleCompiler.RULE_LABEL);
        return own;
    }

    private static boolean speaksForRule(Map<String, String> labels) {
        return RuleCompiler.NO_DATA_ALERT.equals(labels.get(ALERT_NAME))
                && labels.containsKey(RuleCompiler.RULE_NAME_LABEL);
    }

    /** Whether it says that the rule's queries return nothing. */
    public boolean saysNoData() {
        return speaksForRule(labels);
    }

    /** Whether this is the alert that Alertmanager has with these labels. */
    public boolean is(Map<String, String> alertmanagers) {
        return labels.equals(ownLabels(alertmanagers));
    }

    /** Whether a person would call the two the same: the value changes with every evaluation, and is no news. */
    boolean sameButForValue(SeenAlert other) {
        return firing == other.firing
                && activeAt.equals(other.activeAt)
                && labels.equals(other.labels)
                && group.equals(other.group);
    }
}
