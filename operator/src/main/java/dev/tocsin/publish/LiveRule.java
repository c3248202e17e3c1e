package dev.tocsin.publish;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
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
 */
public record LiveRule(ObjectKey key, String uid, long generation, String group, double cost) {

    /** What stands in the slot once this compiled rule is published. */
    public static LiveRule of(CompiledRule rule) {
        return new LiveRule(rule.key(), rule.uid(), rule.generation(), rule.group(), rule.cost());
    }

    /** Bytes that the rule takes in its slot, its line in the index included; an upper bound. */
    public int bytes() {
        int indexLine = 120 + key.toString().length() + uid.length();
        return group.getBytes(StandardCharsets.UTF_8).length + indexLine;
    }

    /** The line of the index that goes with a rule's line in the rule file. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record IndexLine(String namespace, String name, String uid, long generation, double cost) {}
}
