package dev.tocsin.compile.delivery;

import dev.tocsin.compile.ObjectKey;
import java.util.List;
import java.util.Map;

/**
 * One ContactPoint as Alertmanager's receiver: secrets are inlined, nothing in it depends on another object.
 *
 * @param receiver the receiver as Alertmanager v0.31.1 writes it; its name is the object's namespace/name
 * @param integrations kind and position of each receiver in the spec, for example slack/0
 * @param templates fields that Alertmanager executes when it sends
 */
public record ContactPointFragment(
        ObjectKey key,
        String uid,
        long generation,
        Map<String, Object> receiver,
        List<String> integrations,
        List<TemplateText> templates) {

    /** The name that Alertmanager knows this contact point by, in its configuration, API and metrics. */
    public static String receiverName(ObjectKey key) {
        return key.toString();
    }

    /** Keeps inlined secrets out of logs. */
    @Override
    public String toString() {
        return "ContactPointFragment[" + key + ", generation " + generation + "]";
    }
}
