package dev.tocsin.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.compile.delivery.ReferencedValues.Lookup;
import dev.tocsin.compile.delivery.ValueRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Takes out of a ContactPoint's spec what needs certificates and keys that the files do not hold: no placeholder is a
 * certificate, and one that is would not go with its key.
 */
final class UnknownKeys {
    private final Map<ValueRef, Lookup> values;
    private final String namespace;
    private final List<String> paths = new ArrayList<>();

    /** @param namespace of the ContactPoint */
    UnknownKeys(Map<ValueRef, Lookup> values, String namespace) {
        this.values = values;
        this.namespace = namespace;
    }

    /** Where something was taken out. */
    List<String> paths() {
        return paths;
    }

    /** Changes the spec that it is given. */
    void takeOutOf(JsonNode node, String path) {
        if (node instanceof ObjectNode object) {
            takeOut(object, "tls", object.path("tls"), path);
            takeOut(object, "oauth2", object.path("oauth2").path("assertion"), path);
            object.properties().forEach(field -> takeOutOf(field.getValue(), path + "." + field.getKey()));
        } else {
            for (int i = 0; i < node.size(); i++) {
                takeOutOf(node.path(i), path + "[" + i + "]");
            }
        }
    }

    private void takeOut(ObjectNode from, String field, JsonNode part, String path) {
        if (holdsUnknown(part, "secretKeyRef", ValueRef.Kind.Secret)
                || holdsUnknown(part, "configMapKeyRef", ValueRef.Kind.ConfigMap)) {
            from.remove(field);
            paths.add(path + "." + field);
        }
    }

    private boolean holdsUnknown(JsonNode part, String reference, ValueRef.Kind kind) {
        return part.findValues(reference).stream()
                .anyMatch(ref -> values.keySet().stream()
                        .noneMatch(known -> known.kind() == kind
                                && known.namespace().equals(namespace)
                                && known.name().equals(ref.path("name").asText())));
    }
}
