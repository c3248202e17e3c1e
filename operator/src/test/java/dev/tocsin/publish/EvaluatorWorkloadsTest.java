package dev.tocsin.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.compile.Golden;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.EngineProcess;
import dev.tocsin.engines.LocalEvaluator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Makes the objects of each folder of golden/evaluators from its configuration. */
class EvaluatorWorkloadsTest {
    private static final String AREA = "evaluators";
    private static final OwnerReference OWNER = new OwnerReferenceBuilder()
            .withApiVersion("apps/v1")
            .withKind("Deployment")
            .withName("tocsin-operator")
            .withUid("7f4c1b9e-0d0e-4a11-b1b0-0123456789ab")
            .build();

    static Stream<String> cases() throws IOException {
        return Golden.cases(AREA);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aConfigurationGivesTheGoldenObjects(String name) throws IOException {
        Path folder = Golden.folder(AREA, name);

        String objects = objects(folder).stream().map(Serialization::asYaml).collect(Collectors.joining());

        Golden.assertIsGolden(folder.resolve("out-objects.yaml"), objects);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theSameConfigurationGivesTheSameObjects(String name) throws IOException {
        Path folder = Golden.folder(AREA, name);

        List<HasMetadata> again = objects(folder);

        assertThat(again).isEqualTo(objects(folder));
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Tag("integration")
    void theEngineTakesTheArgumentsOfEveryShard(String name, @TempDir Path folder) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret");
        for (HasMetadata object : objects(Golden.folder(AREA, name))) {
            if (object instanceof Deployment shard) {
                String address = "127.0.0.1:" + EngineProcess.freePort();
                List<String> flags = LocalEvaluator.flags(
                        shard.getSpec()
                                .getTemplate()
                                .getSpec()
                                .getContainers()
                                .getFirst()
                                .getArgs(),
                        folder + "/*/rules.yaml",
                        address,
                        "http://127.0.0.1:1");
                flags.replaceAll(flag -> flag.replaceAll("/etc/tocsin/(write-)?auth/secret", secret.toString()));

                try (EngineProcess vmalert =
                        EngineProcess.start("vmalert", address, "/health", folder.resolve("log"), flags)) {
                    assertThat(vmalert.get("/api/v1/rules").body()).contains("\"status\":\"success\"");
                }
            }
        }
    }

    @Test
    void withoutAnOwnerNothingIsOwned() throws IOException {
        List<HasMetadata> objects = new EvaluatorWorkloads(
                        configuration(Golden.folder(AREA, "minimal")), "tocsin-system", Optional.empty())
                .of(Map.of("default", 1));

        assertThat(objects)
                .isNotEmpty()
                .allSatisfy(object ->
                        assertThat(object.getMetadata().getOwnerReferences()).isEmpty());
    }

    private static List<HasMetadata> objects(Path folder) throws IOException {
        OperatorConfiguration configuration = configuration(folder);
        return new EvaluatorWorkloads(configuration, "tocsin-system", Optional.of(OWNER))
                .of(FewestShards.of(configuration));
    }

    private static OperatorConfiguration configuration(Path folder) throws IOException {
        return OperatorConfiguration.parse(Files.readString(folder.resolve("in-config.yaml")));
    }
}
