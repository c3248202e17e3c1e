package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.compile.Golden;
import dev.tocsin.compile.ObjectKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No field of a contact point is dropped on the way: without it something else is compiled, or nothing. */
class EveryFieldTest {
    private static final ObjectKey KEY = new ObjectKey("shop", "team");

    static Stream<JsonNode> contactPoints() throws IOException {
        return Golden.documents(Golden.folder("delivery", "every-receiver")).stream()
                .filter(document -> document.path("kind").asText().equals("ContactPoint"));
    }

    @ParameterizedTest
    @MethodSource("contactPoints")
    void everyFieldHasAnEffect(JsonNode contactPoint) throws IOException {
        JsonNode spec = contactPoint.path("spec");
        String whole = compiled(spec);
        List<String> dropped = new ArrayList<>();

        for (List<Object> path : leaves(List.of(), spec)) {
            JsonNode without = without(path, spec);
            if (compiled(without).equals(whole)) {
                dropped.add(path.toString());
            }
        }

        assertThat(whole).startsWith("receiver");
        assertThat(dropped).isEmpty();
    }

    private static String compiled(JsonNode spec) throws IOException {
        Compiled<ContactPointFragment> compiled = new ContactPointCompiler()
                .compile(
                        KEY,
                        "uid",
                        1,
                        Golden.YAML.treeToValue(spec, ContactPointSpec.class),
                        ref -> new ReferencedValues.Lookup.Found(value(ref)));
        return switch (compiled) {
            case Compiled.Usable<ContactPointFragment>(ContactPointFragment fragment) ->
                "receiver " + fragment.receiver();
            case Compiled.Refused<ContactPointFragment> refused -> "refused " + refused.verdict();
        };
    }

    /** A value that is different for each reference and has the form that its key promises. */
    private static String value(ValueRef ref) {
        return switch (ref.key()) {
            case "ca", "ca.crt" -> CERTIFICATE;
            case "tls.key" -> "-----BEGIN PRIVATE KEY-----";
            default -> "https://" + ref.name() + ".example/" + ref.key();
        };
    }

    private static List<List<Object>> leaves(List<Object> path, JsonNode value) {
        List<List<Object>> result = new ArrayList<>();
        if (value.isObject()) {
            value.properties().forEach(field -> result.addAll(leaves(joined(path, field.getKey()), field.getValue())));
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                result.addAll(leaves(joined(path, i), value.get(i)));
            }
        } else {
            result.add(path);
        }
        return result;
    }

    private static List<Object> joined(List<Object> path, Object step) {
        List<Object> joined = new ArrayList<>(path);
        joined.add(step);
        return joined;
    }

    private static JsonNode without(List<Object> path, JsonNode spec) {
        JsonNode copy = spec.deepCopy();
        JsonNode parent = copy;
        for (Object step : path.subList(0, path.size() - 1)) {
            parent = step instanceof Integer index ? parent.get(index) : parent.get(step.toString());
        }
        Object last = path.getLast();
        if (parent instanceof ArrayNode array) {
            array.remove((Integer) last);
        } else {
            ((ObjectNode) parent).remove(last.toString());
        }
        return copy;
    }

    private static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBeDCCAR+gAwIBAgIUZLOYe2M1cw1N2szVjjjXz9MUXu0wCgYIKoZIzj0EAwIw
            ETEPMA0GA1UEAwwGZ29sZGVuMCAXDTI2MTEyMzAwMjUzNloYDzIxMjYxMDMwMDAy
            NTM2WjARMQ8wDQYDVQQDDAZnb2xkZW4wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
            AAQainWzcT6/82V2ss+kIS2pPTUhSiG3ApUeUirW/sB/APvUaCZA0JJyGPDbv+id
            cmXp/2qIuwf4dgYYo7DUPzxpo1MwUTAdBgNVHQ4EFgQULy+eBf4No48oP0vPMaE/
            yQXjWN4wHwYDVR0jBBgwFoAULy+eBf4No48oP0vPMaE/yQXjWN4wDwYDVR0TAQH/
            BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAW9KjfyT/vY6MUH1ArZuBeeHmBxutx
            wmkwTWteohSowAIgCWYlTL52Mbaq13OSezcAs9U0K+TpYAlNns3k2l88Hdw=
            -----END CERTIFICATE-----
            """;
}
