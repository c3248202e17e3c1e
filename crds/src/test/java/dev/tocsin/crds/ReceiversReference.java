package dev.tocsin.crds;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Writes docs/reference/receivers.md from the CRD of contact points: a section per kind of receiver, a row per field. */
final class ReceiversReference {
    private static final Pattern DEFAULT = Pattern.compile(" Default: (.+?)[.](?= Example: |$)");
    private static final String HTTP = "http";
    private static final String TLS = "tls";

    /** Ways to give a text, by the fields that its object has. */
    private static final Map<Set<String>, String> SOURCES = Map.of(
            Set.of("secretKeyRef"), "secret",
            Set.of("value", "secretKeyRef"), "text or secret",
            Set.of("value", "secretKeyRef", "configMapKeyRef"), "text, secret or config map");

    private final StringBuilder page = new StringBuilder();

    private ReceiversReference() {}

    /** @param crd the CRD of contact points as YAML */
    static String of(String crd) {
        JsonNode receiver = Serialization.unmarshal(crd, JsonNode.class)
                .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/receivers/items");
        ReceiversReference reference = new ReceiversReference();
        reference.intro(receiver);
        receiver.path("properties").properties().stream()
                .filter(kind -> !kind.getKey().equals(HTTP))
                .forEach(kind -> reference.section(kind.getKey(), kind.getKey(), kind.getValue()));
        JsonNode http = receiver.path("properties").path(HTTP);
        reference.section(HTTP, HTTP, http);
        reference.section(TLS, TLS, http.path("properties").path(TLS));
        return reference.page.toString();
    }

    private void intro(JsonNode receiver) {
        line("<!-- Generated from the CRDs by `make generate`. Do not edit. -->");
        line("# Receivers");
        line("");
        line(
                "Each item of a ContactPoint's `spec.receivers` sets one kind, and may set [http](#http), how its server is"
                        + " called. They are the receivers of Alertmanager 0.31.1 with its names in camel case. What is not here"
                        + " is what would lead into the Alertmanager's pod: files, proxies, the pod's own identity.");
        line("");
        line("- *Template*: Alertmanager executes the text when it sends. The operator tries it before it goes live.");
        line("- *Secret*: `{secretKeyRef: {name: ..., key: ...}}`, a key of a Secret in the same namespace.");
        line("- *Text or secret*: `{value: ...}` or `{secretKeyRef: ...}`. Whoever may read the object reads `value`.");
        line("- *Text, secret or config map*: also `{configMapKeyRef: {name: ..., key: ...}}`.");
        line("- A default that is \"the Alertmanager's\" is a template of its own: the alerts, their labels and"
                + " annotations.");
        line("");
        line("| kind | |");
        line("| --- | --- |");
        receiver.path("properties").properties().stream()
                .filter(kind -> !kind.getKey().equals(HTTP))
                .forEach(kind -> line("| [" + kind.getKey() + "](#" + kind.getKey() + ") | "
                        + escape(kind.getValue().path("description").asText()) + " |"));
        line("");
        line("What the kinds and `http` say about each other:");
        line("");
        rules("", receiver).forEach(rule -> line("- " + escape(rule)));
    }

    private void section(String title, String name, JsonNode schema) {
        line("");
        line("## " + title);
        line("");
        line(escape(schema.path("description").asText()));
        line("");
        line("| field | type | required | default | |");
        line("| --- | --- | --- | --- | --- |");
        List<String> rules = new ArrayList<>(rules("", schema));
        rows("", name, schema, rules);
        if (!rules.isEmpty()) {
            line("");
            rules.forEach(rule -> line("- " + escape(rule)));
        }
    }

    private void rows(String prefix, String section, JsonNode schema, List<String> rules) {
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        schema.path("properties")
                .properties()
                .forEach(property -> row(
                        prefix + property.getKey(),
                        section,
                        property.getValue(),
                        required.contains(property.getKey()),
                        rules));
    }

    private void row(String path, String section, JsonNode schema, boolean required, List<String> rules) {
        String description = schema.path("description").asText();
        String byDefault = "";
        Matcher matcher = DEFAULT.matcher(description);
        if (matcher.find()) {
            byDefault = matcher.group(1);
            description = matcher.replaceFirst("");
        }
        boolean isTls = path.endsWith(TLS) && !section.equals(TLS);
        line("| `" + path + "` | " + (isTls ? "[tls](#tls)" : type(schema)) + " | " + (required ? "yes" : "") + " | "
                + escape(byDefault) + " | " + escape(description) + " |");
        JsonNode inner = schema.has("items") ? schema.path("items") : schema;
        if (!isTls && inner.has("properties") && !SOURCES.containsKey(names(inner))) {
            String below = path + (schema.has("items") ? "[]." : ".");
            rules.addAll(rules(below.substring(0, below.length() - 1) + ": ", inner));
            rows(below, section, inner, rules);
        }
    }

    /** What the rules of an object demand, in their own words. */
    private static List<String> rules(String lead, JsonNode schema) {
        return StreamSupport.stream(schema.path("x-kubernetes-validations").spliterator(), false)
                .map(rule -> lead + rule.path("message").asText())
                .toList();
    }

    private static String type(JsonNode schema) {
        if (schema.has("enum")) {
            return StreamSupport.stream(schema.path("enum").spliterator(), false)
                    .map(value -> "`" + value.asText() + "`")
                    .collect(Collectors.joining(", "));
        }
        if (schema.has("items")) {
            return "list of " + type(schema.path("items"));
        }
        if (schema.has("additionalProperties")) {
            return "map of " + type(schema.path("additionalProperties"));
        }
        if (schema.has("properties")) {
            return SOURCES.getOrDefault(names(schema), "object");
        }
        return schema.path("type").asText();
    }

    private static Set<String> names(JsonNode schema) {
        Set<String> names = new HashSet<>();
        schema.path("properties").fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static String escape(String text) {
        return text.replaceAll("([|_*<>\\[\\]])", "\\\\$1");
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}
