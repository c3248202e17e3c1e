package dev.tocsin.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every field of every kind owes to its reader and to etcd. */
class SchemaTest {
    /**
     * <code>kubectl apply</code> without <code>--server-side</code> keeps the object as JSON in an annotation, of which
     * Kubernetes takes 262,144 bytes.
     */
    private static final int MAX_JSON_BYTES = 200_000;

    static List<String> crds() {
        return List.copyOf(CrdGeneration.generate().values());
    }

    @ParameterizedTest
    @MethodSource("crds")
    void everyFieldIsDescribedAndBounded(String yaml) {
        JsonNode crd = Serialization.unmarshal(yaml, JsonNode.class);
        List<String> faults = new ArrayList<>();

        JsonNode root = crd.at("/spec/versions/0/schema/openAPIV3Schema");
        inspect(crd.at("/spec/names/kind").asText(), root, faults);

        assertThat(root.path("description").asText()).isNotEmpty();
        assertThat(faults).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("crds")
    void anyKubectlCanApplyTheCrd(String yaml) {
        String json = Serialization.unmarshal(yaml, JsonNode.class).toString();

        assertThat(json.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(MAX_JSON_BYTES);
    }

    /** Readers of YAML 1.1, kubectl and Helm among them, take a bare True for a boolean: no condition could be written. */
    @ParameterizedTest
    @MethodSource("crds")
    void wordsThatYamlReadsOtherwiseAreQuoted(String yaml) {
        assertThat(yaml).doesNotContainPattern("(?mi)^ *- (true|false|yes|no|on|off|null|~|=)$");
    }

    @ParameterizedTest
    @MethodSource("crds")
    void numbersAreNotReadAsTexts(String yaml) {
        assertThat(yaml).doesNotContainPattern("(?m): -?[0-9.]+E[0-9]+$");
    }

    private static void inspect(String path, JsonNode schema, List<String> faults) {
        switch (schema.path("type").asText()) {
            case "string" -> {
                if (!schema.has("maxLength") && !schema.has("enum") && !schema.has("format")) {
                    faults.add(path + ": a string without maxLength, enum or format");
                }
            }
            case "array" -> {
                if (!schema.has("maxItems")) {
                    faults.add(path + ": a list without maxItems");
                }
                inspect(path + "[]", schema.path("items"), faults);
            }
            case "object" -> {
                if (schema.has("additionalProperties")) {
                    if (!schema.has("maxProperties")) {
                        faults.add(path + ": a map without maxProperties");
                    }
                    inspect(path + "{}", schema.path("additionalProperties"), faults);
                }
            }
            case "integer" -> {
                if (!schema.has("minimum")) {
                    faults.add(path + ": an integer without minimum");
                }
                // What the operator counts must not be refused for being too great.
                if (!schema.has("maximum") && path.contains(".spec.")) {
                    faults.add(path + ": an integer without maximum");
                }
            }
            case "number", "boolean" -> {}
            default -> faults.add(path + ": no type");
        }
        schema.path("properties").properties().forEach(property -> {
            String child = path + "." + property.getKey();
            if (property.getValue().path("description").asText().isEmpty()) {
                faults.add(child + ": no description");
            }
            inspect(child, property.getValue(), faults);
        });
    }
}
