package dev.tocsin.compile.delivery;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.tocsin.compile.ObjectKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One ContactPoint as Alertmanager's receiver: secrets are inlined, nothing in it depends on another object.
 *
 * @param receiver the receiver as Alertmanager v0.31.1 writes it; its name is the object's namespace/name
 * @param templates fields that Alertmanager executes when it sends
 * @param secrets the values that came from Secrets: never to be shown, also not in an engine's message
 * @param defaultTexts the kinds of receivers in which Alertmanager's default texts stand for the contact point's own,
 *     each with the RFC 3339 time since which they do
 */
public record ContactPointFragment(
        ObjectKey key,
        String uid,
        long generation,
        Map<String, Object> receiver,
        List<TemplateText> templates,
        List<String> secrets,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> defaultTexts) {
    private static final Pattern KIND = Pattern.compile("^spec\\.receivers\\[[0-9]+\\]\\.([a-z0-9]+)");

    /** Kinds that do not tell of alerts that have ended unless told to (v0.31.1, config/notifiers.go). */
    private static final Set<String> SILENT_BY_DEFAULT = Set.of("email", "rocketchat", "slack", "wechat");

    /** What was kept before there were default texts has none. */
    public ContactPointFragment {
        defaultTexts = Objects.requireNonNullElse(defaultTexts, Map.of());
    }

    /** The name that Alertmanager knows this contact point by, in its configuration, API and metrics. */
    public static String receiverName(ObjectKey key) {
        return key.toString();
    }

    /**
     * Whether every receiver of the template's kind tells of alerts that have ended, so that the template is executed
     * also when none fires any more.
     */
    public boolean tellsOfResolved(TemplateText template) {
        Matcher kind = KIND.matcher(template.path());
        return kind.find()
                && receiver.get(kind.group(1) + "_configs") instanceof List<?> items
                && items.stream()
                        .allMatch(item -> item instanceof Map<?, ?> fields
                                && (fields.get("send_resolved") instanceof Boolean told
                                        ? told
                                        : !SILENT_BY_DEFAULT.contains(kind.group(1))));
    }

    /**
     * The same with Alertmanager's default texts in the place of its own, in all its receivers of these kinds. A kind
     * that has no templates of its own for what people read stays as it is.
     *
     * @param since RFC 3339 times by kind; of a kind that has default texts already the earlier one stands
     */
    public ContactPointFragment withDefaultTexts(Map<String, String> since) {
        return DefaultTexts.in(this, since);
    }

    /** The templates for which {@link #withDefaultTexts} has others, in all its receivers of this kind. */
    public List<TemplateText> texts(String kind) {
        return DefaultTexts.textsOf(this, kind);
    }

    /** A text of an engine without anything of a secret value that it may quote. */
    public String redacted(String message) {
        return Redaction.redacted(message, secrets);
    }

    /** A text of an engine about all of these, without anything of a secret value that it may quote. */
    public static String redacted(String message, Collection<ContactPointFragment> fragments) {
        return Redaction.redacted(
                message,
                fragments.stream()
                        .flatMap(fragment -> fragment.secrets().stream())
                        .toList());
    }

    /** Keeps inlined secrets out of logs. */
    @Override
    public String toString() {
        return "ContactPointFragment[" + key + ", generation " + generation + "]";
    }
}
