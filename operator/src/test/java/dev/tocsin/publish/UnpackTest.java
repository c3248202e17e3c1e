package dev.tocsin.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.engines.Engines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands between the Secret and Alertmanager in a member's pod, on a folder as the kubelet keeps it. */
@Tag("integration")
class UnpackTest {
    private static final Duration SOON = Duration.ofSeconds(3);

    @TempDir
    Path folder;

    private Path secret;
    private Path file;
    private Path log;
    private Process process;
    private int versions;

    @BeforeEach
    void start() throws IOException {
        secret = Files.createDirectories(folder.resolve("secret"));
        file = Files.createDirectories(folder.resolve("config")).resolve("alertmanager.yaml");
        log = folder.resolve("log");
        process = new ProcessBuilder(Engines.binary("tocsin-unpack").toString(), secret.toString(), file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    @AfterEach
    void stop() {
        process.destroyForcibly();
    }

    @Test
    void theFileFollowsTheSecretInEitherFormUpAndDown() throws Exception {
        assertThat(isWritten()).isFalse();

        mount("alertmanager.yaml", bytes("first"));
        awaitText("first");
        assertThat(isWritten()).isTrue();
        mount("alertmanager.yaml.gz", Gzip.compressed(bytes("second")));
        awaitText("second");
        mount("alertmanager.yaml.gz", Gzip.compressed(bytes("third ".repeat(500_000))));
        awaitText("third ".repeat(500_000));
        mount("alertmanager.yaml", bytes("fourth"));
        awaitText("fourth");
    }

    @Test
    void nothingIsWrittenFromWhatIsDamagedAndTheNextVersionIsTaken() throws Exception {
        mount("alertmanager.yaml.gz", Gzip.compressed(bytes("whole")));
        awaitText("whole");
        byte[] damaged = Gzip.compressed(bytes("password".repeat(1000)));
        damaged[damaged.length - 5] ^= 1;

        mount("alertmanager.yaml.gz", damaged);

        await("it is noticed").atMost(SOON).until(() -> Files.readString(log).contains("invalid checksum"));
        assertThat(file).hasContent("whole");
        mount("alertmanager.yaml.gz", Gzip.compressed(bytes("next")));
        awaitText("next");
    }

    @Test
    void onlyItsOwnUserCanReadTheFileAndNothingOfItIsPrinted() throws Exception {
        mount("alertmanager.yaml", bytes("password: hunter2"));

        awaitText("password: hunter2");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(log)).contains("\"bytes\":17").doesNotContain("hunter2", "password");
    }

    @Test
    void whatDoesNotChangeIsNotWrittenAgain() throws Exception {
        mount("alertmanager.yaml", bytes("same"));
        awaitText("same");

        await("nothing more is unpacked")
                .during(Duration.ofSeconds(1))
                .atMost(SOON)
                .until(() -> Files.readAllLines(log).stream()
                                .filter(line -> line.contains("\"msg\":\"unpacked\""))
                                .count()
                        == 1);
    }

    @Test
    void membersAreWaitedForUntilTheyHaveAnAddressButNotForLong() throws Exception {
        assertThat(mayStart("localhost")).isFalse();
        mount("alertmanager.yaml", bytes("first"));
        awaitText("first");

        assertThat(mayStart("localhost")).isTrue();
        assertThat(mayStart("localhost", "member-1.invalid")).isFalse();

        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(16)));
        assertThat(mayStart("localhost", "member-1.invalid")).isTrue();
    }

    /** As the kubelet does: a new folder with the files, to which the link ..data is turned in one step. */
    private void mount(String key, byte[] value) throws IOException {
        Path data = Files.createDirectory(secret.resolve("..version-" + versions++));
        Files.write(data.resolve(key), value);
        Path link = secret.resolve("..data_tmp");
        Files.createSymbolicLink(link, data.getFileName());
        Files.move(link, secret.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        for (String name : List.of("alertmanager.yaml", "alertmanager.yaml.gz")) {
            Files.deleteIfExists(secret.resolve(name));
            if (name.equals(key)) {
                Files.createSymbolicLink(secret.resolve(name), Path.of("..data", name));
            }
        }
    }

    private void awaitText(String text) {
        await("the file is unpacked")
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Files.exists(file) && Files.readString(file).equals(text));
    }

    private boolean isWritten() {
        return mayStart();
    }

    /** Whether Alertmanager may, in a cluster with these members. */
    private boolean mayStart(String... members) {
        List<String> command =
                new ArrayList<>(List.of(Engines.binary("tocsin-unpack").toString(), "--check", file.toString()));
        command.addAll(List.of(members));
        return Engines.run(command).exitStatus() == 0;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
