package dev.tocsin.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.compile.CompiledRules;
import dev.tocsin.compile.queries.Metrics;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.EngineProcess;
import dev.tocsin.engines.LocalEvaluator;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard's only replica, with the flags of its Deployment, is replaced while an alert of its is pending. */
@Tag("integration")
class EvaluatorRestartIT {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration FOR = Duration.ofSeconds(40);

    @TempDir
    Path folder;

    /**
     * VictoriaMetrics keeps the answer that there is no such series for up to 11 s (1.150, lib/mergeset, flushCallback), and
     * vmalert has asked once when it started.
     */
    private static final Duration SEEN = Duration.ofSeconds(14);

    private Metrics metrics;

    @BeforeEach
    void startDatasource() throws IOException {
        metrics = Metrics.start(folder);
        Files.writeString(
                folder.resolve("rules.yaml"),
                "groups:\n- "
                        + CompiledRules.rule(
                                        "pending", "{expr: vector(1), interval: 2s, for: " + FOR.toSeconds() + "s}")
                                .group());
    }

    @AfterEach
    void stopDatasource() {
        metrics.close();
    }

    @Test
    void aPendingAlertIsPendingSinceTheSameTimeAfterARestartAndFiresInTime() throws Exception {
        String datasource = "{name: default, url: \"%1$s\", remoteWrite: {url: \"%1$s\"}}".formatted(metrics.url());
        Instant active = pendingBeforeTheRestart(datasource);
        Instant restart = Instant.now();
        try (EngineProcess evaluator = start(datasource)) {
            await("restored")
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(alert(evaluator))
                            .hasValueSatisfying(
                                    alert -> assertThat(alert.path("restored").asBoolean())
                                            .isTrue()));
            await("fires")
                    .atMost(FOR.plusSeconds(10))
                    .until(() ->
                            alert(evaluator).filter(EvaluatorRestartIT::fires).isPresent());
            Instant fired = Instant.now();

            assertThat(activeAt(alert(evaluator).orElseThrow()).getEpochSecond())
                    .isEqualTo(active.getEpochSecond());
            assertThat(fired).isBetween(active.plus(FOR), restart.plus(FOR));
        }
    }

    @Test
    void withoutRemoteWriteItIsPendingAnew() throws Exception {
        String datasource = "{name: default, url: \"%s\"}".formatted(metrics.url());
        Instant active = pendingBeforeTheRestart(datasource);

        try (EngineProcess evaluator = start(datasource)) {
            await("pending")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> alert(evaluator).isPresent());

            assertThat(activeAt(alert(evaluator).orElseThrow())).isAfter(active.plusSeconds(1));
        }
    }

    /** What lies behind a URL may be away: rules are evaluated as soon as it is back, be the past known or not. */
    @Test
    void anEvaluatorWhoseDatasourceIsAwayStartsAllTheSame() throws Exception {
        String away = "http://127.0.0.1:" + EngineProcess.freePort();
        String datasource = "{name: default, url: \"%s\", remoteWrite: {url: \"%s\"}}".formatted(metrics.url(), away);

        try (EngineProcess evaluator = start(datasource)) {
            await("evaluates")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> alert(evaluator).isPresent());
        }
    }

    private Instant pendingBeforeTheRestart(String datasource) throws Exception {
        try (EngineProcess evaluator = start(datasource)) {
            await("pending, and to be seen")
                    .atMost(SEEN.plusSeconds(10))
                    .until(() -> alert(evaluator)
                            .filter(alert ->
                                    activeAt(alert).isBefore(Instant.now().minus(SEEN)))
                            .isPresent());
            return activeAt(alert(evaluator).orElseThrow());
        }
    }

    private EngineProcess start(String datasource) {
        return start(datasource, folder);
    }

    /**
     * One replica of a shard.
     *
     * @param datasource of the operator's configuration
     * @param folder with rules.yaml
     */
    static EngineProcess start(String datasource, Path folder) {
        OperatorConfiguration configuration = OperatorConfiguration.parse("datasources: [" + datasource + "]\n" + """
            evaluators: {image: vmalert}
            alertmanager: {name: alertmanager, members: 1, configSecret: alertmanager}
            """);
        Deployment shard = (Deployment) new EvaluatorWorkloads(configuration, "tocsin-system", Optional.empty())
                .of(Map.of("default", 1))
                .getFirst();
        String address = "127.0.0.1:" + EngineProcess.freePort();
        List<String> flags = LocalEvaluator.flags(
                shard.getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getArgs(),
                folder.resolve("rules.yaml").toString(),
                address,
                "http://127.0.0.1:1");
        return EngineProcess.start("vmalert", address, "/health", folder.resolve("log"), flags);
    }

    private static Optional<JsonNode> alert(EngineProcess evaluator) throws Exception {
        JsonNode alerts = JSON.readTree(evaluator.get("/api/v1/alerts").body()).at("/data/alerts");
        return Optional.ofNullable(alerts.get(0));
    }

    private static Instant activeAt(JsonNode alert) {
        return Instant.parse(alert.path("activeAt").asText());
    }

    private static boolean fires(JsonNode alert) {
        return alert.path("state").asText().equals("firing");
    }
}
