package dev.tocsin.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.re2j.Pattern;
import dev.tocsin.api.v1alpha1.Syntax;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The schema to which the API server holds a kind: types, required fields, bounds and patterns of its CRD. What the CRD
 * has as CEL rules is not in here.
 */
public final class KindSchema {
    private static final Map<String, KindSchema> KNOWN = new ConcurrentHashMap<>();
    private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();
    private static final ObjectMapper YAML = new YAMLMapper();

    private final JsonNode schema;

    private KindSchema(JsonNode schema) {
        this.schema = schema;
    }

    /** The schema of the spec of a kind. */
    static KindSchema ofSpec(Kind kind) {
        return KNOWN.computeIfAbsent(kind.plural(), KindSchema::read);
    }

    private static KindSchema read(String plural) {
        try (InputStream crd =
                KindSchema.class.getResourceAsStream("/dev/tocsin/crds/" + plural + ".tocsin.dev.yaml")) {
            JsonNode tree = YAML.readTree(Objects.requireNonNull(crd, plural));
            return new KindSchema(tree.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What is wrong with a value.
     *
     * @param path below the value, for example .labels.severity
     */
    record Violation(String path, String problem) {}

    /** Whether it has the field. */
    boolean has(String field) {
        return schema.path("properties").has(field);
    }

    /** The schema of a field. */
    KindSchema field(String field) {
        return new KindSchema(schema.path("properties").path(field));
    }

    /** The schema of an item of a list, or of a value of a map. */
    KindSchema item() {
        return new KindSchema(schema.has("items") ? schema.path("items") : schema.path("additionalProperties"));
    }

    /** Names of the fields, in the order of the schema. */
    List<String> fields() {
        List<String> names = new ArrayList<>();
        schema.path("properties").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** string, integer, boolean, array or object; a map is an object without fields. */
    String type() {
        return schema.path("type").asText();
    }

    boolean isMap() {
        return schema.has("additionalProperties");
    }

    boolean requires(String field) {
        for (JsonNode name : schema.path("required")) {
            if (name.asText().equals(field)) {
                return true;
            }
        }
        return false;
    }

    /** The texts that it may be; none when any may. */
    List<String> choices() {
        List<String> values = new ArrayList<>();
        schema.path("enum").forEach(value -> values.add(value.asText()));
        return values;
    }

    /** Everything that is wrong with a value, none when it is as it should be. */
    List<Violation> violations(JsonNode value) {
        List<Violation> violations = new ArrayList<>();
        check("", value, schema, violations);
        return violations;
    }

    private static void check(String path, JsonNode value, JsonNode schema, List<Violation> violations) {
        switch (schema.path("type").asText()) {
            case "string" -> text(path, value, schema, violations);
            case "integer" -> integer(path, value, schema, violations);
            case "boolean" -> {
                if (!value.isBoolean()) {
                    violations.add(new Violation(path, "must be true or false"));
                }
            }
            case "array" -> list(path, value, schema, violations);
            case "object" -> object(path, value, schema, violations);
            default -> {}
        }
    }

    private static void text(String path, JsonNode value, JsonNode schema, List<Violation> violations) {
        if (!value.isTextual()) {
            violations.add(new Violation(path, "must be a text"));
            return;
        }
        String text = value.asText();
        int length = text.codePointCount(0, text.length());
        if (schema.has("maxLength") && length > schema.path("maxLength").asInt()) {
            violations.add(new Violation(
                    path,
                    "has " + length + " characters; at most "
                            + schema.path("maxLength").asInt() + " are possible"));
        } else if (length < schema.path("minLength").asInt(0)) {
            violations.add(new Violation(path, "must not be empty"));
        } else if (schema.has("pattern")
                && !hasPattern(text, schema.path("pattern").asText())) {
            String pattern = schema.path("pattern").asText();
            violations.add(new Violation(
                    path, Syntax.EXPLANATIONS.getOrDefault(pattern, "does not have the form " + pattern)));
        } else if (schema.has("enum") && !contains(schema.path("enum"), text)) {
            violations.add(new Violation(path, "must be one of " + schema.path("enum")));
        }
    }

    private static boolean hasPattern(String text, String pattern) {
        return PATTERNS.computeIfAbsent(pattern, Pattern::compile).matcher(text).find();
    }

    private static boolean contains(JsonNode choices, String text) {
        for (JsonNode choice : choices) {
            if (choice.asText().equals(text)) {
                return true;
            }
        }
        return false;
    }

    private static void integer(String path, JsonNode value, JsonNode schema, List<Violation> violations) {
        if (!value.isIntegralNumber()) {
            violations.add(new Violation(path, "must be a whole number"));
        } else if (schema.has("minimum")
                && value.asLong() < schema.path("minimum").asLong()) {
            violations.add(new Violation(
                    path, "must be at least " + schema.path("minimum").asLong()));
        } else if (schema.has("maximum")
                && value.asLong() > schema.path("maximum").asLong()) {
            violations.add(new Violation(
                    path, "must be at most " + schema.path("maximum").asLong()));
        }
    }

    private static void list(String path, JsonNode value, JsonNode schema, List<Violation> violations) {
        if (!value.isArray()) {
            violations.add(new Violation(path, "must be a list"));
            return;
        }
        number(path, value.size(), schema, "minItems", "maxItems", violations);
        for (int i = 0; i < value.size(); i++) {
            check(path + "[" + i + "]", value.get(i), schema.path("items"), violations);
        }
    }

    private static void object(String path, JsonNode value, JsonNode schema, List<Violation> violations) {
        if (!value.isObject()) {
            violations.add(new Violation(path, "must be a mapping with fields"));
            return;
        }
        number(path, value.size(), schema, "minProperties", "maxProperties", violations);
        for (JsonNode required : schema.path("required")) {
            if (!value.has(required.asText())) {
                violations.add(new Violation(path + "." + required.asText(), "is missing"));
            }
        }
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            String below = path + "." + field.getKey();
            if (schema.path("properties").has(field.getKey())) {
                check(below, field.getValue(), schema.path("properties").path(field.getKey()), violations);
            } else if (schema.path("additionalProperties").isObject()) {
                check(below, field.getValue(), schema.path("additionalProperties"), violations);
            } else {
                violations.add(new Violation(below, "is not a field"));
            }
        }
    }

    private static void number(
            String path, int size, JsonNode schema, String least, String most, List<Violation> violations) {
        if (schema.has(most) && size > schema.path(most).asInt()) {
            violations.add(new Violation(
                    path, "has " + size + " items; at most " + schema.path(most).asInt() + " are possible"));
        } else if (size < schema.path(least).asInt(0)) {
            violations.add(new Violation(path, "must not be empty"));
        }
    }
}
