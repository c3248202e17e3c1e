package dev.tocsin.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The valid objects together set every field that a spec has. */
class FullSamplesTest {
    @Test
    void everyFieldOfAContactPointIsSetInAValidObject() {
        JsonNode schema = Serialization.unmarshal(
                        CrdGeneration.generate().get("contactpoints.tocsin.dev"), JsonNode.class)
                .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
        Set<String> declared = new HashSet<>();
        declared("", schema, declared);
        Set<String> set = new HashSet<>();
        Cases.valid()
                .filter(valid -> valid.name().startsWith("contactpoint/"))
                .forEach(valid -> set(
                        "",
                        Serialization.unmarshal(valid.yaml(), JsonNode.class).path("spec"),
                        set));

        List<String> missing = new ArrayList<>(declared);
        missing.removeAll(set);

        assertThat(declared).hasSizeGreaterThan(250);
        // Where a text comes from is the same for all fields: see valid-webhook-full.yaml.
        assertThat(missing)
                .filteredOn(path -> !path.matches(".*(value|secretKeyRef|configMapKeyRef)(\\..*)?"))
                .isEmpty();
    }

    /** TLS is the same wherever it is. */
    private static String shared(String path) {
        return path.replaceFirst("^[.]receivers[.](http[.]oauth2|email)[.]tls", ".receivers.http.tls");
    }

    private static void declared(String path, JsonNode schema, Set<String> paths) {
        if (schema.has("items")) {
            declared(path, schema.path("items"), paths);
        }
        schema.path("properties").properties().forEach(property -> {
            paths.add(shared(path + "." + property.getKey()));
            declared(path + "." + property.getKey(), property.getValue(), paths);
        });
    }

    private static void set(String path, JsonNode value, Set<String> paths) {
        if (value.isArray()) {
            value.forEach(item -> set(path, item, paths));
        }
        value.properties().forEach(property -> {
            paths.add(shared(path + "." + property.getKey()));
            set(path + "." + property.getKey(), property.getValue(), paths);
        });
    }
}
