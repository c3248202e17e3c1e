package dev.tocsin.e2e.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** Where things are in this repository. */
final class Repository {
    private Repository() {}

    /** The folder that holds versions.env. */
    static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("versions.env"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("no versions.env in this folder or above");
            }
        }
        return folder;
    }

    static Path tool(String name) {
        Path tool = tools().resolve(name);
        if (!Files.isExecutable(tool)) {
            throw new IllegalStateException(tool + " is missing; run: make tools");
        }
        return tool;
    }

    static Path tools() {
        return root().resolve("target/tools/bin");
    }

    /** What versions.env says. */
    static Properties versions() {
        Properties result = new Properties();
        try (InputStream file = Files.newInputStream(root().resolve("versions.env"))) {
            result.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return result;
    }
}
