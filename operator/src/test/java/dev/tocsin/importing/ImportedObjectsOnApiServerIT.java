package dev.tocsin.importing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.engines.ApiServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** A real API server, with its schema and its rules, takes every object that an import writes, and keeps it as it is. */
@Tag("integration")
class ImportedObjectsOnApiServerIT {
    private static ApiServer server;

    @BeforeAll
    static void start() {
        server = ApiServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @TestFactory
    Stream<DynamicTest> everyObjectIsTaken() {
        return ImportCases.all()
                .flatMap(folder -> objects(folder.getFileName().toString()).stream()
                        .map(object -> DynamicTest.dynamicTest(
                                folder.getFileName() + " " + object.getKind() + " "
                                        + object.getMetadata().getName(),
                                () -> isTaken(object))));
    }

    /** As kubectl reads them: the text is taken apart again. */
    private static List<GenericKubernetesResource> objects(String name) {
        Imported imported = ImportCases.imported(
                ImportCases.all()
                        .filter(folder -> folder.getFileName().toString().equals(name))
                        .findFirst()
                        .orElseThrow(),
                ImportCases.options("metrics", true));
        return Stream.of(Manifests.write(imported.objects()).split("(?m)^---$"))
                .filter(text -> !text.isBlank())
                .map(text -> Serialization.unmarshal(text, GenericKubernetesResource.class))
                .toList();
    }

    private static void isTaken(GenericKubernetesResource object) {
        server.namespace(object.getMetadata().getNamespace());

        GenericKubernetesResource taken = server.client()
                .resource(object)
                .dryRun()
                .fieldValidation(FieldValidateable.Validation.STRICT)
                .create();

        assertThat(taken.getAdditionalProperties().get("spec"))
                .isEqualTo(object.getAdditionalProperties().get("spec"));
    }
}
