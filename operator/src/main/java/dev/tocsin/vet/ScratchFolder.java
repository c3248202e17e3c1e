package dev.tocsin.vet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    private static final long LOOK_MILLIS = 5;
    private static final Path NOTHING = Path.of("/dev/null");

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

    /**
     * What a command may use up. What it is asked about is written by users: a template of a few lines can write for
     * ever.
     *
     * @param memoryMiB resident; not limited where there is no /proc
     * @param outputMiB standard output and standard error together
     */
    public record Limits(Duration cpu, int memoryMiB, int outputMiB) {
        /** Of what no single user can make large. */
        static final Limits WIDE = new Limits(Duration.ofMinutes(10), Integer.MAX_VALUE, 64);
    }

    /** The command used up more than it may, and was ended. */
    public static final class TooMuchException extends IOException {
        private static final long serialVersionUID = 1L;

        TooMuchException(String message) {
            super(message);
        }
    }

    public Path path() {
        return folder;
    }

    public Path write(String name, String content) throws IOException {
        // Half a surrogate pair, which no writer takes, becomes a question mark.
        return Files.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
    }

    /** Runs a command to its end, with nothing to read. */
    public Answer run(List<String> command) throws IOException {
        return run(command, NOTHING);
    }

    /**
     * Runs a command to its end.
     *
     * @param input what it reads from standard input
     */
    public Answer run(List<String> command, Path input) throws IOException {
        return run(command, input, Limits.WIDE);
    }

    /**
     * Runs a command to its end, with nothing to read.
     *
     * @throws TooMuchException if it used up more than it may
     */
    public Answer run(List<String> command, Limits limits) throws IOException {
        return run(command, NOTHING, limits);
    }

    private Answer run(List<String> command, Path input, Limits limits) throws IOException {
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        // What it leaves behind when it is ended goes with the folder.
        builder.environment().put("TMPDIR", folder.toString());
        Process process = builder.start();
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
            do {
                if (System.nanoTime() > deadline) {
                    throw new IOException(command.getFirst() + ": no answer within " + TIMEOUT_SECONDS + " s");
                }
                demand(process, output, limits);
            } while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly().onExit().join();
        }
        demandOutput(output, limits);
        return new Answer(process.exitValue(), new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
    }

    private static void demand(Process process, Path output, Limits limits) throws IOException {
        Duration cpu = process.info().totalCpuDuration().orElse(Duration.ZERO);
        if (cpu.compareTo(limits.cpu()) > 0) {
            throw new TooMuchException("more than " + limits.cpu().toSeconds() + " s of CPU");
        }
        if (residentMiB(process) > limits.memoryMiB()) {
            throw new TooMuchException("more than " + limits.memoryMiB() + " MiB of memory");
        }
        demandOutput(output, limits);
    }

    private static void demandOutput(Path output, Limits limits) throws IOException {
        if (Files.size(output) > (long) limits.outputMiB() << 20) {
            throw new TooMuchException("more than " + limits.outputMiB() + " MiB of text");
        }
    }

    /** 0 where it cannot be told, as of a process that has just ended. */
    private static long residentMiB(Process process) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
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
