package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.ContactPointStatus;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import dev.tocsin.api.v1alpha1.TestState;
import dev.tocsin.api.v1alpha1.TestStatus;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.Engines;
import dev.tocsin.status.Conditions;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The delivery path between a real API server and a real Alertmanager; only the kubelet is a stand-in. */
class DeliveryOnApiServerIT extends InDeliveryWorld {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryOnApiServerIT.class);

    @Test
    void objectsBecomeReadyAnEditGoesLiveAndADeletionToo() throws Exception {
        world.lead();
        secret("hook", world.sink().url("/one"));
        world.create(policy("team"));
        world.create(contactPoint("team"));
        world.awaitReady("team");
        world.awaitPolicyReady("all");

        world.alertmanager().fire("{\"alertname\":\"Fire\",\"tocsin_namespace\":\"shop\",\"tocsin_rule\":\"fire\"}");
        await("the notification arrives")
                .until(() -> !world.sink().requests("/one").isEmpty());

        secret("hook", world.sink().url("/two"));
        await("the Secret's new value is published")
                .until(() -> world.published().contains("/two"));

        world.contactPoint("team").delete();
        await("the contact point is gone").until(() -> !world.published().contains("shop/team"));
        await("the policy names what it misses")
                .until(() -> policyCondition("all", "Accepted").reason().equals("RefNotFound"));
    }

    @Test
    void aNamespaceThatLosesItsLabelLosesTheGrantAtOnce() {
        world.apiServer().namespace("platform");
        world.lead();
        label("shop", "granted");
        world.create(Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: ContactPoint
                metadata: {name: pager, namespace: platform}
                spec:
                  receivers: [{webhook: {url: {value: "%s"}}}]
                  allowFrom: {namespaceSelector: {matchLabels: {pager: granted}}}
                """.formatted(world.sink().url("/pager")), ContactPoint.class));
        world.create(policy("platform/pager"));
        world.awaitPolicyReady("all");
        assertThat(world.published()).contains("receiver: \"platform/pager\"");

        label("shop", "withdrawn");

        await("the policy is refused")
                .until(() -> policyCondition("all", "Accepted").reason().equals("RefNotPermitted"));
        await("nothing is sent there").until(() -> !world.published().contains("receiver: \"platform/pager\""));
        label("shop", "granted");
        world.awaitPolicyReady("all");
    }

    @Test
    void aGrantThatIsWithdrawnCountsAtOnceAndBothObjectsSaySo() {
        world.apiServer().namespace("platform");
        world.lead();
        allow("[shop]");
        world.create(policy("platform/duty"));
        world.awaitPolicyReady("all");
        assertThat(duty("RefusedReferences").status()).isEqualTo("Unknown");

        allow("[bank]");

        await("the policy names the contact point")
                .until(() -> policyCondition("all", "Accepted").reason().equals("RefNotPermitted")
                        && policyCondition("all", "Accepted").message().contains("platform/duty"));
        await("nothing is sent there").until(() -> !world.published().contains("receiver: \"platform/duty\""));
        await("the contact point names the policy")
                .until(() -> duty("RefusedReferences").message().endsWith(": shop/all (spec.route)"));
        assertThat(duty("Ready").status()).isEqualTo("True");
        allow("[shop, bank]");
        await("neither says so any more")
                .until(() -> policyCondition("all", "Ready").status().equals("True")
                        && duty("RefusedReferences").status().equals("Unknown"));
    }

    private void allow(String namespaces) {
        world.apply(Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: ContactPoint
                metadata: {name: duty, namespace: platform}
                spec:
                  receivers: [{webhook: {url: {value: "%s"}}}]
                  allowFrom: {namespaces: %s}
                """.formatted(world.sink().url("/duty"), namespaces), ContactPoint.class));
    }

    private static Condition duty(String type) {
        return DeliveryWorld.condition(
                world.client()
                        .resources(ContactPoint.class)
                        .inNamespace("platform")
                        .withName("duty"),
                type);
    }

    private static void label(String namespace, String value) {
        world.client()
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
        world.lead();
        await("the operator has written").until(() -> world.published().contains("tocsin:nobody"));

        world.client().secrets().inNamespace("tocsin-system").withName("config").delete();

        await("it is written again").until(() -> world.published().contains("tocsin:nobody"));

        world.client()
                .secrets()
                .inNamespace("tocsin-system")
                .withName("config")
                .edit(secret -> new SecretBuilder(secret)
                        .addToStringData("alertmanager.yaml", "route: {receiver: a}\nreceivers: [{name: a}]\n")
                        .build());

        await("the edit is undone").until(() -> world.published().contains("tocsin:nobody"));
    }

    @Test
    void aSecretThatAnotherMadeIsTakenOver() {
        world.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("config")
                        .withNamespace("tocsin-system")
                        .endMetadata()
                        .addToStringData("alertmanager.yaml", "route: {receiver: a}\nreceivers: [{name: a}]\n")
                        .build())
                .create();

        world.lead();

        await("the operator has written").until(() -> world.published().contains("tocsin:nobody"));
    }

    @Test
    void aContactPointThatIsMadeAnewUnderItsNameGetsAStatusOfItsOwn() {
        world.lead();
        secret("hook", world.sink().url("/one"));
        world.create(contactPoint("team"));
        world.awaitReady("team");
        String before = lastTransition("team");

        world.contactPoint("team").delete();
        await("a second passes")
                .until(() -> !Conditions.timestamp(Clock.systemUTC().instant()).equals(before));
        world.create(contactPoint("team"));

        world.awaitReady("team");
        assertThat(lastTransition("team")).isNotEqualTo(before);
    }

    /** JOSDK is not done with the old ones when the new ones are there. */
    @Test
    void contactPointsThatAreReplacedAtOnceAllBecomeReady() {
        world.lead();
        secret("hook", world.sink().url("/one"));
        List<String> names =
                IntStream.range(0, 40).mapToObj(i -> "replaced-" + i).toList();
        names.forEach(name -> {
            world.create(contactPoint(name));
            world.contactPoint(name).delete();
            world.create(contactPoint(name));
        });

        names.forEach(world::awaitReady);
    }

    @Test
    void aTestReachesThatContactPointAloneAndOnceForEachValue() throws Exception {
        world.lead();
        secret("hook", world.sink().url("/one"));
        world.create(contactPoint("team"));
        world.create(contactPoint("others", world.sink().url("/others")));
        world.create(policy("others"));
        world.create(everything("others"));
        world.awaitReady("team");
        world.awaitReady("others");
        world.awaitPolicyReady("top");

        Instant asked = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        request("team", "first");

        awaitTest("team", "first", TestState.Sent);
        assertThat(Instant.parse(Objects.requireNonNull(testOf("team").at()))).isBetween(asked, Instant.now());
        assertThat(testOf("team").message()).isEqualTo("webhook/0 has taken it");
        assertThat(firing("/one")).singleElement().asString().contains("Test notification of ContactPoint shop/team");
        int publications = world.published().hashCode();
        request("team", "second");
        awaitTest("team", "second", TestState.Sent);
        assertThat(firing("/one")).hasSize(2);
        assertThat(world.published().hashCode()).isEqualTo(publications);
        assertThat(world.sink().requests("/others")).isEmpty();
        Set<Integer> counted = new HashSet<>();
        await("the end of each is told too, as that of any alert")
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    counted.add(Objects.requireNonNull(world.policy("top").get().getStatus())
                            .alerts());
                    return world.sink().requests("/one").size() == 4;
                });
        assertThat(counted).as("a test is no alert of any policy").containsExactly(0);
        assertThat(firing("/one")).hasSize(2);
    }

    @Test
    void aTestSaysWhichReceiverFailsAndHow() throws Exception {
        try (CaptureServer broken = new CaptureServer()) {
            broken.answer(403);
            world.lead();
            world.create(contactPoint("team", world.sink().url("/one"), broken.url("/two")));
            world.awaitReady("team");

            request("team", "x");

            awaitTest("team", "x", TestState.Failed);
            assertThat(testOf("team").message())
                    .isEqualTo("webhook/0 has taken it; webhook/1: the other side refuses notifications (HTTP 4xx);"
                            + " they are not tried again");
            assertThat(broken.requests("/two")).hasSize(1);
            world.awaitReady("team");
        }
    }

    @Test
    void aTestWaitsForAContactPointThatIsRefused() throws Exception {
        world.lead();
        world.create(contactPoint("team"));
        await("the Secret is missed")
                .until(() -> contactPointCondition("team", "Accepted").reason().equals("SecretNotFound"));

        request("team", "early");

        awaitTest("team", "early", TestState.Pending);
        assertThat(testOf("team").message())
                .isEqualTo("it waits until the contact point is accepted; see the condition Accepted");
        assertThat(testOf("team").at()).isNull();
        secret("hook", world.sink().url("/one"));
        awaitTest("team", "early", TestState.Sent);
        assertThat(firing("/one")).hasSize(1);
    }

    @Test
    void anOperatorThatRestartsInTheMiddleOfATestDoesNotSendItTwice() throws Exception {
        world.lead();
        secret("hook", world.sink().url("/one"));
        world.create(contactPoint("team"));
        world.awaitReady("team");

        Instant asked = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        request("team", "x");
        await("it is sent")
                .pollInterval(Duration.ofMillis(10))
                .until(() -> !firing("/one").isEmpty());
        world.stopOperator();
        assertThat(testOf("team").state()).isEqualTo(TestState.Pending);
        Instant begun = Instant.parse(Objects.requireNonNull(testOf("team").at()));
        assertThat(begun).isBetween(asked, Instant.now());
        world.restartOperator(DeliveryOperator.QUICK);
        world.lead();

        awaitTest("team", "x", TestState.Sent);
        assertThat(Instant.parse(Objects.requireNonNull(testOf("team").at())))
                .as("now it is the time of the result")
                .isBetween(begun, Instant.now());
        world.restartOperator(DeliveryOperator.QUICK);
        world.lead();
        await("nothing more is sent")
                .during(Duration.ofSeconds(3))
                .until(() -> firing("/one").size() == 1);
    }

    /** As on a cluster, with 1,000 edits a minute: 20 reloads a minute at most, and none when nothing changes. */
    @Test
    void aStormOfEditsCostsFewReloads() throws Exception {
        world.restartOperator(DeliveryLoop.Timing.DEFAULT);
        world.lead();
        for (int i = 0; i < 10; i++) {
            world.create(contactPoint("storm-" + i, world.sink().url("/start")));
        }
        for (int i = 0; i < 10; i++) {
            world.awaitReady("storm-" + i);
        }
        long before = world.alertmanager().reloads();
        long begun = System.nanoTime();

        for (int i = 1; i <= 300; i++) {
            url("storm-" + i % 10, world.sink().url("/" + i));
            long due = begun + Duration.ofMillis(60).multipliedBy(i).toNanos();
            LockSupport.parkNanos(due - System.nanoTime());
        }

        double minutes = Duration.ofNanos(System.nanoTime() - begun).toMillis() / 60_000.0;
        await("the last edit is loaded")
                .atMost(Duration.ofSeconds(20))
                .until(() -> world.published().contains(world.sink().url("/300"))
                        && contactPointCondition("storm-0", "Ready").status().equals("True"));
        long reloads = world.alertmanager().reloads() - before;
        LOG.info("300 edits in {} s cost {} reloads", Math.round(minutes * 60), reloads);
        assertThat(reloads).isBetween(1L, Math.round(Math.ceil(20 * minutes)) + 1);
        await("nothing more is reloaded")
                .during(Duration.ofSeconds(6))
                .atMost(Duration.ofSeconds(8))
                .until(() -> world.alertmanager().reloads() == before + reloads);
    }

    private static void url(String name, String url) {
        world.contactPoint(name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\": {\"receivers\": [{\"webhook\": {\"url\": {\"value\": \"" + url + "\"}}}]}}");
    }

    @Test
    void kubectlShowsInATerminalsWidthWhatAPersonLooksFor() throws Exception {
        world.lead();
        secret("hook", world.sink().url("/one"));
        world.create(contactPoint("checkout-on-call"));
        world.create(policy("checkout-on-call"));
        world.create(Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: NotificationPolicy
                metadata: {name: cluster-wide-paging, namespace: shop}
                spec: {scope: Cluster, route: {contactPoint: platform/pager-duty, routes: [{matchers: []}, {}]}}
                """, NotificationPolicy.class));
        world.awaitReady("checkout-on-call");
        await("the other is refused")
                .until(() -> !policyCondition("cluster-wide-paging", "Accepted")
                        .reason()
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
        Path kubeconfig = Files.writeString(
                folder.resolve("kubeconfig"), world.apiServer().kubeconfig());
        Engines.Answer answer = Engines.run(List.of(
                Engines.binary("kubectl").toString(), "--kubeconfig", kubeconfig.toString(), "get", "-A", plural));
        assertThat(answer.exitStatus()).describedAs(answer.output()).isZero();
        return answer.output().lines().toList();
    }

    private static void request(String name, String value) {
        world.contactPoint(name).edit(object -> {
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
        ContactPointStatus status = DeliveryWorld.status(world.contactPoint(name));
        return status == null || status.test() == null
                ? new TestStatus("", TestState.Unknown, null, null)
                : status.test();
    }

    /** Bodies that told of something that fires. */
    private List<String> firing(String path) {
        return world.sink().requests(path).stream()
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
        return contactPointCondition(name, "Ready").lastTransitionTime();
    }

    private static Condition contactPointCondition(String name, String type) {
        return DeliveryWorld.condition(world.contactPoint(name), type);
    }

    private static Condition policyCondition(String name, String type) {
        return DeliveryWorld.policyCondition(world.policy(name), type);
    }

    private static void secret(String name, String url) {
        world.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace("shop")
                        .endMetadata()
                        .addToData("url", Base64.getEncoder().encodeToString(url.getBytes(StandardCharsets.UTF_8)))
                        .build())
                .serverSideApply();
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
