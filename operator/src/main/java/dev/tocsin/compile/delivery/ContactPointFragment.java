package dev.tocsin.compile.delivery;

import dev.tocsin.compile.ObjectKey;
import java.util.List;
import java.util.Map;

/**
 * One ContactPoint as Alertmanager's receiver: secrets are inlined, nothing in it depends on another object.
 *
 * @param receiver the receiver as Alertmanager v0.31.1 writes it; its name is the object's namespace/name
 * @param templates fields that Alertmanager executes when it sends
 * @param secrets the values that came from Secrets: never to be shown, also not in an engine's message
 */
public record ContactPointFragment(
        ObjectKey key,
        String uid,
        long generation,
        Map<String, Object> receiver,
        List<TemplateText> templates,
        List<String> secrets) {

    /** The name that Alertmanager knows this contact point by, in its configuration, API and metrics. */
    public static String receiverName(ObjectKey key) {
        return key.toString();
    }

    /** A text of an engine without any secret value that it may quote. */
    public String redacted(String message) {
        String result = message;
        for (String secret : secrets) {
            result = result.replace(secret, "<secret>").replace(quoted(secret), "<secret>");
        }
        return result;
    }

    /** As Go's %q writes it, between the quotes. */
    private static String quoted(String secret) {
        return secret.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\t", "\\t");
    }

    /** Keeps inlined secrets out of logs. */
    @Override
    public String toString() {
        return "ContactPointFragment[" + key + ", generation " + generation + "]";
    }
}
