package dev.tocsin.vet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A folder of one question to an engine's command: its files, which may hold secrets, are readable by the operator's
 * user only and gone with the answer. Its random name cannot occur in what a user wrote.
 */
public final class ScratchFolder implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 30;

    private final Path folder;

    public ScratchFolder() throws IOException {
        this.folder = Files.createTempDirectory("tocsin-vet-");
    }

    /**
     * What a command said.
     *
     * @param output standard output and standard error together
     */
    public record Answer(int exitStatus, String output) {}

    public Path path() {
        return folder;
    }

    public Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    /** Runs a command to its end, with nothing to read. */
    public Answer run(List<String> command) throws IOException {
        return run(command, Path.of("/dev/null"));
    }

    /**
     * Runs a command to its end.
     *
     * @param input what it reads from standard input
     */
    public Answer run(List<String> command, Path input) throws IOException {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectInput(input.toFile())
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
        List<Path> deepestFirst;
        try (Stream<Path> entries = Files.walk(folder)) {
            deepestFirst = entries.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }
}
