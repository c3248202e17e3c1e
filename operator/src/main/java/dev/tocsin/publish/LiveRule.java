package dev.tocsin.publish;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.ObjectKey;
import java.nio.charset.StandardCharsets;

/**
 * A rule as it stands in a slot: what the evaluators run, which may be an older generation than the object's when the
 * newest one was refused.
 *
 * @param generation the generation of the AlertRule from which the group was compiled
 * @param group the vmalert group, one line of JSON
 * @param cost evaluations per second
 * @param moves how often it has gone to another slot. A rule that stands in two slots is on its way from the one where
 *     this is less to the other
 */
public record LiveRule(ObjectKey key, String uid, long generation, String group, double cost, int moves) {

    /** A rule that has never moved. */
    public LiveRule(ObjectKey key, String uid, long generation, String group, double cost) {
        this(key, uid, generation, group, cost, 0);
    }

    /** What stands in the slot once this compiled rule is published. */
    public static LiveRule of(CompiledRule rule) {
        return new LiveRule(rule.key(), rule.uid(), rule.generation(), rule.group(), rule.cost());
    }

    /** The same after that many moves. */
    public LiveRule at(int otherMoves) {
        return new LiveRule(key, uid, generation, group, cost, otherMoves);
    }

    /** Bytes that the rule takes in its slot, its line in the index included; an upper bound. */
    public int bytes() {
        int indexLine = 140 + key.toString().length() + uid.length();
        return group.getBytes(StandardCharsets.UTF_8).length + indexLine;
    }

    /** The line of the index that goes with a rule's line in the rule file. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record IndexLine(
            String namespace,
            String name,
            String uid,
            long generation,
            double cost,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) int moves) {}
}
