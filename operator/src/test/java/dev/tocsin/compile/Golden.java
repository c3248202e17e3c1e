package dev.tocsin.compile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Folders of objects as users write them, in-*.yaml, and of what they are compiled to, out-*.yaml;
 * -Dgolden.update=true writes the outputs anew.
 */
public final class Golden {
    /** Reads and writes the files. */
    public static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final Path ROOT = Path.of("src/test/resources/golden");
    private static final boolean UPDATE = Boolean.getBoolean("golden.update");

    private Golden() {}

    /** The names of an area's cases. */
    public static Stream<String> cases(String area) throws IOException {
        try (Stream<Path> folders = Files.list(ROOT.resolve(area))) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
        }
    }

    /** The folder of a case. */
    public static Path folder(String area, String name) {
        return ROOT.resolve(area).resolve(name);
    }

    /** Every document of the case's inputs. */
    public static List<JsonNode> documents(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(file -> file.getFileName().toString().startsWith("in-"))
                    .sorted()
                    .toList();
        }
        List<JsonNode> result = new ArrayList<>();
        for (Path file : files) {
            try (MappingIterator<JsonNode> documents =
                    YAML.readerFor(JsonNode.class).readValues(file.toFile())) {
                documents.forEachRemaining(result::add);
            }
        }
        return result;
    }

    /** Fails when the text is not the file's, in update mode after writing it. */
    public static void assertIsGolden(Path file, String actual) throws IOException {
        if (UPDATE) {
            Files.writeString(file, actual);
        }
        assertThat(actual).isEqualTo(Files.readString(file));
    }

    /** Verdicts by object, as YAML. */
    public static String write(Map<String, Verdict> verdicts) throws IOException {
        ObjectNode tree = YAML.createObjectNode();
        verdicts.forEach((object, verdict) -> {
            switch (verdict) {
                case Verdict.Accepted() -> tree.put(object, "Accepted");
                case Verdict.Refused(Verdict.Reason reason, String message) ->
                    tree.putObject(object).put("reason", reason.name()).put("message", message);
            }
        });
        return YAML.writeValueAsString(tree);
    }
}
