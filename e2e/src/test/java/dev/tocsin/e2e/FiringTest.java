package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FiringTest extends ClusterTest {
    /** Evaluators spread rules over the interval: with many, some are evaluated just before the metric changes. */
    private static final List<String> RULES =
            IntStream.range(0, 16).mapToObj(i -> "rule-" + i).toList();

    private static final Duration PROMISED = INTERVAL.plusSeconds(3);

    private final Team team = team("firing");

    @BeforeAll
    void watchAMetric() {
        team.delivers();
        samples.set(team, "load", 1);
        RULES.forEach(name -> team.rule(name, "expr: '%s > 10'".formatted(Samples.series(team, "load"))));
        RULES.forEach(name -> team.await(
                AlertRule.class, name, "is evaluated", rule -> Status.is(rule, "Evaluating", "True", "Evaluated")));
    }

    @Test
    void aCrossedThresholdShowsAsFiringWithinTheIntervalAndThreeSecondsAndIsNotifiedAndResolves() {
        untilJustAfterAMultipleOf(INTERVAL);
        Duration firing = slowest(20, AlertRuleState.Firing);

        assertThat(firing).as("metric crosses -> status Firing").isLessThanOrEqualTo(PROMISED);
        RULES.forEach(name -> team.awaitNotified(10, name, "firing"));

        untilJustAfterAMultipleOf(INTERVAL);
        Duration inactive = slowest(1, AlertRuleState.Inactive);

        assertThat(inactive).as("metric falls -> status Inactive").isLessThanOrEqualTo(PROMISED);
        RULES.forEach(name -> team.awaitNotified(30, name, "resolved"));
        System.out.printf(
                "metric crosses -> Firing in %d ms, falls -> Inactive in %d ms: the slowest of %d rules, interval %d s%n",
                firing.toMillis(), inactive.toMillis(), RULES.size(), INTERVAL.toSeconds());
    }

    /** Sets the metric, and measures until the last rule's status has the state. */
    private Duration slowest(double value, AlertRuleState state) {
        long began = System.nanoTime();
        samples.set(team, "load", value);
        within(30, "all rules are " + state)
                .untilAsserted(() -> assertThat(team.rules()).allMatch(rule -> Status.is(rule, state)));
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /**
     * The worst moment for a metric to change, were evaluations to look at the last multiple of the interval rather than
     * at now.
     */
    private static void untilJustAfterAMultipleOf(Duration interval) {
        within(interval.plusSeconds(1), "the clock")
                .pollInterval(Duration.ofMillis(10))
                .until(() -> System.currentTimeMillis() % interval.toMillis() < 100);
    }
}
