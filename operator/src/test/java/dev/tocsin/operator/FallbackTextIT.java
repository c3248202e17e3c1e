package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.ContactPointStatus;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.ApiServer;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.publish.SecretConfigurationStore;
import dev.tocsin.status.Conditions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a notification whose template fails on no sample but on the alert that comes. */
@Tag("integration")
class FallbackTextIT {
    private static final OperatorConfiguration CONFIGURATION = OperatorConfiguration.parse("""
            datasources: [{name: default, url: "http://127.0.0.1:1"}]
            evaluators: {image: vmalert}
            alertmanager: {name: alertmanager, members: 1, configSecret: config}
            """);

    /** Fails where the label x is boom: no sample has it. */
    private static final String TREACHEROUS =
            "{{ if eq (index .CommonLabels \"x\") \"boom\" }}{{ slice .CommonLabels.x 0 99 }}{{ end }}it burns";

    private static ApiServer apiServer;

    @TempDir
    Path folder;

    private KubernetesClient client;
    private CaptureServer sink;
    private RunningAlertmanager alertmanager;
    private DeliveryOperator operator;

    @BeforeAll
    static void startApiServer() {
        apiServer = ApiServer.start();
        apiServer.namespace("tocsin-system");
        apiServer.namespace("shop");
    }

    @AfterAll
    static void stopApiServer() {
        apiServer.close();
    }

