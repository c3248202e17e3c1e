package dev.tocsin.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds the real engines for tests: <code>make tools</code> builds them at the repository's root. */
public final class Engines {
    private Engines() {}

    /** The repository's root: the folder that holds versions.env. */
    public static Path repositoryRoot() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("versions.env"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("no versions.env in this folder or above");
            }
        }
        return folder;
    }

    /**
     * An engine's binary.
     *
     * @param name for example amtool
     */
    public static Path binary(String name) {
        Path binary = repositoryRoot().resolve("target/tools/bin").resolve(name);
        if (!Files.isExecutable(binary)) {
            throw new IllegalStateException(binary + " is missing; run: make tools");
        }
        return binary;
    }

    /**
     * What a finished program said.
     *
     * @param output its standard output and standard error together
     */
    public record Answer(int exitStatus, String output) {}

    /** Runs an engine's command to its end. */
    public static Answer run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            return new Answer(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
