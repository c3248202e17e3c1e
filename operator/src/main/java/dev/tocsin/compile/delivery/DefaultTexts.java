package dev.tocsin.compile.delivery;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Puts Alertmanager's default texts in the place of a contact point's own, for alerts on which one of these fails: a
 * notification that says less reaches somebody, one that cannot be made does not.
 *
 * <p>Only what people read is left out. What says where a notification goes, and what the other side may route or rank
 * by, stays as it is, also where it is a template: a text that arrives elsewhere does not arrive.
 */
final class DefaultTexts {
    private static final Pattern FIELD = Pattern.compile("^spec\\.receivers\\[[0-9]+\\]\\.([a-z0-9]+)\\.(.+)$");

    /** What Alertmanager v0.31.1 takes for version 3 of Jira's API (notify/jira, isAPIv3Path). */
    private static final Pattern JIRA_API_3 = Pattern.compile("/3/*$");

    /**
     * The fields of each kind that make its message, as users name them; a name after a dot is inside of the field.
     * What depends on the message's form goes with it: Telegram refuses Alertmanager's default text as Markdown.
     */
    private static final Map<String, Set<String>> TEXTS = Map.ofEntries(
            Map.entry("discord", Set.of("content", "title", "message")),
            Map.entry("email", Set.of("headers.Subject", "html", "text")),
            Map.entry("incidentio", Set.of()),
            Map.entry("jira", Set.of("summary.template", "description.template")),
            Map.entry("mattermost", Set.of("username", "text", "iconUrl", "iconEmoji", "attachments", "props")),
            Map.entry("msteams", Set.of("title", "summary", "text")),
            Map.entry("msteamsv2", Set.of("title", "text")),
            Map.entry("opsgenie", Set.of("message", "description", "source", "details", "note")),
            Map.entry("pagerduty", Set.of("client", "clientUrl", "description", "details", "images", "links")),
            Map.entry("pushover", Set.of("title", "message", "url", "urlTitle")),
            Map.entry(
                    "rocketchat",
                    Set.of(
                            "color",
                            "title",
                            "titleLink",
                            "text",
                            "fields",
                            "emoji",
                            "iconUrl",
                            "imageUrl",
                            "thumbUrl",
                            "actions")),
            Map.entry(
                    "slack",
                    Set.of(
                            "username",
                            "color",
                            "title",
                            "titleLink",
                            "pretext",
                            "text",
                            "messageText",
                            "fields",
                            "footer",
                            "fallback",
                            "callbackId",
                            "iconEmoji",
                            "iconUrl",
                            "imageUrl",
                            "thumbUrl",
                            "actions")),
            Map.entry("sns", Set.of("subject", "message")),
            Map.entry("telegram", Set.of("message", "parseMode")),
            Map.entry("victorops", Set.of("entityDisplayName", "stateMessage")),
            Map.entry("webex", Set.of("message")),
            Map.entry("webhook", Set.of()),
            Map.entry("wechat", Set.of("message")));

    private DefaultTexts() {}

    /** The kinds of receivers that there is a decision for. */
    static Set<String> kinds() {
        return TEXTS.keySet();
    }

    /**
     * The contact point with default texts in all its receivers of these kinds that have templates of their own for
     * them.
     *
     * @param since for each kind, since when; what the contact point says already stands
     */
    static ContactPointFragment in(ContactPointFragment own, Map<String, String> since) {
        Map<String, Object> receiver = new LinkedHashMap<>(own.receiver());
        Map<String, String> replaced = new TreeMap<>(own.defaultTexts());
        since.forEach((kind, time) -> {
            String section = kind + "_configs";
            if (receiver.get(section) instanceof List<?> items && items.stream().anyMatch(item -> hasOwn(kind, item))) {
                replaced.putIfAbsent(kind, time);
                receiver.put(
                        section,
                        items.stream()
                                .map(item -> hasOwn(kind, item) ? without(kind, (Map<?, ?>) item) : item)
                                .toList());
            }
        });
        return new ContactPointFragment(
                own.key(),
                own.uid(),
                own.generation(),
                receiver,
                own.templates().stream()
                        .filter(template -> !isReplaced(template, replaced.keySet()))
                        .toList(),
                own.secrets(),
                replaced);
    }

