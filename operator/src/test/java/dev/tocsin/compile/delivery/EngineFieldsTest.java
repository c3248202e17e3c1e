package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.compile.Golden;
import dev.tocsin.engines.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every field that a receiver has in Alertmanager can be written in a ContactPoint, or is left out for a reason. */
class EngineFieldsTest {
    private static final Path LIST = Path.of("src/test/resources/engine/alertmanager-receivers.yaml");

    /**
     * What a ContactPoint has not under the name of the kind: files, as an object must not read the pod's (beside each there
     * is a field that takes a reference to a Secret), and what is one field for all kinds, http (HttpTest).
     */
    private static boolean isLeftOut(String field) {
        return field.endsWith("_file") || field.equals("http_config");
    }

    static Stream<String> kinds() {
        return ReceiverKinds.ALL.stream().map(ReceiverKinds.Kind::name);
    }

    @Test
    void theListIsOfTheEnginesVersionAndOfAllItsKinds() throws IOException {
        assertThat(Files.readString(Engines.repositoryRoot().resolve("versions.env")))
                .contains("ALERTMANAGER_VERSION=" + list().path("version").asText() + "\n");
        assertThat(kinds()).containsExactlyInAnyOrderElementsOf(fields().keySet());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyFieldIsWrittenByTheGoldenCaseThatHasEveryReceiver(String kind) throws IOException {
        Set<String> written = new TreeSet<>();
        JsonNode configuration = Golden.YAML.readTree(Golden.folder("delivery", "every-receiver")
                .resolve("out-alertmanager.yaml")
                .toFile());
        configuration
                .path("receivers")
                .forEach(receiver -> receiver.path(kind + "_configs")
                        .forEach(section -> section.fieldNames().forEachRemaining(written::add)));

        assertThat(fields().get(kind)).filteredOn(field -> !isLeftOut(field)).isSubsetOf(written);
    }

    @Tag("integration")
    @ParameterizedTest
    @MethodSource("kinds")
    void theEngineKnowsEveryFieldOfTheList(String kind, @TempDir Path folder) throws IOException {
        StringBuilder section = new StringBuilder("nowhere: null");
        fields().get(kind).forEach(field -> section.append(", ").append(field).append(": null"));
        Path file = Files.writeString(folder.resolve("alertmanager.yaml"), """
                route: {receiver: a}
                receivers: [{name: a, %s_configs: [{%s}]}]
                """.formatted(kind, section));

        Engines.Answer answer =
                Engines.run(List.of(Engines.binary("amtool").toString(), "check-config", file.toString()));

        assertThat(answer.output().lines().filter(line -> line.contains(" not found in type ")))
                .singleElement()
                .asString()
                .contains("field nowhere not found");
    }

    private static Map<String, List<String>> fields() throws IOException {
        Map<String, List<String>> result = new TreeMap<>();
        list().path("fields")
                .properties()
                .forEach(kind -> result.put(
                        kind.getKey(),
                        kind.getValue().valueStream().map(JsonNode::asText).toList()));
        return result;
    }

    private static JsonNode list() throws IOException {
        return Golden.YAML.readTree(LIST.toFile());
    }
}
