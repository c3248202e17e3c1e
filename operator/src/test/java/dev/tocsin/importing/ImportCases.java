package dev.tocsin.importing;

import dev.tocsin.exporting.ExportedObjects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The corpus of what people have: a folder for each case, what is to be imported in its folder in. */
final class ImportCases {
    private static final Path ROOT = Path.of("src/test/resources/import");

    private ImportCases() {}

    static Stream<Path> all() {
        try (Stream<Path> folders = Files.list(ROOT)) {
            return folders.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What becomes of a case. Its files are imported as if named; namespace shop where none is given. */
    static Imported imported(Path folder) {
        return imported(folder, options(null, false));
    }

    /** Namespace shop, and a server for mails. */
    static Options options(@Nullable String datasource, boolean secretValues) {
        return new Options(
                "shop",
                datasource,
                Map.of(),
                new Options.Mail("smtp.example.com:587", "alerts@example.com"),
                secretValues,
                Options.Naming.Readable);
    }

    static Imported imported(Path folder, Options options) {
        return Importer.run(sources(folder.resolve("in")), (source, pattern) -> templates(folder, pattern), options);
    }

    /** What an export makes of the objects that an import wrote. */
    static ExportedObjects read(Imported imported) {
        GivenObjects given = new GivenObjects("default");
        given.read(new Source("imported", Manifests.write(imported.objects()), true));
        return new ExportedObjects(given);
    }

    private static List<Source> sources(Path folder) {
        return files(folder)
                .filter(file -> !file.toString().endsWith(".tmpl"))
                .map(file -> new Source(file.getFileName().toString(), text(file), true))
                .toList();
    }

    private static Map<String, String> templates(Path folder, String pattern) {
        Map<String, String> texts = new TreeMap<>();
        if (pattern.endsWith(".tmpl")) {
            files(folder.resolve("in"))
                    .filter(file -> file.toString().endsWith(".tmpl"))
                    .forEach(file -> texts.put(file.getFileName().toString(), text(file)));
        }
        return texts;
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
