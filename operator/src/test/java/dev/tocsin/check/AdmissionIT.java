package dev.tocsin.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.engines.Engines;
import dev.tocsin.importing.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On the objects on which AdmissionTest of the CRDs has asked a real API server: the same verdicts, the same words. */
@Tag("integration")
class AdmissionIT {
    private static final Path CASES = Path.of("../crds/src/test/resources");
    private static final String EXPECT = "# expect: ";

    private static Map<CheckedObject, List<Finding>> answers = Map.of();
    private static long expectations;

    @BeforeAll
    static void askAboutAll() throws IOException {
        List<CheckedObject> objects = new ArrayList<>();
        try (Stream<Path> files = Files.walk(CASES)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String text = Files.readString(file);
                expectations +=
                        text.lines().filter(line -> line.startsWith(EXPECT)).count();
                Source source = new Source(file.toString(), text, true);
                objects.addAll(new CheckedFiles("default", List.of(source)).objects());
            }
        }
        answers = new Admission(Engines.binary("tocsin-admission")).check(objects);
        assertThat(answers).hasSizeGreaterThan(150);
    }

    @Test
    void itTakesAndRefusesWhatTheApiServerTakesAndRefuses() {
        assertThat(answers).allSatisfy((object, findings) -> {
            if (file(object).startsWith("valid-")) {
                assertThat(findings).as(file(object)).isEmpty();
            } else {
                assertThat(findings).as(file(object)).isNotEmpty();
            }
        });
    }

    @Test
    void itSaysWhatTheApiServerSays() {
        assertThat(answers).allSatisfy((object, findings) -> {
            String said = findings.stream()
                    .map(finding -> finding.message().equals("unknown field")
                            ? "unknown field \"" + finding.field() + "\""
                            : finding.field() + ": " + finding.message())
                    .reduce("", (first, second) -> first + "\n" + second);
            assertThat(expected(object))
                    .allSatisfy(text -> assertThat(said).as(file(object)).contains(text));
        });
    }

    @Test
    void everyExpectationOfTheFilesBelongsToAnObject() {
        assertThat(expectations).isGreaterThan(200);
        assertThat(answers.keySet().stream()
                        .mapToLong(object -> expected(object).size())
                        .sum())
                .isEqualTo(expectations);
    }

    private static String file(CheckedObject object) {
        return String.valueOf(Path.of(object.tree().source()).getFileName());
    }

    private static List<String> expected(CheckedObject object) {
        return object.tree().comments().stream()
                .map(comment -> "#" + comment)
                .filter(line -> line.startsWith(EXPECT))
                .map(line -> line.substring(EXPECT.length()))
                .toList();
    }
}
