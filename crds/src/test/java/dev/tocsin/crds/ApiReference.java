package dev.tocsin.crds;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Writes docs/reference/api.md from the CRDs: a section per object, a row per field. */
final class ApiReference {
    private static final Pattern DEFAULT = Pattern.compile(" Default: (.+?)[.](?= |$)");

    private final StringBuilder page = new StringBuilder();

    /** Objects that occur in several places are written once: schema to the section that has it. */
    private final Map<JsonNode, String> sections = new HashMap<>();

    private final Deque<Section> pending = new ArrayDeque<>();

    private record Section(String title, JsonNode schema) {}

    private ApiReference() {}

    /** @param crds the CRDs as YAML, in the order in which they are to come */
    static String of(Collection<String> crds) {
        ApiReference reference = new ApiReference();
        reference.line("<!-- Generated from the CRDs by `make generate`. Do not edit. -->");
        reference.line("# API reference");
        reference.line("");
        reference.line(
                "All kinds are in the API group `tocsin.dev/v1alpha1` and namespaced. The same text is in the cluster:"
                        + " `kubectl explain alertrule.spec`. Durations are in Prometheus syntax: units `y w d h m s ms`"
                        + " in falling order, such as `1h30m`.");
        crds.forEach(reference::kind);
        return reference.page.toString();
    }

    private void kind(String yaml) {
        JsonNode crd = Serialization.unmarshal(yaml, JsonNode.class);
        JsonNode names = crd.at("/spec/names");
        JsonNode version = crd.at("/spec/versions/0");
        JsonNode root = version.at("/schema/openAPIV3Schema");
        String kind = names.path("kind").asText();

        line("");
        line("## " + kind);
        line("");
        line(escape(root.path("description").asText()));
        line("");
        line("Short name `" + names.at("/shortNames/0").asText() + "`. `kubectl get "
                + names.path("plural").asText() + "` shows:");
        line("");
        line("| column | |");
        line("| --- | --- |");
        version.path("additionalPrinterColumns")
                .forEach(column -> line("| " + column.path("name").asText()
                        + (column.path("priority").asInt() > 0 ? " (with `-o wide`)" : "") + " | "
                        + escape(column.path("description").asText()) + " |"));

        for (String part : List.of("spec", "status")) {
            pending.add(new Section(kind + "." + part, root.path("properties").path(part)));
        }
        while (!pending.isEmpty()) {
            section(pending.remove());
        }
    }

    private void section(Section section) {
        line("");
        line("### " + section.title());
        line("");
        String description = section.schema().path("description").asText();
        if (!description.isEmpty()) {
            line(escape(description));
            line("");
        }
        line("| field | type | limits | required | default | |");
        line("| --- | --- | --- | --- | --- | --- |");
        Set<String> required = new HashSet<>();
        section.schema().path("required").forEach(name -> required.add(name.asText()));
        section.schema()
                .path("properties")
                .properties()
                .forEach(property -> row(section, property.getKey(), property.getValue(), required));
        List<String> rules = new ArrayList<>();
        section.schema()
                .path("x-kubernetes-validations")
                .forEach(rule -> rules.add(rule.path("message").asText()));
        if (!rules.isEmpty()) {
            line("");
            rules.forEach(rule -> line("- " + escape(rule)));
        }
    }

    private void row(Section section, String name, JsonNode schema, Set<String> required) {
        String description = schema.path("description").asText();
        String byDefault = schema.path("default").asText();
        Matcher matcher = DEFAULT.matcher(description);
        if (matcher.find()) {
            byDefault = matcher.group(1);
            description = matcher.replaceFirst("");
        }
        line("| `" + name + "` | " + type(section, name, schema) + " | " + limits(schema) + " | "
                + (required.contains(name) ? "yes" : "") + " | " + escape(byDefault) + " | " + escape(description)
                + " |");
    }

    private String type(Section section, String name, JsonNode schema) {
        if (schema.has("enum")) {
            return StreamSupport.stream(schema.path("enum").spliterator(), false)
                    .map(value -> "`" + value.asText() + "`")
                    .collect(Collectors.joining(", "));
        }
        if (schema.has("items")) {
            // Routes nest in routes: the fields are the same at every level.
            return "list of "
                    + (name.equals("routes")
                            ? link(section.title(), "route")
                            : type(section, name, schema.path("items")));
        }
        if (schema.has("additionalProperties")) {
            return "map of " + type(section, name, schema.path("additionalProperties"));
        }
        if (schema.has("properties")) {
            String title = section.title() + "." + name;
            String known = sections.putIfAbsent(schema.path("properties"), title);
            if (known == null) {
                pending.add(new Section(title, schema));
            }
            return link(known == null ? title : known, "object");
        }
        return schema.path("format").asText().equals("date-time")
                ? "time"
                : schema.path("type").asText();
    }

    private static String limits(JsonNode schema) {
        List<String> limits = new ArrayList<>();
        limit(schema, "maxLength", " characters", limits);
        limit(schema, "maxItems", " items", limits);
        limit(schema, "maxProperties", " entries", limits);
        if (schema.has("minimum")) {
            limits.add("at least " + schema.path("minimum").asLong());
        }
        if (schema.has("maximum")) {
            limits.add("at most " + schema.path("maximum").asLong());
        }
        return String.join(", ", limits);
    }

    private static void limit(JsonNode schema, String bound, String unit, List<String> limits) {
        if (schema.has(bound)) {
            limits.add("at most " + schema.path(bound).asLong() + unit);
        }
    }

    private static String link(String title, String text) {
        return "[" + text + "](#" + title.toLowerCase(Locale.ROOT).replace(".", "") + ")";
    }

    private static String escape(String text) {
        return text.replaceAll("([|_*<>\\[\\]])", "\\\\$1");
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}
