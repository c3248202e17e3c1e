package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.compile.Golden;
import dev.tocsin.engines.Engines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles each folder of golden/delivery; -Dgolden.update=true writes the outputs anew. */
class GoldenDeliveryTest {
    private static final String AREA = "delivery";

    static Stream<String> cases() throws IOException {
        return Golden.cases(AREA);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void compilesToTheGoldenConfigurationAndVerdicts(String name) throws IOException {
        Path folder = Golden.folder(AREA, name);

        GoldenCase.Result result = GoldenCase.read(folder).compile();

        Golden.assertIsGolden(
                folder.resolve("out-alertmanager.yaml"), result.configuration().toYaml());
        Golden.assertIsGolden(folder.resolve("out-verdicts.yaml"), Golden.write(result.verdicts()));
    }

    @Tag("integration")
    @ParameterizedTest
    @MethodSource("cases")
    void theEngineAcceptsTheGoldenConfiguration(String name) {
        Engines.Answer answer = Engines.run(List.of(
                Engines.binary("amtool").toString(),
                "check-config",
                Golden.folder(AREA, name).resolve("out-alertmanager.yaml").toString()));

        assertThat(answer.exitStatus()).as(answer.output()).isZero();
    }
}
