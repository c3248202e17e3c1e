package dev.tocsin.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.EngineProcess;
import dev.tocsin.engines.Engines;
import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.ingest.AlertIntake.Members;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real senders push to a real Alertmanager by way of the intake, and pretend to be a rule of a namespace. */
@Tag("integration")
class AlertIntakeIT {

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private CaptureServer receiver;
    private RunningAlertmanager first;
    private RunningAlertmanager second;
    private AlertIntake intake;

    @BeforeEach
    void start() throws Exception {
        receiver = new CaptureServer();
        // As Tocsin compiles it: a Cluster policy, and a policy of namespace shop behind its fence.
        String configuration = """
            route:
              receiver: nobody
              group_by: [alertname]
              group_wait: 0s
              routes:
                - {receiver: platform, continue: true}
                - {receiver: shop, matchers: ['tocsin_namespace="shop"']}
            receivers:
              - {name: nobody}
              - {name: platform, webhook_configs: [{url: "%1$s/platform"}]}
              - {name: shop, webhook_configs: [{url: "%1$s/shop"}]}
            """.formatted(receiver.url(""));
        first = RunningAlertmanager.start(Files.createDirectory(folder.resolve("first")), configuration);
        second = RunningAlertmanager.start(Files.createDirectory(folder.resolve("second")), configuration);
        intake = new AlertIntake(0, List.of(members(first), members(second)), metrics);
    }

    private static Members members(RunningAlertmanager alertmanager) {
        return Members.parse(URI.create(alertmanager.url()).getAuthority());
    }

    @AfterEach
    void stop() {
        intake.close();
        first.close();
        second.close();
        receiver.close();
        http.close();
    }

    @Test
    void whatAVmalertOfItsOwnPushesIsRoutedByClusterPoliciesOnlyWhateverItsRuleSays() throws Exception {
        Path rules = Files.writeString(folder.resolve("rules.yaml"), """
                groups:
                  - name: own
                    interval: 1s
                    rules:
                      - alert: Pretender
                        expr: vector(1)
                        labels: {tocsin_namespace: shop, tocsin_rule: stolen, severity: page}
                """);
        String address = "127.0.0.1:" + EngineProcess.freePort();
        try (EngineProcess datasource = EngineProcess.victoriaMetrics(folder);
                EngineProcess vmalert = EngineProcess.start(
                        "vmalert",
                        address,
                        "/health",
                        folder.resolve("vmalert.log"),
                        List.of(
                                "-rule=" + rules,
                                "-datasource.url=" + datasource.url(),
                                "-notifier.url=http://127.0.0.1:" + intake.port(),
                                "-httpListenAddr=" + address))) {
            await("the receiver of the Cluster policy is told")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !receiver.requests("/platform").isEmpty());

            assertThat(receiver.requests("/platform").getFirst().body())
                    .contains("\"alertname\":\"Pretender\"", "\"severity\":\"page\"")
                    .doesNotContain("tocsin_");
            assertThat(receiver.requests("/shop")).isEmpty();
            assertThat(vmalert.get("/metrics").body()).containsPattern("vmalert_alerts_send_errors_total\\{[^}]*} 0");
        }
        for (RunningAlertmanager member : List.of(first, second)) {
            assertThat(member.get("/api/v2/alerts").body())
                    .contains("Pretender")
                    .doesNotContain("tocsin_");
        }
        assertThat(metrics.counter("tocsin.ingest.stripped.labels").count()).isPositive();
    }

    @Test
    void amtoolAddsAnAlertByWayOfTheIntakeAndOnlyThereItsNamespaceIsTakenAway() throws Exception {
        add("http://127.0.0.1:" + intake.port(), "ByTheIntake");
        await("the receiver of the Cluster policy is told")
                .atMost(Duration.ofSeconds(30))
                .until(() -> !receiver.requests("/platform").isEmpty());
        assertThat(receiver.requests("/shop")).isEmpty();

        add(first.url(), "Straight");

        await("who reaches Alertmanager itself can pretend: that is what its NetworkPolicy is for")
                .atMost(Duration.ofSeconds(30))
                .until(() -> !receiver.requests("/shop").isEmpty());
        assertThat(receiver.requests("/shop").toString()).contains("Straight").doesNotContain("ByTheIntake");
    }

    private static void add(String alertmanager, String name) {
        Engines.Answer answer = Engines.run(List.of(
                Engines.binary("amtool").toString(),
                "alert",
                "add",
                "--alertmanager.url=" + alertmanager,
                "alertname=" + name,
                "tocsin_namespace=shop"));
        assertThat(answer.exitStatus()).as(answer.output()).isZero();
    }

    @Test
    void otherSpellingsThatAlertmanagerWouldTakeForLabelsDoNotPassEither() throws Exception {
        String forged =
                "[{\"labels\":{\"alertname\":\"%s\"},\"Labels\":{\"alertname\":\"%s\",\"tocsin_namespace\":\"shop\"}}]";

        HttpResponse<String> straight = post(first.url() + "/api/v2/alerts", forged.formatted("Go", "Go"));
        HttpResponse<String> byTheIntake = post(url("/api/v2/alerts"), forged.formatted("Clean", "Clean"));

        assertThat(straight.statusCode()).isEqualTo(200);
        assertThat(byTheIntake.statusCode()).isEqualTo(200);
        await("both alerts are told")
                .atMost(Duration.ofSeconds(30))
                .until(() -> receiver.requests("/platform").toString().contains("Clean")
                        && !receiver.requests("/shop").isEmpty());
        assertThat(receiver.requests("/shop").toString())
                .as("Alertmanager itself does take it for labels")
                .contains("\"Go\"")
                .doesNotContain("Clean");
    }

    @Test
    void aMemberThatIsAwayDoesNotMatterAndThatAllAreIsSaid() throws Exception {
        String alert = "[{\"labels\":{\"alertname\":\"A\"}}]";
        second.close();

        assertThat(post(url("/api/v2/alerts"), alert).statusCode()).isEqualTo(200);
        assertThat(first.get("/api/v2/alerts").body()).contains("\"A\"");
        assertThat(metrics.counter("tocsin.ingest.failures").count()).isEqualTo(1);
        first.close();

        HttpResponse<String> toNobody = post(url("/api/v2/alerts"), alert);

        assertThat(toNobody.statusCode()).isEqualTo(503);
        assertThat(toNobody.body()).isEqualTo("no member of Alertmanager can be reached\n");
    }

    @Test
    void whatAlertmanagerRefusesIsAnsweredAsItDoes() throws Exception {
        HttpResponse<String> answer = post(url("/api/v2/alerts"), "[{\"labels\":{\"alertname\":1}}]");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("json");
    }

    @Test
    void nothingButPushingAlertsIsServed() throws Exception {
        assertThat(post(url("/api/v2/silences"), "{}").statusCode()).isEqualTo(404);
        assertThat(post(url("/-/reload"), "").statusCode()).isEqualTo(404);
        assertThat(http.send(
                                HttpRequest.newBuilder(URI.create(url("/api/v2/alerts")))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(405);
        assertThat(post(url("/api/v2/alerts"), " ".repeat(4 * 1024 * 1024 + 1)).statusCode())
                .isEqualTo(413);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + intake.port() + path;
    }

    private HttpResponse<String> post(String url, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(url))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
