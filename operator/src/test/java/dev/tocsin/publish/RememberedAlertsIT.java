package dev.tocsin.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.compile.Compilation;
import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.CompiledRules;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.compile.queries.Metrics;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.EngineProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two replicas with the flags of their Deployment evaluate rules with a recovery at the shortest interval that such a rule
 * may have, each at a second of its own: what one evaluation wrote, the next one finds, though the series are new and
 * VictoriaMetrics hides new samples from others.
 */
@Tag("integration")
class RememberedAlertsIT {
    private static final int RULES = 30;
    private static final long CYCLE = 90;

    @Test
    void everyAlertGoesOnInTheBandFromItsFirstEvaluationOnAndEndsWithIt(@TempDir Path folder) throws Exception {
        try (Metrics metrics = Metrics.startWithLatency(folder)) {
            String datasource = "{name: default, url: \"%1$s\", remoteWrite: {url: \"%1$s\"}}".formatted(metrics.url());
            Files.writeString(folder.resolve("rules.yaml"), rules(datasource));
            await("no alert begins while evaluators start")
                    .atMost(Duration.ofSeconds(CYCLE))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> second() >= 20 && second() < 60);
            long cycle = Instant.now().getEpochSecond() / CYCLE * CYCLE + CYCLE;

            try (EngineProcess one = EvaluatorRestartIT.start(datasource, folder);
                    EngineProcess two = EvaluatorRestartIT.start(datasource, folder)) {
                await("the cycle is over, and what was written can be asked for")
                        .atMost(Duration.ofSeconds(2 * CYCLE + 10))
                        .pollInterval(Duration.ofSeconds(1))
                        .until(() -> Instant.now().getEpochSecond() >= cycle + CYCLE + 5);
                assertThat(one.get("/health").statusCode()).isEqualTo(200);
                assertThat(two.get("/health").statusCode()).isEqualTo(200);
            }

            metrics.flush();
            Map<String, Double> begun = metrics.query(
                    "min by (tocsin_rule) (ALERTS_FOR_STATE{alertname!=\"DatasourceNoData\"})",
                    Instant.ofEpochSecond(cycle + 74));
            assertThat(begun).hasSize(RULES);
            assertThat(begun.values()).allSatisfy(second -> assertThat(second).isBetween(cycle + 0.0, cycle + 14.0));
            assertThat(metrics.query("ALERTS", Instant.ofEpochSecond(cycle + CYCLE - 1)))
                    .isEmpty();
        }
    }

    /** The value counts the seconds of a cycle: one evaluation in the first 15 begins, one in the last 15 ends the alert. */
    private static String rules(String datasource) {
        RuleCompiler compiler =
                new RuleCompiler(OperatorConfiguration.parse("datasources: [" + datasource + "]\n" + """
            evaluators: {image: vmalert}
            alertmanager: {name: alertmanager, members: 1, configSecret: alertmanager}
            """));
        return IntStream.range(0, RULES)
                .mapToObj(i -> compiler.compile(
                        new ObjectKey("shop", "rule-" + i), "uid", 1, CompiledRules.spec("""
                    interval: 15s
                    queries: [{name: A, expr: "sum by (instance) (label_replace(vector(time() %% %d), 'instance', 'a', '', ''))", instant: true}]
                    expressions: [{name: B, threshold: {input: A, below: 15, recoverAbove: 74}}]
                    condition: B
                    """.formatted(CYCLE))))
                .map(compilation -> {
                    if (compilation instanceof Compilation.Runnable(CompiledRule rule)) {
                        return "- " + rule.group();
                    }
                    throw new IllegalStateException("does not compile: " + compilation);
                })
                .collect(Collectors.joining("\n", "groups:\n", "\n"));
    }

    private static long second() {
        return Instant.now().getEpochSecond() % CYCLE;
    }
}
