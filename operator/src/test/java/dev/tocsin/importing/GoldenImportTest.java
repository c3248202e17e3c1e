package dev.tocsin.importing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.exporting.ExportedObjects;
import dev.tocsin.exporting.RuleFileExport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Folders of what people have, and what becomes of it: objects (out.yaml), the report for people (report.txt) and for
 * programs (report.json). -Dgolden.update=true writes them anew.
 */
class GoldenImportTest {

    @TestFactory
    Stream<DynamicTest> whatIsImportedAndWhatIsLeft() {
        return ImportCases.all()
                .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> {
                    Imported imported = ImportCases.imported(folder);

                    Map.of(
                                    "out.yaml", Manifests.write(imported.objects()),
                                    "report.txt", imported.report().toText(),
                                    "report.json", imported.report().toJson())
                            .forEach((file, text) -> isAsKept(folder.resolve(file), text));
                }));
    }

    @TestFactory
    Stream<DynamicTest> anImportIsTheSameTwice() {
        return ImportCases.all()
                .map(folder -> DynamicTest.dynamicTest(
                        folder.getFileName().toString(),
                        () -> assertThat(Manifests.write(
                                        ImportCases.imported(folder).objects()))
                                .isEqualTo(Manifests.write(
                                        ImportCases.imported(folder).objects()))));
    }

    @TestFactory
    Stream<DynamicTest> everyImportedRuleIsTakenByTheCompiler() {
        return ImportCases.all()
                .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> {
                    ExportedObjects objects = ImportCases.read(ImportCases.imported(folder));

                    assertThat(RuleFileExport.export(objects, Optional.empty()).left())
                            .allMatch(sentence -> sentence.contains(": is paused, ") || sentence.contains("recover"));
                }));
    }

    private static void isAsKept(Path file, String text) {
        try {
            if (Boolean.getBoolean("golden.update")) {
                Files.writeString(file, text);
            }
            assertThat(text).isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
