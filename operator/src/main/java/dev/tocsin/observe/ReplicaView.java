package dev.tocsin.observe;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.publish.Replica;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one replica: its last answers, which stay when it falls silent. Each update tells which rules it is
 * news for. Not safe for several threads.
 */
public final class ReplicaView {
    private final Replica replica;
    private Map<ObjectKey, List<SeenAlert>> alerts = Map.of();
    private Map<RuleInSlot, SeenRule> rules = new HashMap<>();
    private final Map<RuleInSlot, Pace.Told> paces = new HashMap<>();
    private PaceOfAll paceOfAll = new PaceOfAll(0, 0, 0);
    private boolean alertsKnown;
    private boolean rulesKnown;
    private @Nullable Instant silentSince;

    /**
     * The pace of all rules of a replica, as of its last complete list.
     *
     * @param late rules of which evaluations are missed
     * @param slowest the largest part of its interval that the evaluation of a rule takes
     * @param atOnce evaluations that run at the same time, on average
     */
    public record PaceOfAll(int late, double slowest, double atOnce) {}

    public ReplicaView(Replica replica) {
        this.replica = replica;
    }

    public Replica replica() {
        return replica;
    }

    /** Whether it has answered everything at least once. */
    public boolean complete() {
        return alertsKnown && rulesKnown;
    }

    /** Whether it has not answered since that time. */
    public boolean silentSince(Instant time) {
        return silentSince != null && !silentSince.isAfter(time);
    }

    public List<SeenAlert> alerts(ObjectKey key) {
        return alerts.getOrDefault(key, List.of());
    }

    /** The rule's alerts out of one of the two slots in which it may be. */
    public List<SeenAlert> alertsOf(ObjectKey key, int slot) {
        return alerts(key).stream().filter(alert -> isOf(alert, key, slot)).toList();
    }

    /** The rule's alerts but for those out of that slot. */
    public List<SeenAlert> alertsBut(ObjectKey key, int slot) {
        return alerts(key).stream().filter(alert -> !isOf(alert, key, slot)).toList();
    }

    private boolean isOf(SeenAlert alert, ObjectKey key, int slot) {
        SeenRule rule = rule(key, slot);
        return rule != null && alert.group().equals(rule.group());
    }

    public @Nullable SeenRule rule(ObjectKey key, int slot) {
        return rules.get(new RuleInSlot(key, slot));
    }

    /** Whether the rule's evaluations keep up with its interval. */
    public Pace.Grade grade(ObjectKey key, int slot) {
        return paces.getOrDefault(new RuleInSlot(key, slot), Pace.Told.AT_FIRST).told();
    }

    public PaceOfAll paceOfAll() {
        return paceOfAll;
    }

    /** Takes the replica's active alerts; the rules whose alerts are not what they were. */
    public Set<ObjectKey> seeAlerts(Map<ObjectKey, List<SeenAlert>> now) {
        Set<ObjectKey> changed = new HashSet<>();
        now.forEach((key, list) -> {
            if (!same(alerts(key), list)) {
                changed.add(key);
            }
        });
        for (ObjectKey key : alerts.keySet()) {
            if (!now.containsKey(key)) {
                changed.add(key);
            }
        }
        alerts = now;
        alertsKnown = true;
        silentSince = null;
        return changed;
    }

    /** Takes the state of rules; those of which something but the time of evaluation is news. */
    public Set<ObjectKey> seeRules(Map<RuleInSlot, SeenRule> now, boolean all) {
        Set<ObjectKey> changed = new HashSet<>();
        now.forEach((where, rule) -> {
            SeenRule before = rules.get(where);
            if (before == null
                    || !before.error().equals(rule.error())
                    || before.matchesNothing() != rule.matchesNothing()
                    || before.lastEvaluation().equals(Instant.EPOCH)
                            != rule.lastEvaluation().equals(Instant.EPOCH)) {
                changed.add(where.key());
            }
            if (followPace(where, rule)) {
                changed.add(where.key());
            }
        });
        if (all) {
            rules = new HashMap<>(now);
            paces.keySet().retainAll(rules.keySet());
            paceOfAll = paceOf(rules.values());
            rulesKnown = true;
        } else {
            rules.putAll(now);
        }
        silentSince = null;
        return changed;
    }

    /** Whether something else than before is to be told of the rule's pace. */
    private boolean followPace(RuleInSlot where, SeenRule rule) {
        Pace.Told before = paces.getOrDefault(where, Pace.Told.AT_FIRST);
        Pace.Told after = before.after(rule.pace(), rule.lastEvaluation());
        if (after.isAsAtFirst()) {
            paces.remove(where);
        } else {
            paces.put(where, after);
        }
        return before.told() != after.told();
    }

    private PaceOfAll paceOf(Collection<SeenRule> all) {
        int late = 0;
        double slowest = 0;
        double atOnce = 0;
        for (SeenRule rule : all) {
            double share = rule.pace().share();
            late += rule.pace().grade(Pace.Grade.InTime) == Pace.Grade.InTime ? 0 : 1;
            slowest = Math.max(slowest, share);
            atOnce += Math.min(share, 1);
        }
        return new PaceOfAll(late, slowest, atOnce);
    }

    /** It did not answer. */
    public void silent(Instant now) {
        silentSince = Objects.requireNonNullElse(silentSince, now);
    }

    private record Identity(String group, Map<String, String> labels) {
        static Identity of(SeenAlert alert) {
            return new Identity(alert.group(), alert.labels());
        }
    }

    private static boolean same(List<SeenAlert> before, List<SeenAlert> now) {
        if (before.size() != now.size()) {
            return false;
        }
        Map<Identity, SeenAlert> known = new HashMap<>();
        before.forEach(alert -> known.put(Identity.of(alert), alert));
        return now.stream().allMatch(alert -> {
            SeenAlert old = known.get(Identity.of(alert));
            return old != null && old.sameButForValue(alert);
        });
    }
}