    @BeforeEach
    void start() throws Exception {
        client = apiServer.newClient();
        sink = new CaptureServer();
        alertmanager = RunningAlertmanager.start(folder, "route: {receiver: a}\nreceivers: [{name: a}]\n");
        newOperator();
        apply(Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: NotificationPolicy
                metadata: {name: all, namespace: shop}
                spec: {route: {contactPoint: team, groupWait: 0s, groupInterval: 5m}}
                """, NotificationPolicy.class));
    }

    private void newOperator() {
        operator = new DeliveryOperator(
                client, CONFIGURATION, alertmanager, new SimpleMeterRegistry(), DeliveryOperator.QUICK);
        operator.lead();
    }

    @AfterEach
    void stop() {
        operator.close();
        apiServer.client().resources(ContactPoint.class).inNamespace("shop").delete();
        apiServer
                .client()
                .resources(NotificationPolicy.class)
                .inNamespace("shop")
                .delete();
        apiServer.client().secrets().inNamespace("tocsin-system").delete();
        client.close();
        alertmanager.close();
        sink.close();
    }

    /** Groups are told again after five minutes: what arrives earlier was sent by the reload. */
    @Test
    void aNotificationWhoseTemplateFailsArrivesOnceWithTheDefaultTextAndTheContactPointSaysSo() throws Exception {
        apply(contactPoint("team", "#shop", TREACHEROUS, webhook()));
        apply(contactPoint("other", "#other", TREACHEROUS, ""));
        awaitReady("team");
        awaitReady("other");

        fire("one", "boom");

        await("the notification arrives")
                .atMost(Duration.ofSeconds(20))
                .until(() -> !sink.requests("/slack").isEmpty());
        assertThat(sink.requests("/slack").getFirst().body())
                .contains("\"title\":\"[FIRING:1] ", "\"channel\":\"#shop\"")
                .doesNotContain("it burns");
        await("the contact point says so")
                .until(() -> condition("team", "Delivering").status().equals("True")
                        && condition("team", "Delivering").reason().equals("FallbackText"));
        assertThat(condition("team", "Delivering").message())
                .startsWith("Alertmanager's default texts are sent instead of its own by slack (since 20")
                .contains("mend the template");
        assertThat(status("team").reason()).isEqualTo("FallbackText");
        assertThat(condition("team", "Ready").status()).isEqualTo("True");
        await("nobody is told twice")
                .during(Duration.ofSeconds(3))
                .until(() -> sink.requests("/slack").size() == 1
                        && sink.requests("/webhook").size() == 1);
        assertThat(published()).containsOnlyOnce("slice .CommonLabels.x");
        assertThat(status("other").reason()).isNull();
    }

    @Test
    void itOutlivesAnOperatorThatRestartsAndEndsWithAnEdit() throws Exception {
        apply(contactPoint("team", "#shop", TREACHEROUS, ""));
        awaitReady("team");
        fire("one", "boom");
        await("the contact point says so")
                .until(() -> "FallbackText".equals(status("team").reason()));
        Condition before = condition("team", "Delivering");
        String published = published();
        long reloads = alertmanager.reloads();

        operator.close();
        newOperator();

        await("nothing is published anew, and nothing else is said")
                .during(Duration.ofSeconds(3))
                .until(() -> published().equals(published)
                        && condition("team", "Delivering").equals(before));
        assertThat(alertmanager.reloads()).isEqualTo(reloads);
        fire("two", "boom");
        await("the next alert arrives").until(() -> sink.requests("/slack").size() == 2);

        edit(contactPoint("team", "#shop", "mended: {{ .CommonLabels.x }}", ""));

        await("the contact point is well again")
                .until(() -> condition("team", "Delivering").reason().equals("NotificationsArrive"));
        awaitReady("team");
        fire("three", "boom");
        await("its own text arrives").until(() -> sink.requests("/slack").size() == 3);
        assertThat(sink.requests("/slack").getLast().body()).contains("mended: boom");
        assertThat(status("team").reason()).isNull();
    }

    @Test
    void anEditThatMendsNothingFallsBackAgainAndLosesNothing() throws Exception {
        apply(contactPoint("team", "#shop", TREACHEROUS, ""));
        awaitReady("team");
        fire("one", "boom");
        await("the contact point says so")
                .until(() -> "FallbackText".equals(status("team").reason()));

        edit(contactPoint("team", "#elsewhere", TREACHEROUS, ""));

        await("its own texts are tried").until(() -> published().contains("slice .CommonLabels.x"));
        awaitReady("team");
        fire("two", "boom");
        await("it arrives where the edit sends it")
                .atMost(Duration.ofSeconds(20))
                .until(() -> sink.requests("/slack").size() == 2);
        assertThat(sink.requests("/slack").getLast().body()).contains("[FIRING:1]", "#elsewhere");
        await("the contact point says so again")
                .until(() -> "FallbackText".equals(status("team").reason()));
    }

    @Test
    void anAddressThatFailsHasNoFallback() throws Exception {
        apply(contactPoint("team", "#" + TREACHEROUS, "fixed", ""));
        awaitReady("team");
        String published = published();

        fire("one", "boom");

        await("the contact point says that it fails")
                .until(() -> condition("team", "Delivering").reason().equals("NotificationsFail"));
        await("nothing is published")
                .during(Duration.ofSeconds(2))
                .until(() -> published().equals(published));
        assertThat(condition("team", "Delivering").status()).isEqualTo("False");
        assertThat(condition("team", "Delivering").message())
                .contains("slack/0", "most likely since a template fails")
                .doesNotContain("default text");
        assertThat(sink.requests("/slack")).isEmpty();
    }

    private void fire(String name, String x) throws Exception {
        alertmanager.fire("{\"alertname\":\"Fire\",\"tocsin_namespace\":\"shop\",\"tocsin_rule\":\"%s\",\"x\":\"%s\"}"
                .formatted(name, x));
    }

    private ContactPoint contactPoint(String name, String channel, String text, String more) {
        return Serialization.unmarshal(
                """
                apiVersion: tocsin.dev/v1alpha1
                kind: ContactPoint
                metadata: {name: %s, namespace: shop}
                spec:
                  receivers:
                    - slack:
                        apiUrl: {value: "%s"}
                        channel: '%s'
                        text: '%s'
                %s
                """.formatted(name, sink.url("/slack"), channel, text, more), ContactPoint.class);
    }

    private String webhook() {
        return "    - webhook: {url: {value: \"%s\"}}".formatted(sink.url("/webhook"));
    }

    private static void apply(HasMetadata object) {
        apiServer.client().resource(object).create();
    }

    private static void edit(ContactPoint object) {
        apiServer.client().resource(object).forceConflicts().serverSideApply();
    }

    private static void awaitReady(String name) {
        await(name + " is ready").until(() -> condition(name, "Ready").status().equals("True"));
    }

    private static ContactPointStatus status(String name) {
        ContactPoint object = Objects.requireNonNull(apiServer
                .client()
                .resources(ContactPoint.class)
                .inNamespace("shop")
                .withName(name)
                .get());
        return Objects.requireNonNull(object.getStatus());
    }

    private static Condition condition(String name, String type) {
        @Nullable
        ContactPointStatus status = apiServer
                .client()
                .resources(ContactPoint.class)
                .inNamespace("shop")
                .withName(name)
                .get()
                .getStatus();
        return Optional.ofNullable(status)
                .flatMap(known -> Conditions.find(known.conditions(), type))
                .orElse(new Condition(type, "Unknown", 0L, "", "", ""));
    }

    private static String published() {
        return new SecretConfigurationStore(apiServer.client(), "tocsin-system", "config", Optional.empty())
                .read()
                .orElseThrow()
                .yaml();
    }
}
