package dev.tocsin.vet;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Starts Alertmanager (v0.31.1) with a configuration in a folder that is thrown away, alone and without alerts, so that
 * nothing is sent: it applies its configuration before it listens, and ends when it cannot.
 */
final class TrialStart {
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final String LISTENS = "msg=\"Listening on\"";
    private static final String FAILED = "failed to apply new config";
    private static final String NOT_LOADED = "Loading configuration file failed";

    private static final Pattern ERROR = Pattern.compile(" err=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final Path binary;

    /** @param binary the Alertmanager of the version that is shipped */
    TrialStart(Path binary) {
        this.binary = binary;
    }

    /**
     * Why it does not start; empty when it does.
     *
     * @throws IOException if it neither listens nor refuses
     */
    Optional<String> objection(String yaml) throws IOException {
        try (ScratchFolder folder = new ScratchFolder()) {
            Path log = folder.path().resolve("log");
            Process process = new ProcessBuilder(List.of(
                            binary.toString(),
                            "--config.file=" + folder.write("alertmanager.yaml", yaml),
                            "--storage.path=" + folder.path().resolve("data"),
                            "--web.listen-address=127.0.0.1:0",
                            "--cluster.listen-address="))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                return objection(process, log);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } finally {
                process.destroyForcibly().onExit().join();
            }
        }
    }

    private static Optional<String> objection(Process process, Path log) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (System.nanoTime() - deadline < 0) {
            boolean ended = process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            String said = Files.readString(log, StandardCharsets.UTF_8);
            if (said.contains(LISTENS)) {
                return Optional.empty();
            }
            if (ended) {
                return Optional.of(said.lines()
                        .filter(line -> line.contains(FAILED) || line.contains(NOT_LOADED))
                        .findFirst()
                        .map(TrialStart::error)
                        .orElseThrow(() -> new IOException("Alertmanager ended and does not say why")));
            }
        }
        throw new IOException("Alertmanager neither listens nor ends within " + LONGEST.toSeconds() + " s");
    }

    /** What the line of its log says went wrong. */
    private static String error(String line) {
        Matcher error = ERROR.matcher(line);
        return error.find() ? error.group(1).replace("\\\"", "\"") : line;
    }
}
