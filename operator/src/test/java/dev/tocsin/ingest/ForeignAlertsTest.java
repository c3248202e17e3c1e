package dev.tocsin.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left of alerts that others push. */
class ForeignAlertsTest {

    @Test
    void allButTheLabelsOfTocsinIsHandedOn() throws IOException {
        String pushed = """
                [{"labels":{"alertname":"A","tocsin_namespace":"shop","tocsin_rule":"r","tocsin_":"x","a_tocsin_b":"y"},\
                "annotations":{"tocsin_x":"kept"},"startsAt":"2026-11-25T00:00:00Z","endsAt":"0001-01-01T00:00:00Z",\
                "generatorURL":"http://a"},{"labels":{"alertname":"B"}}]""";

        ForeignAlerts clean = ForeignAlerts.of(pushed.getBytes(StandardCharsets.UTF_8));

        assertThat(new String(clean.body(), StandardCharsets.UTF_8)).isEqualTo("""
                        [{"labels":{"alertname":"A","a_tocsin_b":"y"},"annotations":{"tocsin_x":"kept"},\
                        "startsAt":"2026-11-25T00:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://a"},\
                        {"labels":{"alertname":"B"}}]""");
        assertThat(clean.alerts()).isEqualTo(2);
        assertThat(clean.stripped()).isEqualTo(3);
    }

    /** Go takes each of these for "labels". */
    @ParameterizedTest
    @ValueSource(strings = {"Labels", "LABELS", "label\u017f", "label\\u017f"})
    void otherSpellingsOfAFieldAreNotHandedOn(String field) throws IOException {
        String pushed = "[{\"labels\":{\"alertname\":\"A\"},\"" + field + "\":{\"tocsin_namespace\":\"shop\"}}]";

        ForeignAlerts clean = ForeignAlerts.of(pushed.getBytes(StandardCharsets.UTF_8));

        assertThat(new String(clean.body(), StandardCharsets.UTF_8)).isEqualTo("[{\"labels\":{\"alertname\":\"A\"}}]");
    }

    @Test
    void ofAFieldThatIsThereTwiceOneIsHandedOnWithoutTheLabelsOfTocsin() throws IOException {
        String pushed = "[{\"labels\":{\"alertname\":\"A\"},\"labels\":{\"tocsin_namespace\":\"shop\",\"b\":\"c\"}}]";

        ForeignAlerts clean = ForeignAlerts.of(pushed.getBytes(StandardCharsets.UTF_8));

        assertThat(new String(clean.body(), StandardCharsets.UTF_8)).isEqualTo("[{\"labels\":{\"b\":\"c\"}}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{]                | the body is not JSON: ",
                "[] []              | the body is not JSON: ",
                "{\"labels\": {}}   | the body is not a list of alerts",
                "''                 | the body is not a list of alerts",
                "[1]                | an alert is not an object with labels",
                "[{\"labels\": []}] | an alert is not an object with labels",
                "[{}]               | an alert is not an object with labels",
            })
    void whatIsNoListOfAlertsIsRefusedInWords(String body, String message) {
        assertThatThrownBy(() -> ForeignAlerts.of(body.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(message);
    }
}
