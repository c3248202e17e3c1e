package dev.tocsin.vet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A folder of one question to an engine's command: its files, which may hold secrets, are readable by the operator's
 * user only and gone with the answer. Its random name cannot occur in what a user wrote.
 */
final class ScratchFolder implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 30;

    private final Path folder;

    ScratchFolder() throws IOException {
        this.folder = Files.createTempDirectory("tocsin-vet-");
    }

    /**
     * What a command said.
     *
     * @param output standard output and standard error together
     */
    record Answer(int exitStatus, String output) {}

    Path path() {
        return folder;
    }

    Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    /** Runs a command to its end. */
    Answer run(List<String> command) throws IOException {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(command.getFirst() + ": no answer within " + TIMEOUT_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
        return new Answer(process.exitValue(), new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(folder);
    }
}
