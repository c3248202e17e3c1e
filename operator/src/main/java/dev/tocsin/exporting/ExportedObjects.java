package dev.tocsin.exporting;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.api.v1alpha1.NotificationPolicySpec;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.ValueRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The objects of an export by kind, with the values to which they refer. */
public final class ExportedObjects {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final String defaultNamespace;
    private final Map<ObjectKey, AlertRuleSpec> rules = new TreeMap<>();
    private final Map<ObjectKey, ContactPointSpec> contactPoints = new TreeMap<>();
    private final Map<ObjectKey, NotificationPolicySpec> policies = new TreeMap<>();
    private final Map<ValueRef, String> values = new java.util.HashMap<>();
    private final List<String> unreadable = new ArrayList<>();

    /** @param defaultNamespace of objects that name none */
    public ExportedObjects(String defaultNamespace) {
        this.defaultNamespace = defaultNamespace;
    }

    /** Takes an object, or all of a list; any that an export has no use for is passed over. */
    public void add(JsonNode object) {
        String kind = object.path("kind").asText();
        if (kind.endsWith("List") && object.has("items")) {
            object.path("items").forEach(this::add);
            return;
        }
        ObjectKey key = new ObjectKey(
                object.at("/metadata/namespace").asText(defaultNamespace),
                object.at("/metadata/name").asText());
        boolean isOurs = object.path("apiVersion").asText().startsWith("tocsin.dev/");
        switch (kind) {
            case "AlertRule" -> read(isOurs, kind, key, object, AlertRuleSpec.class, rules);
            case "ContactPoint" -> read(isOurs, kind, key, object, ContactPointSpec.class, contactPoints);
            case "NotificationPolicy" -> read(isOurs, kind, key, object, NotificationPolicySpec.class, policies);
            case "Secret" -> {
                values(ValueRef.Kind.Secret, key, object.path("data"), true);
                values(ValueRef.Kind.Secret, key, object.path("stringData"), false);
            }
            case "ConfigMap" -> values(ValueRef.Kind.ConfigMap, key, object.path("data"), false);
            default -> {}
        }
    }

    private <T> void read(
            boolean isOurs, String kind, ObjectKey key, JsonNode object, Class<T> type, Map<ObjectKey, T> into) {
        if (!isOurs) {
            return;
        }
        try {
            into.put(key, JSON.treeToValue(object.path("spec"), type));
        } catch (JsonProcessingException e) {
            unreadable.add(kind + " " + key + ": " + e.getOriginalMessage());
        }
    }

    private void values(ValueRef.Kind kind, ObjectKey key, JsonNode data, boolean isBase64) {
        for (Map.Entry<String, JsonNode> entry : data.properties()) {
            String text = entry.getValue().asText();
            values.put(
                    new ValueRef(kind, key.namespace(), key.name(), entry.getKey()),
                    isBase64 ? new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8) : text);
        }
    }

    Map<ObjectKey, AlertRuleSpec> rules() {
        return rules;
    }

    Map<ObjectKey, ContactPointSpec> contactPoints() {
        return contactPoints;
    }

    Map<ObjectKey, NotificationPolicySpec> policies() {
        return policies;
    }

    Optional<String> value(ValueRef ref) {
        return Optional.ofNullable(values.get(ref));
    }

    /** A sentence on each object that could not be read. */
    List<String> unreadable() {
        return unreadable;
    }
}
