package dev.tocsin.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.compile.delivery.Forecast;
import dev.tocsin.observe.SentTo;
import dev.tocsin.status.RuleFacts.Evaluation;
import dev.tocsin.status.RuleFacts.Live;
import dev.tocsin.status.RuleFacts.Standing;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whether an AlertRule says that its alerts reach somebody. */
class RoutedTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final Forecast NOBODY = new Forecast(new TreeSet<>(), true);
    private static final Forecast TEAM = new Forecast(new TreeSet<>(Set.of("shop/team")), false);
    private static final Forecast PERHAPS_TEAM = new Forecast(new TreeSet<>(Set.of("shop/team")), true);

    @Test
    void beforeItFiresItsLabelsTell() {
        assertThat(routed(NOBODY, null)).isEqualTo("False NoContactPoint");
        assertThat(routed(TEAM, null)).isEqualTo("True Routed");
        assertThat(routed(PERHAPS_TEAM, null)).isEqualTo("Unknown DependsOnLabels");
        assertThat(routed(null, null)).isEqualTo("Unknown Waiting");
    }

    @Test
    void whenItFiresTheEngineTells() {
        assertThat(routed(NOBODY, new SentTo(List.of("a/b"), List.of("a/b"), false, Map.of())))
                .isEqualTo("True Routed");
        assertThat(routed(TEAM, new SentTo(List.of(), List.of(), true, Map.of())))
                .isEqualTo("False NoContactPoint");
        assertThat(routed(TEAM, new SentTo(List.of("a/b"), List.of("a/b"), true, Map.of())))
                .isEqualTo("False NoContactPoint");
    }

    @Test
    void aSilencedAlertHasAContactPoint() {
        assertThat(routed(NOBODY, new SentTo(List.of(), List.of("a/b"), false, Map.of())))
                .isEqualTo("True Routed");
    }

    @Test
    void aContactPointWithoutReceiversIsOneAndSaysSo() {
        Forecast dropped = new Forecast(new TreeSet<>(Set.of("shop/drop")), false, new TreeSet<>(Set.of("shop/drop")));
        Forecast both = new Forecast(
                new TreeSet<>(Set.of("shop/drop", "shop/team")), false, new TreeSet<>(Set.of("shop/drop")));
        SentTo sentToDrop = new SentTo(List.of("shop/drop"), List.of("shop/drop"), false, Map.of());

        assertThat(routed(dropped, null)).isEqualTo("True Routed");
        assertThat(message(dropped, null)).isEqualTo("its alerts go to shop/drop (no receivers), so nobody is told");
        assertThat(message(both, null)).isEqualTo("its alerts go to shop/drop (no receivers), shop/team");
        assertThat(routed(both, sentToDrop)).isEqualTo("True Routed");
        assertThat(message(both, sentToDrop)).isEqualTo("its alerts go to shop/drop (no receivers), so nobody is told");
    }

    private static String message(@Nullable Forecast forecast, @Nullable SentTo sentTo) {
        return find(status(forecast, sentTo, null), "Routed").message();
    }

    @Test
    void aRestartForgetsNothing() {
        AlertRuleStatus before = status(NOBODY, null, null);

        AlertRuleStatus after = status(null, null, before);

        assertThat(after).isEqualTo(before);
    }

    @Test
    void readyIsNotAboutIt() {
        assertThat(find(status(NOBODY, null, null), "Ready").status()).isEqualTo("True");
    }

    private static String routed(@Nullable Forecast forecast, @Nullable SentTo sentTo) {
        Condition condition = find(status(forecast, sentTo, null), "Routed");
        return condition.status() + " " + condition.reason();
    }

    private static Condition find(AlertRuleStatus status, String type) {
        return Conditions.find(status.conditions(), type).orElseThrow();
    }

    private static AlertRuleStatus status(
            @Nullable Forecast forecast, @Nullable SentTo sentTo, @Nullable AlertRuleStatus previous) {
        RuleFacts facts = new RuleFacts(
                1,
                new Standing.Accepted(),
                new Live(1, "default-0", 2, 2, true),
                new Evaluation(true, "", false, 2, 2),
                List.of(),
                true,
                forecast,
                sentTo);
        return AlertRuleStatusFactory.status(facts, previous, NOW);
    }
}
