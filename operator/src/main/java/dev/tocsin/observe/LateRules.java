package dev.tocsin.observe;

import dev.tocsin.compile.ObjectKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of a replica that were late, or some of them where they are many: each is to be looked at by its name until it
 * was in time twice. Not safe for several threads.
 */
final class LateRules {
    private final int most;
    private final Map<ObjectKey, Integer> timesInTime = new HashMap<>();

    LateRules(int most) {
        this.most = most;
    }

    /** Those to look at. */
    List<ObjectKey> keys() {
        return List.copyOf(timesInTime.keySet());
    }

    /** These rules were reported, whatever the reason. */
    void see(Map<RuleInSlot, SeenRule> rules) {
        rules.forEach((where, rule) -> {
            if (timesInTime.size() < most && rule.pace().grade(Pace.Grade.InTime) != Pace.Grade.InTime) {
                timesInTime.put(where.key(), 0);
            }
        });
    }

    /** These were looked at, and reported like that. */
    void lookedAt(List<ObjectKey> asked, Map<RuleInSlot, SeenRule> answer) {
        Set<ObjectKey> gone = new HashSet<>(asked);
        answer.forEach((where, rule) -> {
            gone.remove(where.key());
            boolean inTime = rule.pace().grade(Pace.Grade.Late) == Pace.Grade.InTime;
            int times = inTime ? timesInTime.getOrDefault(where.key(), 0) + 1 : 0;
            timesInTime.put(where.key(), times);
            if (times == 2) {
                gone.add(where.key());
            }
        });
        timesInTime.keySet().removeAll(gone);
    }
}
