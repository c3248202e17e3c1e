package dev.tocsin.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
    private static final Figure EDIT =
            new Figure(Goal.PROPAGATION_P99_2000, 0.41234, new Figure.Peer("other", 2), "seen twice");
    private static final Figure BULK = new Figure(Goal.BULK_2000_SECONDS, 12.5, null, "seen once");

    @TempDir
    Path folder;

    @Test
    void theFileHoldsEachFigureWithItsGoalAndItsPeer() throws Exception {
        Path file = folder.resolve("results.json");

        Results.write(file, List.of(EDIT, BULK));

        JsonNode written = Json.MAPPER.readTree(file.toFile());
        assertThat(written).isEqualTo(Json.read("""
                [{"id": "propagation-p99-2000", "value": 0.412, "unit": "s", "goal": 1.5, "better": "lower", "met": true,
                  "peer": {"name": "other", "value": 2.0}},
                 {"id": "bulk-2000-seconds", "value": 12.5, "unit": "s", "goal": 10.0, "better": "lower", "met": false,
                  "peer": null}]"""));
    }

    @Test
    void aFigureThatIsMeasuredAnewReplacesItsRowAndNoOther() {
        String empty = "# Page\n\n<!-- figures: written by make bench -->\n<!-- end of figures -->\n\nThe rest\n";
        String first = BenchmarksPage.updated(empty, List.of(EDIT, BULK), LocalDate.parse("2026-01-02"), "a machine");

        String second = BenchmarksPage.updated(
                first,
                List.of(new Figure(Goal.BULK_2000_SECONDS, 7, null, "faster")),
                LocalDate.parse("2026-03-04"),
                "another machine");

        assertThat(second)
                .startsWith("# Page\n\n<!-- figures")
                .endsWith("<!-- end of figures -->\n\nThe rest\n")
                .contains("| 0.412 s | ≤ 1.5 | yes | 2: other | seen twice | 2026-01-02 |")
                .contains("| 7 s | ≤ 10 | yes | - | faster | 2026-03-04 |")
                .contains("another machine")
                .doesNotContain("12.5");
    }

    @Test
    void aGoalWithHigherBetterIsMissedBelow() {
        assertThat(new Figure(Goal.EVALS_PER_SECOND, 999, null, "").isMet()).isFalse();
        assertThat(new Figure(Goal.EVALS_PER_SECOND, 1000, null, "").isMet()).isTrue();
    }
}
