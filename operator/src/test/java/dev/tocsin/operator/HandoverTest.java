package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.observe.SeenAlert;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandoverTest {
    private static final Instant EVALUATED = Instant.parse("2026-11-25T12:00:00Z");
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    /**
     * Alerts are written as "route state seconds", the seconds of their beginning counted from the evaluation by the
     * gaining replicas; several are separated by a comma, replicas by a slash.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            # case                                                   | losing           | gaining                          | lacking
            nothing is active                                        |                  | /                                |
            both fire                                                | pay firing -600  | pay firing 0 / pay firing 0      |
            one gaining replica does not fire                        | pay firing -600  | pay firing 0 /                   | pay
            one gaining replica is pending                           | pay firing -600  | pay pending 0 / pay firing 0     | pay
            another alert fires                                      | pay firing -600  | cart firing 0 / cart firing 0    | pay
            the gaining ones have more                               |                  | cart firing 0 / cart firing 0    |
            a pending one would fire later                           | pay pending -600 | pay pending 0 / pay pending 0    | pay
            a pending one that began at the same evaluation          | pay pending -40  | pay pending -10 / pay pending -20|
            a pending one that began one second too late             | pay pending -40  | pay pending -9 / pay pending -40 | pay
            a pending one that fires already                         | pay pending -600 | pay firing 0 / pay firing 0      |
            a pending one that is not seen                           | pay pending -40  | /                                | pay
            one that began after the evaluation begins there as well | pay firing 1     | /                                |
            two, of which one lacks      | pay firing -600, cart firing -600            | pay firing 0 / pay firing 0      | cart
            """)
    void aRuleIsHandedOverWhenEveryGainingReplicaShowsItsAlerts(
            String name, String losing, String gaining, String lacking) {
        assertThat(Handover.lacking(alerts(losing), replicas(gaining), EVALUATED, INTERVAL)
                        .map(alert -> alert.labels().get("route")))
                .isEqualTo(Optional.ofNullable(lacking));
    }

    private static List<List<SeenAlert>> replicas(String text) {
        return Arrays.stream(text.split("/", -1)).map(HandoverTest::alerts).toList();
    }

    private static List<SeenAlert> alerts(String text) {
        return text == null || text.isBlank()
                ? List.of()
                : Arrays.stream(text.split(","))
                        .map(String::strip)
                        .map(HandoverTest::alert)
                        .toList();
    }

    private static SeenAlert alert(String text) {
        String[] parts = text.split(" ");
        return new SeenAlert(
                parts[1].equals("firing"),
                Map.of("route", parts[0]),
                "1",
                EVALUATED.plusSeconds(Long.parseLong(parts[2])));
    }
}
