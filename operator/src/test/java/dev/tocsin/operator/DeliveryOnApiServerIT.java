package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.ApiServer;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.Engines;
import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.publish.Replica;
import dev.tocsin.publish.SecretConfigurationStore;
import dev.tocsin.status.Conditions;
import dev.tocsin.status.StatusWriter;
import dev.tocsin.vet.Amtool;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The delivery path between a real API server and a real Alertmanager; only the kubelet is a stand-in. */
@Tag("integration")
class DeliveryOnApiServerIT {
    private static final DeliveryLoop.Timing TIMING = new DeliveryLoop.Timing(
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofMillis(500));
    private static final OperatorConfiguration CONFIGURATION = OperatorConfiguration.parse("""
            datasources: [{name: default, url: "http://127.0.0.1:1"}]
            evaluators: {image: vmalert}
            alertmanager: {name: alertmanager, members: 1, configSecret: config}
            """);

    private static ApiServer apiServer;

    @TempDir
    Path folder;

    private KubernetesClient client;
    private CaptureServer sink;
    private RunningAlertmanager alertmanager;
    private StatusWriter statusWriter;
    private DeliveryLoop loop;
    private Operator operator;

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
        statusWriter = new StatusWriter(client, new SimpleMeterRegistry()).start();
        SecretConfigurationStore store =
                new SecretConfigurationStore(client, "tocsin-system", "config", Optional.empty());
        loop = new DeliveryLoop(
                client,
                CONFIGURATION,
                new Amtool(Engines.binary("amtool")),
                store,
                (member, revision) -> mount(store),
                HttpClient.newHttpClient(),
                statusWriter,
                contactPoints -> {},
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                TIMING);
        operator =
                new Operator(overrider -> overrider.withKubernetesClient(client).withCloseClientOnStop(false));
        operator.register(new ContactPointReconciler(loop));
        operator.register(new NotificationPolicyReconciler(loop));
    }

    private void mount(SecretConfigurationStore store) {
        try {
            alertmanager.replaceFile(store.read().orElseThrow().yaml());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void lead() {
        operator.start();
        loop.start();
        loop.members().appeared(new Replica("alertmanager", "alertmanager-0", "uid", alertmanager.url()));
    }

    @AfterEach
    void stop() {
        operator.stop();
        loop.close();
        statusWriter.close();
        apiServer.client().resources(ContactPoint.class).inNamespace("shop").delete();
        apiServer
                .client()
                .resources(NotificationPolicy.class)
                .inNamespace("shop")
                .delete();
        apiServer.client().secrets().inNamespace("tocsin-system").delete();
        apiServer.client().secrets().inNamespace("shop").delete();
        client.close();
        alertmanager.close();
        sink.close();
    }

    @Test
    void objectsBecomeReadyAnEditGoesLiveAndADeletionToo() throws Exception {
        lead();
        apply("hook", sink.url("/one"));
        apply(policy("team"));
        apply(contactPoint("team"));
        awaitReady("team");
        await("the policy is ready").until(() -> isTrue(conditions(NotificationPolicy.class, "all"), "Ready"));

        alertmanager.fire("{\"alertname\":\"Fire\",\"tocsin_namespace\":\"shop\",\"tocsin_rule\":\"fire\"}");
        await("the notification arrives").until(() -> !sink.requests("/one").isEmpty());

        apply("hook", sink.url("/two"));
        await("the Secret's new value is published").until(() -> published().contains("/two"));

        apiServer
                .client()
                .resources(ContactPoint.class)
                .inNamespace("shop")
                .withName("team")
                .delete();
        await("the contact point is gone").until(() -> !published().contains("shop/team"));
        await("the policy names what it misses")
                .until(() -> reasonOf(conditions(NotificationPolicy.class, "all"), "Accepted")
                        .equals("RefNotFound"));
    }

    @Test
    void aNamespaceThatLosesItsLabelLosesTheGrantAtOnce() {
        apiServer.namespace("platform");
        lead();
        label("shop", "granted");
        apply(Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: ContactPoint
                metadata: {name: pager, namespace: platform}
                spec:
                  receivers: [{webhook: {url: {value: "%s"}}}]
                  allowFrom: {namespaceSelector: {matchLabels: {pager: granted}}}
                """.formatted(sink.url("/pager")), ContactPoint.class));
        apply(policy("platform/pager"));
        await("the policy is ready").until(() -> isTrue(conditions(NotificationPolicy.class, "all"), "Ready"));
        assertThat(published()).contains("receiver: \"platform/pager\"");

        label("shop", "withdrawn");

        await("the policy is refused")
                .until(() -> reasonOf(conditions(NotificationPolicy.class, "all"), "Accepted")
                        .equals("RefNotPermitted"));
        await("nothing is sent there").until(() -> !published().contains("receiver: \"platform/pager\""));
        label("shop", "granted");
        await("the policy is ready again").until(() -> isTrue(conditions(NotificationPolicy.class, "all"), "Ready"));
    }

    private static void label(String namespace, String value) {
        apiServer
                .client()
                .namespaces()
                .withName(namespace)
                .edit(object -> new NamespaceBuilder(object)
                        .editMetadata()
                        .addToLabels("pager", value)
                        .endMetadata()
                        .build());
    }

    @Test
    void aConfigurationThatSomeoneDeletesOrEditsComesBack() {
        lead();
        await("the operator has written").until(() -> published().contains("tocsin:nobody"));

        apiServer
                .client()
                .secrets()
                .inNamespace("tocsin-system")
                .withName("config")
                .delete();

        await("it is written again").until(() -> published().contains("tocsin:nobody"));

        apiServer
                .client()
                .secrets()
                .inNamespace("tocsin-system")
                .withName("config")
                .edit(secret -> new SecretBuilder(secret)
                        .addToStringData("alertmanager.yaml", "route: {receiver: a}\nreceivers: [{name: a}]\n")
                        .build());

        await("the edit is undone").until(() -> published().contains("tocsin:nobody"));
    }

    @Test
    void aSecretThatAnotherMadeIsTakenOver() {
        apiServer
                .client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("config")
                        .withNamespace("tocsin-system")
                        .endMetadata()
                        .addToStringData("alertmanager.yaml", "route: {receiver: a}\nreceivers: [{name: a}]\n")
                        .build())
                .create();

        lead();

        await("the operator has written").until(() -> published().contains("tocsin:nobody"));
    }

    @Test
    void aContactPointThatIsMadeAnewUnderItsNameGetsAStatusOfItsOwn() {
        lead();
        apply("hook", sink.url("/one"));
        apply(contactPoint("team"));
        awaitReady("team");
        String before = lastTransition("team");

        apiServer
                .client()
                .resources(ContactPoint.class)
                .inNamespace("shop")
                .withName("team")
                .delete();
        await("a second passes")
                .until(() -> !Conditions.timestamp(Clock.systemUTC().instant()).equals(before));
        apply(contactPoint("team"));

        awaitReady("team");
        assertThat(lastTransition("team")).isNotEqualTo(before);
    }

    private static String lastTransition(String name) {
        return Conditions.find(conditions(ContactPoint.class, name), "Ready")
                .orElseThrow()
                .lastTransitionTime();
    }

    private static void awaitReady(String name) {
        await(name + " is ready").until(() -> isTrue(conditions(ContactPoint.class, name), "Ready"));
    }

    private static boolean isTrue(@Nullable List<Condition> conditions, String type) {
        return Conditions.find(conditions, type)
                .filter(condition -> condition.status().equals("True"))
                .isPresent();
    }

    private static String reasonOf(@Nullable List<Condition> conditions, String type) {
        return Conditions.find(conditions, type).map(Condition::reason).orElse("");
    }

    private static @Nullable List<Condition> conditions(Class<?> type, String name) {
        if (type == ContactPoint.class) {
            ContactPoint object = apiServer
                    .client()
                    .resources(ContactPoint.class)
                    .inNamespace("shop")
                    .withName(name)
                    .get();
            return object == null || object.getStatus() == null
                    ? null
                    : object.getStatus().conditions();
        }
        NotificationPolicy object = apiServer
                .client()
                .resources(NotificationPolicy.class)
                .inNamespace("shop")
                .withName(name)
                .get();
        return object == null || object.getStatus() == null
                ? null
                : object.getStatus().conditions();
    }

    private static String published() {
        Secret secret = apiServer
                .client()
                .secrets()
                .inNamespace("tocsin-system")
                .withName("config")
                .get();
        return secret == null
                ? ""
                : new String(
                        Base64.getDecoder().decode(secret.getData().get("alertmanager.yaml")), StandardCharsets.UTF_8);
    }

    private static void apply(String secret, String url) {
        apiServer
                .client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(secret)
                        .withNamespace("shop")
                        .endMetadata()
                        .addToData("url", Base64.getEncoder().encodeToString(url.getBytes(StandardCharsets.UTF_8)))
                        .build())
                .serverSideApply();
    }

    private static void apply(HasMetadata object) {
        apiServer.client().resource(object).create();
    }

    private static ContactPoint contactPoint(String name) {
        return Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: ContactPoint
                metadata: {name: %s, namespace: shop}
                spec: {receivers: [{webhook: {url: {secretKeyRef: {name: hook, key: url}}}}]}
                """.formatted(name), ContactPoint.class);
    }

    private static NotificationPolicy policy(String contactPoint) {
        return Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: NotificationPolicy
                metadata: {name: all, namespace: shop}
                spec: {route: {contactPoint: %s, groupWait: 0s, groupInterval: 1s}}
                """.formatted(contactPoint), NotificationPolicy.class);
    }
}
