package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.engines.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles each folder of golden/delivery; -Dgolden.update=true writes the outputs anew. */
class GoldenDeliveryTest {
    private static final Path FOLDER = Path.of("src/test/resources/golden/delivery");
    private static final boolean UPDATE = Boolean.getBoolean("golden.update");

    static Stream<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(FOLDER)) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void compilesToTheGoldenConfigurationAndVerdicts(String name) throws IOException {
        Path folder = FOLDER.resolve(name);

        GoldenCase.Result result = GoldenCase.read(folder).compile();

        assertIsGolden(
                folder.resolve("out-alertmanager.yaml"), result.configuration().toYaml());
        assertIsGolden(folder.resolve("out-verdicts.yaml"), GoldenCase.write(result.verdicts()));
    }

    @Tag("integration")
    @ParameterizedTest
    @MethodSource("cases")
    void theEngineAcceptsTheGoldenConfiguration(String name) {
        Engines.Answer answer = Engines.run(List.of(
                Engines.binary("amtool").toString(),
                "check-config",
                FOLDER.resolve(name).resolve("out-alertmanager.yaml").toString()));

        assertThat(answer.exitStatus()).as(answer.output()).isZero();
    }

    private static void assertIsGolden(Path file, String actual) throws IOException {
        if (UPDATE) {
            Files.writeString(file, actual);
        }
        assertThat(actual).isEqualTo(Files.readString(file));
    }
}
