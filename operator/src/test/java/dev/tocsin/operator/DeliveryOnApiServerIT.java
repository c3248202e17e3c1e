package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.ContactPointStatus;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import dev.tocsin.api.v1alpha1.TestState;
import dev.tocsin.api.v1alpha1.TestStatus;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.ApiServer;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.Engines;
import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.status.Conditions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The delivery path between a real API server and a real Alertmanager; only the kubelet is a stand-in. */
@Tag("integration")
class DeliveryOnApiServerIT {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryOnApiServerIT.class);
    private static final OperatorConfiguration CONFIGURATION = OperatorConfiguration.parse("""
            datasources: [{name: default, url: "http://127.0.0.1:1"}]
            evaluators: {image: vmalert}
            alertmanager: {name: alertmanager, members: 1, configSecret: config}
            delivery: {clusterPolicyNamespaces: [shop]}
            """);

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
    }

    private void newOperator() {
        newOperator(DeliveryOperator.QUICK);
    }

    private void newOperator(DeliveryLoop.Timing timing) {
        operator = new DeliveryOperator(client, CONFIGURATION, alertmanager, new SimpleMeterRegistry(), timing);
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
        apiServer.client().secrets().inNamespace("shop").delete();
        client.close();
        alertmanager.close();
        sink.close();
    }

    @Test
    void objectsBecomeReadyAnEditGoesLiveAndADeletionToo() throws Exception {
        operator.lead();
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
        operator.lead();
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

    @Test
    void aGrantThatIsWithdrawnCountsAtOnceAndBothObjectsSaySo() {
        apiServer.namespace("platform");
        operator.lead();
        allow("[shop]");
        apply(policy("platform/duty"));
        await("the policy is ready").until(() -> isTrue(conditions(NotificationPolicy.class, "all"), "Ready"));
        assertThat(Conditions.find(dutyConditions(), "RefusedReferences")).isEmpty();

        allow("[bank]");

        await("the policy names the contact point")
                .until(() -> Conditions.find(conditions(NotificationPolicy.class, "all"), "Accepted")
                        .filter(accepted -> accepted.reason().equals("RefNotPermitted")
                                && accepted.message().contains("platform/duty"))
                        .isPresent());
        await("nothing is sent there").until(() -> !published().contains("receiver: \"platform/duty\""));
        await("the contact point names the policy")
                .until(() -> Conditions.find(dutyConditions(), "RefusedReferences")
                        .filter(refused -> refused.message().endsWith(": shop/all (spec.route)"))
                        .isPresent());
        assertThat(isTrue(dutyConditions(), "Ready")).isTrue();
        allow("[shop, bank]");
        await("neither says so any more")
                .until(() -> isTrue(conditions(NotificationPolicy.class, "all"), "Ready")
                        && Conditions.find(dutyConditions(), "RefusedReferences")
                                .isEmpty());
    }

    private void allow(String namespaces) {
        ContactPoint duty = Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: ContactPoint
                metadata: {name: duty, namespace: platform}
                spec:
                  receivers: [{webhook: {url: {value: "%s"}}}]
                  allowFrom: {namespaces: %s}
                """.formatted(sink.url("/duty"), namespaces), ContactPoint.class);
        apiServer.client().resource(duty).forceConflicts().serverSideApply();
    }

    private static @Nullable List<Condition> dutyConditions() {
        ContactPoint object = apiServer
                .client()
                .resources(ContactPoint.class)
                .inNamespace("platform")
                .withName("duty")
                .get();
        return object == null || object.getStatus() == null
                ? null
                : object.getStatus().conditions();
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
        operator.lead();
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

        operator.lead();

        await("the operator has written").until(() -> published().contains("tocsin:nobody"));
    }

    @Test
    void aContactPointThatIsMadeAnewUnderItsNameGetsAStatusOfItsOwn() {
        operator.lead();
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

    @Test
    void aTestReachesThatContactPointAloneAndOnceForEachValue() throws Exception {
        operator.lead();
        apply("hook", sink.url("/one"));
        apply(contactPoint("team"));
        apply(contactPoint("others", sink.url("/others")));
        apply(policy("others"));
        apply(everything("others"));
        awaitReady("team");
        awaitReady("others");
        await("every alert goes to others").until(() -> isTrue(conditions(NotificationPolicy.class, "top"), "Ready"));

        request("team", "first");

        awaitTest("team", "first", TestState.Sent);
        assertThat(testOf("team").message()).isEqualTo("webhook/0 has taken it");
        assertThat(firing("/one")).singleElement().asString().contains("Test notification of ContactPoint shop/team");
        int publications = published().hashCode();
        request("team", "second");
        awaitTest("team", "second", TestState.Sent);
        assertThat(firing("/one")).hasSize(2);
        assertThat(published().hashCode()).isEqualTo(publications);
        assertThat(sink.requests("/others")).isEmpty();
        Set<Integer> counted = new HashSet<>();
        await("the end of each is told too, as that of any alert")
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    counted.add(Objects.requireNonNull(get("top").getStatus()).alerts());
                    return sink.requests("/one").size() == 4;
                });
        assertThat(counted).as("a test is no alert of any policy").containsExactly(0);
        assertThat(firing("/one")).hasSize(2);
    }

    @Test
    void aTestSaysWhichReceiverFailsAndHow() throws Exception {
        try (CaptureServer broken = new CaptureServer()) {
            broken.answer(403);
            operator.lead();
            apply(contactPoint("team", sink.url("/one"), broken.url("/two")));
            awaitReady("team");

            request("team", "x");

            awaitTest("team", "x", TestState.Failed);
            assertThat(testOf("team").message())
                    .isEqualTo("webhook/0 has taken it; webhook/1: the other side refuses notifications (HTTP 4xx);"
                            + " they are not tried again");
            assertThat(broken.requests("/two")).hasSize(1);
            awaitReady("team");
        }
    }

    @Test
    void aTestWaitsForAContactPointThatIsRefused() throws Exception {
        operator.lead();
        apply(contactPoint("team"));
        await("the Secret is missed")
                .until(() -> reasonOf(conditions(ContactPoint.class, "team"), "Accepted")
                        .equals("SecretNotFound"));

        request("team", "early");

        awaitTest("team", "early", TestState.Pending);
        assertThat(testOf("team").message())
                .isEqualTo("it waits until the contact point is accepted; see the condition Accepted");
        apply("hook", sink.url("/one"));
        awaitTest("team", "early", TestState.Sent);
        assertThat(firing("/one")).hasSize(1);
    }

    @Test
    void anOperatorThatRestartsInTheMiddleOfATestDoesNotSendItTwice() throws Exception {
        operator.lead();
        apply("hook", sink.url("/one"));
        apply(contactPoint("team"));
        awaitReady("team");

        request("team", "x");
        await("it is sent")
                .pollInterval(Duration.ofMillis(10))
                .until(() -> !firing("/one").isEmpty());
        operator.close();
        assertThat(testOf("team").state()).isEqualTo(TestState.Pending);
        newOperator();
        operator.lead();

        awaitTest("team", "x", TestState.Sent);
        operator.close();
        newOperator();
        operator.lead();
        await("nothing more is sent")
                .during(Duration.ofSeconds(3))
                .until(() -> firing("/one").size() == 1);
    }

    /** As on a cluster, with 1,000 edits a minute: 20 reloads a minute at most, and none when nothing changes. */
    @Test
    void aStormOfEditsCostsFewReloads() throws Exception {
        operator.close();
        newOperator(DeliveryLoop.Timing.DEFAULT);
        operator.lead();
        for (int i = 0; i < 10; i++) {
            apply(contactPoint("storm-" + i, sink.url("/start")));
        }
        for (int i = 0; i < 10; i++) {
            awaitReady("storm-" + i);
        }
        long before = alertmanager.reloads();
        long begun = System.nanoTime();

        for (int i = 1; i <= 300; i++) {
            url("storm-" + i % 10, sink.url("/" + i));
            long due = begun + Duration.ofMillis(60).multipliedBy(i).toNanos();
            LockSupport.parkNanos(due - System.nanoTime());
        }

        double minutes = Duration.ofNanos(System.nanoTime() - begun).toMillis() / 60_000.0;
        await("the last edit is loaded")
                .atMost(Duration.ofSeconds(20))
                .until(() -> published().contains(sink.url("/300"))
                        && isTrue(conditions(ContactPoint.class, "storm-0"), "Ready"));
        long reloads = alertmanager.reloads() - before;
        LOG.info("300 edits in {} s cost {} reloads", Math.round(minutes * 60), reloads);
        assertThat(reloads).isBetween(1L, Math.round(Math.ceil(20 * minutes)) + 1);
        await("nothing more is reloaded")
                .during(Duration.ofSeconds(6))
                .atMost(Duration.ofSeconds(8))
                .until(() -> alertmanager.reloads() == before + reloads);
    }

    private static void url(String name, String url) {
        apiServer
                .client()
                .resources(ContactPoint.class)
                .inNamespace("shop")
                .withName(name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\": {\"receivers\": [{\"webhook\": {\"url\": {\"value\": \"" + url + "\"}}}]}}");
    }

    @Test
    void kubectlShowsInATerminalsWidthWhatAPersonLooksFor() throws Exception {
        operator.lead();
        apply("hook", sink.url("/one"));
        apply(contactPoint("checkout-on-call"));
        apply(policy("checkout-on-call"));
        apply(Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: NotificationPolicy
                metadata: {name: cluster-wide-paging, namespace: shop}
                spec: {scope: Cluster, route: {contactPoint: platform/pager-duty, routes: [{matchers: []}, {}]}}
                """, NotificationPolicy.class));
        awaitReady("checkout-on-call");
        await("the other is refused")
                .until(() -> !reasonOf(conditions(NotificationPolicy.class, "cluster-wide-paging"), "Accepted")
                        .isEmpty());

        List<String> contactPoints = kubectl("contactpoints");
        List<String> policies = kubectl("notificationpolicies");

        assertThat(words(contactPoints.getFirst()))
                .containsExactly("NAMESPACE", "NAME", "RECEIVERS", "READY", "DELIVERING", "REASON", "AGE");
        assertThat(words(policies.getFirst()))
                .containsExactly(
                        "NAMESPACE", "NAME", "SCOPE", "CONTACT POINT", "ROUTES", "ALERTS", "READY", "REASON", "AGE");
        assertThat(policies)
                .anySatisfy(line -> assertThat(words(line))
                        .startsWith(
                                "shop", "cluster-wide-paging", "Cluster", "platform/pager-duty", "3", "0", "False"));
        assertThat(contactPoints).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(120));
        assertThat(policies).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(120));
    }

    private static List<String> words(String line) {
        return List.of(line.strip().split(" {2,}"));
    }

    private List<String> kubectl(String plural) throws IOException {
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), apiServer.kubeconfig());
        Engines.Answer answer = Engines.run(List.of(
                Engines.binary("kubectl").toString(), "--kubeconfig", kubeconfig.toString(), "get", "-A", plural));
        assertThat(answer.exitStatus()).describedAs(answer.output()).isZero();
        return answer.output().lines().toList();
    }

    private static void request(String name, String value) {
        apiServer
                .client()
                .resources(ContactPoint.class)
                .inNamespace("shop")
                .withName(name)
                .edit(object -> {
                    object.getMetadata().getAnnotations().put(ContactPoint.TEST_ANNOTATION, value);
                    return object;
                });
    }

    private static void awaitTest(String name, String value, TestState state) {
        await("the test " + value + " is " + state)
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> {
                    assertThat(testOf(name).value()).isEqualTo(value);
                    assertThat(testOf(name).state()).isEqualTo(state);
                });
    }

    private static TestStatus testOf(String name) {
        ContactPointStatus status = apiServer
                .client()
                .resources(ContactPoint.class)
                .inNamespace("shop")
                .withName(name)
                .get()
                .getStatus();
        return status == null || status.test() == null
                ? new TestStatus("", TestState.Unknown, null, null)
                : status.test();
    }

    private static NotificationPolicy get(String name) {
        return apiServer
                .client()
                .resources(NotificationPolicy.class)
                .inNamespace("shop")
                .withName(name)
                .get();
    }

    /** Bodies that told of something that fires. */
    private List<String> firing(String path) {
        return sink.requests(path).stream()
                .map(CaptureServer.Request::body)
                .filter(body -> body.contains("\"status\":\"firing\""))
                .toList();
    }

    private static ContactPoint contactPoint(String name, String... urls) {
        return Serialization.unmarshal(
                """
                apiVersion: tocsin.dev/v1alpha1
                kind: ContactPoint
                metadata: {name: %s, namespace: shop, annotations: {}}
                spec: {receivers: [%s]}
                """.formatted(
                                name,
                                Stream.of(urls)
                                        .map("{webhook: {url: {value: \"%s\"}}}"::formatted)
                                        .collect(Collectors.joining(", "))),
                ContactPoint.class);
    }

    private static NotificationPolicy everything(String contactPoint) {
        return Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: NotificationPolicy
                metadata: {name: top, namespace: shop}
                spec: {scope: Cluster, route: {contactPoint: %s, groupWait: 0s}}
                """.formatted(contactPoint), NotificationPolicy.class);
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
