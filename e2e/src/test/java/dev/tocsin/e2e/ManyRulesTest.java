package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertRule;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ManyRulesTest extends ClusterTest {
    private static final int GOOD = 500;
    private static final int BAD = 50;
    private static final int CONCURRENT_REQUESTS = 8;

    private final Team team = team("many");

    @Test
    void ofGoodAndBadRulesAppliedTogetherTheGoodOnesRunAndEachBadOneSaysWhatIsWrongWithIt() throws Exception {
        long began = System.nanoTime();
        applyAll();
        Duration applied = since(began);

        within(60, "every good rule is loaded on every replica")
                .untilAsserted(() ->
                        assertThat(rules("good-")).hasSize(GOOD).allMatch(rule -> Status.is(rule, "Loaded", "True")));
        Duration loaded = since(began);
        within(20, "every good rule is evaluated")
                .untilAsserted(() -> assertThat(rules("good-"))
                        .allMatch(rule -> Status.is(rule, "Evaluating", "True") && Status.is(rule, "Ready", "True")));
        Duration evaluated = since(began);

        within(5, "every bad rule is refused")
                .untilAsserted(() -> assertThat(rules("bad-")).hasSize(BAD).allSatisfy(rule -> {
                    assertThat(Status.is(rule, "Accepted", "False")).isTrue();
                    // The engine's words about this very rule.
                    assertThat(Status.message(rule, "Accepted")).contains(mistake(number(rule)));
                    assertThat(Status.reason(rule, "Accepted"))
                            .isEqualTo(inTemplate(number(rule)) ? "InvalidTemplate" : "InvalidExpression");
                    assertThat(Status.is(rule, "Loaded", "False", "NotLoaded")).isTrue();
                }));
        System.out.printf(
                "%d good and %d bad rules together: applied in %d ms, the good ones loaded on every replica after %d ms,"
                        + " evaluated after %d ms%n",
                GOOD, BAD, applied.toMillis(), loaded.toMillis(), evaluated.toMillis());
    }

    /** The bad ones among the good ones. */
    private void applyAll() throws InterruptedException, ExecutionException {
        try (ExecutorService requests = Executors.newFixedThreadPool(CONCURRENT_REQUESTS)) {
            List<Future<?>> all = IntStream.range(0, GOOD)
                    .<Future<?>>mapToObj(i -> requests.submit(() -> {
                        team.rule("good-" + i, "expr: %s > %d".formatted(Samples.series(team, "none"), i));
                        if (i % (GOOD / BAD) == 0) {
                            team.rule("bad-" + i / (GOOD / BAD), bad(i / (GOOD / BAD)));
                        }
                    }))
                    .toList();
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    private static boolean inTemplate(int i) {
        return i % 2 == 0;
    }

    private static String bad(int i) {
        return inTemplate(i)
                ? "expr: vector(1)\nannotations: {summary: '{{ %s }}'}".formatted(mistake(i))
                : "expr: %s(up)".formatted(mistake(i));
    }

    private static String mistake(int i) {
        return "no_such_function_" + i;
    }

    private static int number(AlertRule rule) {
        return Integer.parseInt(rule.getMetadata().getName().replaceAll("\\D+", ""));
    }

    private List<AlertRule> rules(String prefix) {
        return team.rules().stream()
                .filter(rule -> rule.getMetadata().getName().startsWith(prefix))
                .toList();
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
