package dev.tocsin.crds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.ContactPoint;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The committed files are what the Java types give. With -Dgenerate=true it writes them instead. */
class GeneratedFilesTest {
    @TestFactory
    Stream<DynamicTest> committedFilesAreUpToDate() {
        SortedMap<Path, String> files = CrdGeneration.files();
        files.put(
                Cases.REPOSITORY.resolve("docs/reference/api.md"),
                ApiReference.of(CrdGeneration.generate().values()));
        files.put(
                Cases.REPOSITORY.resolve("docs/reference/receivers.md"),
                ReceiversReference.of(CrdGeneration.generate().get(CustomResource.getCRDName(ContactPoint.class))));
        return files.entrySet().stream()
                .map(file -> DynamicTest.dynamicTest(
                        Cases.REPOSITORY.relativize(file.getKey()).toString(),
                        () -> check(file.getKey(), file.getValue())));
    }

    private static void check(Path file, String wanted) throws IOException {
        if (Boolean.getBoolean("generate")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, wanted);
        }
        assertThat(file)
                .as("run `make generate` and commit the result")
                .exists()
                .hasContent(wanted);
    }
}