    /** The contact point's own texts, in all its receivers of this kind. */
    static List<TemplateText> textsOf(ContactPointFragment contactPoint, String kind) {
        return contactPoint.templates().stream()
                .filter(template -> isReplaced(template, Set.of(kind)))
                .toList();
    }

    /** A text that is not a template cannot fail: without any there is nothing to gain. */
    private static boolean hasOwn(String kind, Object item) {
        return texts(kind).stream().anyMatch(text -> isTemplate(value(item, List.of(text.split("\\.")))));
    }

    private static Set<String> texts(String kind) {
        return TEXTS.getOrDefault(kind, Set.of());
    }

    private static boolean isTemplate(Object value) {
        return switch (value) {
            case String text -> new TemplateText("", text, false).isTemplate();
            case List<?> items -> items.stream().anyMatch(DefaultTexts::isTemplate);
            case Map<?, ?> fields -> fields.values().stream().anyMatch(DefaultTexts::isTemplate);
            default -> false;
        };
    }

    /** What is at the end of this way, else an empty text. */
    private static Object value(Object from, List<String> way) {
        if (way.isEmpty()) {
            return from;
        }
        return from instanceof Map<?, ?> fields
                ? fields.entrySet().stream()
                        .filter(entry -> isNamed(entry.getKey(), way.getFirst()))
                        .map(entry -> value(entry.getValue(), way.subList(1, way.size())))
                        .findFirst()
                        .orElse("")
                : "";
    }

    private static Map<String, Object> without(String kind, Map<?, ?> item) {
        Map<String, Object> rest = copy(item);
        for (String text : texts(kind)) {
            remove(rest, List.of(text.split("\\.")));
        }
        if (kind.equals("jira")
                && item.get("api_url") instanceof String url
                && JIRA_API_3.matcher(url).find()) {
            withoutDescription(rest);
        }
        return rest;
    }

    /** The default description is plain text, where that version of the API wants a document as JSON, or none. */
    private static void withoutDescription(Map<String, Object> jira) {
        Map<String, Object> description =
                jira.get("description") instanceof Map<?, ?> fields ? copy(fields) : new LinkedHashMap<>();
        description.put("template", "");
        jira.put("description", description);
    }

    private static void remove(Map<String, Object> fields, List<String> way) {
        for (String name : List.copyOf(fields.keySet())) {
            if (!isNamed(name, way.getFirst())) {
                continue;
            }
            Map<String, Object> inner = new LinkedHashMap<>();
            if (way.size() > 1 && fields.get(name) instanceof Map<?, ?> part) {
                inner = copy(part);
                remove(inner, way.subList(1, way.size()));
            }
            if (inner.isEmpty()) {
                fields.remove(name);
            } else {
                fields.put(name, inner);
            }
        }
    }

    private static Map<String, Object> copy(Map<?, ?> fields) {
        Map<String, Object> copy = new LinkedHashMap<>();
        fields.forEach((name, value) -> copy.put((String) name, value));
        return copy;
    }

    /** Names of headers ignore case. */
    private static boolean isNamed(Object name, String field) {
        return name.equals(ReceiverFields.key(field)) || field.equalsIgnoreCase((String) name);
    }

    private static boolean isReplaced(TemplateText template, Set<String> kinds) {
        Matcher field = FIELD.matcher(template.path());
        return field.find()
                && kinds.contains(field.group(1))
                && texts(field.group(1)).stream()
                        .anyMatch(text ->
                                isIn(new ArrayList<>(List.of(field.group(2).split("[.\\[]"))), text));
    }

    private static boolean isIn(List<String> path, String text) {
        List<String> way = List.of(text.split("\\."));
        return path.size() >= way.size()
                && String.join(".", path.subList(0, way.size())).equalsIgnoreCase(text);
    }
}
