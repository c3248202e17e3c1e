package dev.tocsin.observe;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.publish.Replica;
import java.time.Instant;
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
    private Map<ObjectKey, SeenRule> rules = new HashMap<>();
    private boolean alertsKnown;
    private boolean rulesKnown;
    private @Nullable Instant silentSince;

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

    public @Nullable SeenRule rule(ObjectKey key) {
        return rules.get(key);
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
    public Set<ObjectKey> seeRules(Map<ObjectKey, SeenRule> now, boolean all) {
        Set<ObjectKey> changed = new HashSet<>();
        now.forEach((key, rule) -> {
            SeenRule before = rules.get(key);
            if (before == null
                    || !before.error().equals(rule.error())
                    || before.matchesNothing() != rule.matchesNothing()
                    || before.lastEvaluation().equals(Instant.EPOCH)
                            != rule.lastEvaluation().equals(Instant.EPOCH)) {
                changed.add(key);
            }
        });
        if (all) {
            rules = new HashMap<>(now);
            rulesKnown = true;
        } else {
            rules.putAll(now);
        }
        silentSince = null;
        return changed;
    }

    /** It did not answer. */
    public void silent(Instant now) {
        silentSince = Objects.requireNonNullElse(silentSince, now);
    }

    private static boolean same(List<SeenAlert> before, List<SeenAlert> now) {
        if (before.size() != now.size()) {
            return false;
        }
        Map<Map<String, String>, SeenAlert> byLabels = new HashMap<>();
        before.forEach(alert -> byLabels.put(alert.labels(), alert));
        return now.stream().allMatch(alert -> {
            SeenAlert old = byLabels.get(alert.labels());
            return old != null && old.sameButForValue(alert);
        });
    }
}
