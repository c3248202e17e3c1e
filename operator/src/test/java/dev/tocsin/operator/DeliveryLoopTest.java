package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.HeldBack;
import dev.tocsin.api.v1alpha1.Hold;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.PolicyFragment;
import dev.tocsin.compile.delivery.TemplateText;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.Engines;
import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.observe.SeenAlert;
import dev.tocsin.observe.SentTo;
import dev.tocsin.publish.AlertmanagerControl;
import dev.tocsin.publish.ConfigurationStore;
import dev.tocsin.publish.PublishedConfiguration;
import dev.tocsin.publish.Replica;
import dev.tocsin.status.AlertRuleStatusFactory;
import dev.tocsin.status.RuleFacts;
import dev.tocsin.status.StatusWriter;
import dev.tocsin.vet.Amtool;
import dev.tocsin.vet.ConfigurationVetter;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The delivery path with a real Alertmanager and amtool; only Kubernetes is a stand-in. */
@Tag("integration")
class DeliveryLoopTest {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLoopTest.class);
    private static final ObjectKey FIRE = new ObjectKey("shop", "fire");
    private static final Duration SPACING = Duration.ofMillis(1500);
    private static final DeliveryLoop.Timing TIMING = new DeliveryLoop.Timing(
            SPACING,
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofMinutes(1));
    private static final OperatorConfiguration CONFIGURATION = OperatorConfiguration.parse("""
            datasources: [{name: default, url: "http://127.0.0.1:1"}]
            evaluators: {image: vmalert}
            alertmanager: {name: alertmanager, members: 1, configSecret: config}
            delivery: {clusterPolicyNamespaces: [platform]}
            """);

    /** A certificate that Java and amtool take, and with which Alertmanager (Go) cannot build a client. */
    static final String NEGATIVE_SERIAL =
            "-----BEGIN CERTIFICATE-----\\nMIIBajCCARCgAwIBAgIB+zAKBggqhkjOPQQDAjATMREwDwYDVQQDDAhuZWdhdGl2\\nZTAgFw0yNjExMjMwMTAxNDlaGA8yMTI2MTAzMDAxMDE0OVowEzERMA8GA1UEAwwI\\nbmVnYXRpdmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ24N2SnLD2YWD2dEnQ\\nkAJppDwxE7xJmfYg7P1QXlfj8haUGAYock1zHt7m3qBKxKtFR5o/XttwSTIrfy1/\\n0yNGo1MwUTAdBgNVHQ4EFgQUnBiTz7M+7nr6S7P3Ggil4RuwhrwwHwYDVR0jBBgw\\nFoAUnBiTz7M+7nr6S7P3Ggil4RuwhrwwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjO\\nPQQDAgNIADBFAiBdyBlzDqf3HwTX1Bn4vjtA8noSXynjs0K0x/+bK1JxzwIhANkI\\nfXS5JJHwR4HDKp0FCcersAX4vwm/l9jHQprADk2q\\n-----END CERTIFICATE-----";

    @TempDir
    Path folder;

    private FakeKubernetes kubernetes;
    private CaptureServer sink;
    private RunningAlertmanager alertmanager;
    private KubernetesClient client;
    private StatusWriter statusWriter;
    private DeliveryLoop loop;
    private volatile Map<ObjectKey, SentTo> routed = Map.of();
    private MeterRegistry metrics;
    private boolean trialStarts = true;
    private final AtomicInteger trials = new AtomicInteger();
    private final List<String> vetted = new CopyOnWriteArrayList<>();
    private final Store store = new Store();

    /** Keeps the content, and brings it to Alertmanager's folder when the pod is touched. */
    private final class Store implements ConfigurationStore {
        private volatile @Nullable Content content;
        private final AtomicInteger writes = new AtomicInteger();
        private final List<String> contents = new CopyOnWriteArrayList<>();

        @Override
        public Optional<Content> read() {
            return Optional.ofNullable(content);
        }

        @Override
        public void write(Content written) {
            content = written;
            contents.add(written.yaml());
            writes.incrementAndGet();
        }

        void sync() {
            try {
                alertmanager.replaceFile(Objects.requireNonNull(content).yaml());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Remembers which contact points the engine was asked about. */
    private final class Remembering implements ConfigurationVetter {
        private final ConfigurationVetter vetter;

        Remembering(ConfigurationVetter vetter) {
            this.vetter = vetter;
        }

        @Override
        public Map<ContactPointFragment, Verdict.Refused> refusedContactPoints(
                Collection<ContactPointFragment> fragments) {
            fragments.forEach(fragment -> vetted.add(fragment.key().name()));
            return vetter.refusedContactPoints(fragments);
        }

        @Override
        public Map<PolicyFragment, Verdict.Refused> refusedPolicies(Collection<PolicyFragment> fragments) {
            return vetter.refusedPolicies(fragments);
        }

        @Override
        public boolean failsOn(Collection<TemplateText> templates, String data) {
            return vetter.failsOn(templates, data);
        }

        @Override
        public Optional<String> objection(String yaml) {
            return vetter.objection(yaml);
        }

        @Override
        public Optional<String> objectionAtStart(String yaml) {
            trials.incrementAndGet();
            return trialStarts ? vetter.objectionAtStart(yaml) : Optional.empty();
        }
    }

    @BeforeEach
    void start() throws Exception {
        kubernetes = new FakeKubernetes();
        sink = new CaptureServer();
        alertmanager = RunningAlertmanager.start(folder, "route: {receiver: a}\nreceivers: [{name: a}]\n");
        client = kubernetes.client();
        statusWriter = new StatusWriter(client, new SimpleMeterRegistry()).start();
    }

    @AfterEach
    void stop() {
        loop.close();
        statusWriter.close();
        client.close();
        alertmanager.close();
        sink.close();
        kubernetes.close();
    }

    private void startLoop() {
        startLoop(true);
    }

    private void startLoop(boolean withMember) {
        metrics = new SimpleMeterRegistry();
        loop = new DeliveryLoop(
                        client,
                        CONFIGURATION,
                        new Remembering(new Amtool(Engines.binary("amtool"))),
                        store,
                        (member, revision) -> store.sync(),
                        HttpClient.newBuilder()
                                .connectTimeout(Duration.ofSeconds(1))
                                .build(),
                        statusWriter,
                        sentTo -> routed = sentTo,
                        metrics,
                        Clock.systemUTC(),
                        TIMING)
                .start();
        if (withMember) {
            memberAppears();
        }
    }

    private void memberAppears() {
        loop.members().appeared(new Replica("alertmanager", "alertmanager-0", "uid", alertmanager.url()));
    }

    @Test
    void anAlertReachesTheContactPointThatThePolicyNames() throws Exception {
        kubernetes.put(contactPoint("team", 1, webhook(sink.url("/team"))));
        kubernetes.put(policy("all", 1, "team"));
        startLoop();
        awaitCondition("contactpoints", "team", "Ready", "True");
        awaitCondition("notificationpolicies", "all", "Ready", "True");

        alertmanager.fire("{\"alertname\":\"Fire\",\"tocsin_namespace\":\"shop\",\"tocsin_rule\":\"fire\"}");

        await("the webhook is called").until(() -> !sink.requests("/team").isEmpty());
        assertThat(sink.requests("/team").getFirst().body()).contains("\"receiver\":\"shop/team\"", "it burns");
        awaitCondition("contactpoints", "team", "Delivering", "True");
        await("the rule's contact points are known")
                .until(() -> new SentTo(
                                List.of("shop/team"),
                                List.of("shop/team"),
                                false,
                                Map.of(Map.of(), way(List.of("shop/team"))))
                        .equals(routed.get(FIRE)));
        await("the policy counts its alerts")
                .until(() ->
                        status("notificationpolicies", "all").path("alerts").asInt() == 1);
    }

    @Test
    void aSilenceIsSeenOnTheAlertsThatItMatchesAndSoIsItsEnd() throws Exception {
        kubernetes.put(contactPoint("team", 1, webhook(sink.url("/team"))));
        kubernetes.put(policy("all", 1, "team"));
        startLoop();
        awaitCondition("notificationpolicies", "all", "Ready", "True");
        fire("one");
        fire("two");
        awaitWays(Map.of(pod("one"), way(List.of("shop/team")), pod("two"), way(List.of("shop/team"))));

        String silence = alertmanager.silence("pod", "one");

        awaitWays(Map.of(pod("one"), way(List.of(), Hold.Silenced), pod("two"), way(List.of("shop/team"))));
        assertThat(Objects.requireNonNull(routed.get(FIRE)).contactPoints()).containsExactly("shop/team");
        alertmanager.expire(silence);
        awaitWays(Map.of(pod("one"), way(List.of("shop/team")), pod("two"), way(List.of("shop/team"))));
    }

    @Test
    void anInhibitedAlertSaysSo() throws Exception {
        kubernetes.put(contactPoint("team", 1, webhook(sink.url("/team"))));
        kubernetes.put(policy("all", 1, "team")
                .replace(
                        "spec: {",
                        "spec: {inhibitRules: [{source: [{label: pod, op: \"=\", value: one}],"
                                + " target: [{label: pod, op: \"=\", value: two}]}], "));
        startLoop();
        awaitCondition("notificationpolicies", "all", "Ready", "True");

        fire("one");
        fire("two");

        awaitWays(Map.of(pod("one"), way(List.of("shop/team")), pod("two"), way(List.of(), Hold.Inhibited)));
    }

    @Test
    void aMuteTimingIsSeenOnTheAlertsThatItMutesAndNamesWhoIsToldAllTheSame() throws Exception {
        kubernetes.put(contactPoint("team", 1, webhook(sink.url("/team"))));
        kubernetes.put(contactPoint("log", 1, webhook(sink.url("/log"))));
        kubernetes.put("""
                apiVersion: tocsin.dev/v1alpha1
                kind: NotificationPolicy
                metadata: {name: all, namespace: shop, uid: uid-all, generation: 1}
                spec:
                  route:
                    contactPoint: team
                    groupWait: 0s
                    routes:
                      - {contactPoint: log, matchers: [{label: pod, op: "=", value: one}], continue: true}
                      - {contactPoint: team, matchers: [{label: pod, op: "=~", value: .+}], muteTimings: [always]}
                  muteTimings: [{name: always, intervals: [{times: [{from: "00:00", to: "24:00"}]}]}]
                """);
        startLoop();
        awaitCondition("notificationpolicies", "all", "Ready", "True");

        fire("one");
        fire("two");

        awaitWays(Map.of(pod("one"), way(List.of("shop/log"), Hold.Muted), pod("two"), way(List.of(), Hold.Muted)));
        await("the one who is not muted is told")
                .until(() -> !sink.requests("/log").isEmpty());
        assertThat(sink.requests("/team")).isEmpty();
        assertThat(Objects.requireNonNull(routed.get(FIRE)).all()).containsExactly("shop/log", "shop/team");
    }

    @Test
    void whatTheEngineHoldsBackIsCountedInTheRulesStatusByWhy() throws Exception {
        kubernetes.put(contactPoint("team", 1, webhook(sink.url("/team"))));
        kubernetes.put("""
                apiVersion: tocsin.dev/v1alpha1
                kind: NotificationPolicy
                metadata: {name: all, namespace: shop, uid: uid-all, generation: 1}
                spec:
                  route:
                    contactPoint: team
                    groupWait: 0s
                    routes: [{matchers: [{label: pod, op: =~, value: muted.}], muteTimings: [always]}]
                  muteTimings: [{name: always, intervals: [{times: [{from: "00:00", to: "24:00"}]}]}]
                  inhibitRules:
                    - source: [{label: pod, op: "=", value: source}]
                      target: [{label: pod, op: =~, value: inhibited.}]
                """);
        startLoop();
        awaitCondition("notificationpolicies", "all", "Ready", "True");
        alertmanager.silence("pod", "silenced");
        List<String> pods = List.of("source", "silenced", "inhibited1", "inhibited2", "muted1", "muted2", "muted3");

        for (String pod : pods) {
            fire(pod);
        }

        await("each is counted").atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            AlertRuleStatus status = statusOfRuleThatFires(pods);
            assertThat(status.firing()).isEqualTo(7);
            assertThat(status.heldBack()).isEqualTo(new HeldBack(1, 2, 3));
        });
    }

    private AlertRuleStatus statusOfRuleThatFires(List<String> pods) {
        Instant now = Instant.now();
        RuleFacts facts = new RuleFacts(
                1,
                new RuleFacts.Standing.Accepted(),
                new RuleFacts.Live(1, "default-0", 1, 1, true),
                new RuleFacts.Evaluation(true, "", false, 1, 1),
                pods.stream()
                        .map(pod -> new SeenAlert(true, pod(pod), "1", now))
                        .toList(),
                true,
                null,
                routed.get(FIRE));
        return AlertRuleStatusFactory.status(facts, null, now);
    }

    private void fire(String pod) throws IOException, InterruptedException {
        alertmanager.fire("{\"alertname\":\"Fire\",\"tocsin_namespace\":\"shop\",\"tocsin_rule\":\"fire\",\"pod\":\""
                + pod + "\"}");
    }

    private static Map<String, String> pod(String name) {
        return Map.of("pod", name);
    }

    private static SentTo.Way way(List<String> contactPoints, Hold... holds) {
        return new SentTo.Way(contactPoints, new TreeSet<>(List.of(holds)));
    }

    private void awaitWays(Map<Map<String, String>, SentTo.Way> ways) {
        await("each alert says where it goes")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(routed.get(FIRE))
                        .isNotNull()
                        .extracting(SentTo::alerts)
                        .isEqualTo(ways));
    }

    @Test
    void aBadContactPointIsNamedAndHoldsNobodyBack() throws Exception {
        startLoop();
        kubernetes.put(policy("all", 1, "good"));

        change(contactPoint("bad", 1, webhook("ftp://nowhere")));
        change(contactPoint("untold", 1, "slack: {apiUrl: {secretKeyRef: {name: missing, key: url}}}"));
        change(contactPoint("template", 1, "slack: {apiUrl: {value: \"http://a/\"}, text: \"{{ .Nope }}\"}"));
        change(contactPoint("good", 1, webhook(sink.url("/good"))));

        awaitCondition("contactpoints", "good", "Ready", "True");
        awaitReason("contactpoints", "bad", "InvalidField");
        awaitReason("contactpoints", "untold", "SecretNotFound");
        awaitReason("contactpoints", "template", "InvalidTemplate");
        assertThat(status("contactpoints", "template").toString()).contains("spec.receivers[0].slack.text");
    }

    @Test
    void aRefusedEditKeepsTheLastGoodVersionAlsoAcrossARestart() throws Exception {
        startLoop();
        change(contactPoint("team", 1, webhook(sink.url("/one"))));
        awaitCondition("contactpoints", "team", "Ready", "True");

        kubernetes.put(contactPoint("team", 2, webhook("nonsense")));
        change(contactPoint("team", 2, webhook("nonsense")));
        awaitReason("contactpoints", "team", "InvalidField");
        loop.close();
        int writes = store.writes.get();
        startLoop();

        awaitReason("contactpoints", "team", "InvalidField");
        assertThat(condition("contactpoints", "team", "Accepted")
                        .path("message")
                        .asText())
                .contains("Generation 2 is refused; generation 1 stays live");
        await("the loaded configuration still holds the old version")
                .until(() -> Objects.requireNonNull(store.content).yaml().contains(sink.url("/one")));
        assertThat(store.writes.get()).isEqualTo(writes);
    }

    @Test
    void aRefusedEditOfAPolicyKeepsItsLastGoodVersionAlsoAcrossARestart() throws Exception {
        kubernetes.put(contactPoint("team", 1, webhook(sink.url("/team"))));
        kubernetes.put(contactPoint("other", 1, webhook(sink.url("/other"))));
        startLoop();
        change(policy("all", 1, "team"));
        awaitCondition("notificationpolicies", "all", "Ready", "True");

        change(withUndefinedTiming(policy("all", 2, "other")));
        awaitRefusedWhile(1, 2);
        loop.close();
        kubernetes.put(withUndefinedTiming(policy("all", 3, "other")));
        startLoop();

        awaitRefusedWhile(1, 3);
        await("the member works with what is published").until(this::isLoaded);
        fire("one");
        await("the old version tells").until(() -> !sink.requests("/team").isEmpty());
        assertThat(sink.requests("/other")).isEmpty();
    }

    private static String withUndefinedTiming(String policy) {
        return policy.replace("spec: {route: {", "spec: {route: {routes: [{muteTimings: [nowhere]}], ");
    }

    /** Waits until the policy "all" says that this generation of it is refused, and which one runs. */
    private void awaitRefusedWhile(int live, int refused) {
        await("generation " + refused + " is refused")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> {
                    JsonNode accepted = condition("notificationpolicies", "all", "Accepted");
                    assertThat(accepted.path("reason").asText()).isEqualTo("InvalidField");
                    assertThat(accepted.path("message").asText())
                            .contains("spec.route.routes[0].muteTimings[0]")
                            .contains("Generation " + refused + " is refused; generation " + live + " stays live");
                    JsonNode loaded = condition("notificationpolicies", "all", "Loaded");
                    assertThat(loaded.path("reason").asText()).isEqualTo("OlderGeneration");
                    assertThat(loaded.path("message").asText())
                            .isEqualTo("generation " + live + " is loaded by every Alertmanager member instead");
                });
    }

    @Test
    void aRouteThatNoAlertReachesIsNamedInItsPolicysStatusAsLongAsItIsThere() throws Exception {
        kubernetes.put(contactPoint("team", 1, webhook(sink.url("/team"))));
        String policy = policy("all", 1, "team");
        kubernetes.put(policy.replace(
                "spec: {route: {", "spec: {route: {routes: [{}, {matchers: [{label: a, op: \"=\", value: x}]}], "));
        startLoop();

        awaitCondition("notificationpolicies", "all", "DeadRoutes", "True");
        assertThat(condition("notificationpolicies", "all", "DeadRoutes")
                        .path("message")
                        .asText())
                .startsWith("no alert reaches spec.route.routes[1] (spec.route.routes[0] takes all of its alerts"
                        + " before)");
        awaitCondition("notificationpolicies", "all", "Ready", "True");
        change(policy("all", 2, "team"));
        awaitCondition("notificationpolicies", "all", "DeadRoutes", "");
        awaitCondition("notificationpolicies", "all", "Ready", "True");
    }

    @Test
    void aRestartAsksTheEngineOnlyAboutWhatHasChanged() throws Exception {
        startLoop();
        change(contactPoint("same", 1, "telegram: {botToken: {secretKeyRef: {name: hook, key: url}}, chatId: 42}"));
        kubernetes.put(secret("hook", "token"));
        change(contactPoint("edited", 1, webhook(sink.url("/one"))));
        awaitCondition("contactpoints", "same", "Ready", "True");
        awaitCondition("contactpoints", "edited", "Ready", "True");
        loop.close();
        kubernetes.put(contactPoint("edited", 2, webhook(sink.url("/two"))));
        vetted.clear();

        startLoop();

        await("the edit is live")
                .until(() -> Objects.requireNonNull(store.content).yaml().contains("/two"));
        assertThat(vetted).containsOnly("edited");
    }

    @Test
    void anEditOfASecretReachesAlertmanagerWithoutTouchingTheContactPoint() throws Exception {
        kubernetes.put(secret("hook", sink.url("/old")));
        kubernetes.put(contactPoint("team", 1, "webhook: {url: {secretKeyRef: {name: hook, key: url}}}"));
        kubernetes.put(policy("all", 1, "team"));
        startLoop();
        awaitCondition("contactpoints", "team", "Ready", "True");

        kubernetes.put(secret("hook", sink.url("/new")));

        await("the new value is published")
                .until(() -> Objects.requireNonNull(store.content).yaml().contains("/new"));
        await("the new value is loaded").until(this::isLoaded);
        alertmanager.fire("{\"alertname\":\"Fire\",\"tocsin_namespace\":\"shop\",\"tocsin_rule\":\"fire\"}");
        await("the new address is called").until(() -> !sink.requests("/new").isEmpty());
        assertThat(sink.requests("/old")).isEmpty();
    }

    @Test
    void aMissingSecretThatAppearsMakesTheContactPointReady() throws Exception {
        kubernetes.put(contactPoint("team", 1, "webhook: {url: {secretKeyRef: {name: hook, key: url}}}"));
        startLoop();
        awaitReason("contactpoints", "team", "SecretNotFound");

        kubernetes.put(secret("hook", sink.url("/new")));

        awaitCondition("contactpoints", "team", "Ready", "True");
    }

    @Test
    void aSharedTemplateComesFromAConfigMapAndABrokenEditOfItKeepsTheLastGoodVersion() throws Exception {
        String slack = "slack: {apiUrl: {value: \"" + sink.url("/slack") + "\"}, title: '{{ template \"title\" . }}'}";
        kubernetes.put(contactPoint("team", 1, slack)
                .replace("spec: {", "spec: {templates: [{configMapKeyRef: {name: messages, key: team.tmpl}}], "));
        kubernetes.put(policy("all", 1, "team"));
        startLoop();
        awaitReason("contactpoints", "team", "ConfigMapNotFound");

        kubernetes.put(templates("{{ define \"title\" }}{{ .CommonLabels.alertname }} one{{ end }}"));
        awaitCondition("contactpoints", "team", "Ready", "True");
        kubernetes.put(templates("{{ define \"title\" }}{{ .Nope }}{{ end }}"));
        awaitReason("contactpoints", "team", "InvalidTemplate");
        kubernetes.put(templates("stray {{ define \"title\" }}x{{ end }}"));
        await("the fix is named")
                .untilAsserted(() -> assertThat(condition("contactpoints", "team", "Accepted")
                                .path("message")
                                .asText())
                        .contains("spec.templates[0]: ", "text stands outside of define blocks"));

        alertmanager.fire("{\"alertname\":\"Fire\",\"tocsin_namespace\":\"shop\",\"tocsin_rule\":\"fire\"}");
        await("the last good version tells")
                .until(() -> !sink.requests("/slack").isEmpty());
        assertThat(sink.requests("/slack").getFirst().body()).contains("\"title\":\"Fire one\"");
    }

    private static String templates(String file) {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: messages, namespace: shop}
                data:
                  team.tmpl: '%s'
                """.formatted(file);
    }

    @Test
    void failingNotificationsShowAndArriveAgain() throws Exception {
        kubernetes.put(contactPoint("team", 1, webhook(sink.url("/team"))));
        kubernetes.put(policy("all", 1, "team"));
        sink.answer(400);
        startLoop();
        awaitCondition("contactpoints", "team", "Ready", "True");

        alertmanager.fire("{\"alertname\":\"Fire\",\"tocsin_namespace\":\"shop\",\"tocsin_rule\":\"fire\"}");

        awaitCondition("contactpoints", "team", "Delivering", "False");
        assertThat(condition("contactpoints", "team", "Delivering")
                        .path("message")
                        .asText())
                .contains("webhook/0", "4xx");
        awaitCondition("contactpoints", "team", "Ready", "True");
        sink.answer(200);
        awaitCondition("contactpoints", "team", "Delivering", "True");
    }

    @Test
    void theCulpritAmongManyChangesIsFoundWithoutTryingTheMembers() throws Exception {
        kubernetes.put(contactPoint("good", 1, webhook(sink.url("/old"))));
        startLoop();
        awaitCondition("contactpoints", "good", "Ready", "True");
        long begun = System.nanoTime();

        change(contactPoint("good", 2, webhook(sink.url("/new"))));
        for (int i = 0; i < 40; i++) {
            change(contactPoint("other-" + i, 1, webhook(sink.url("/" + i))));
        }
        change(contactPoint("bad", 1, webhookOfNegativeSerial()));
        change(policy("a", 1, "bad"));
        change(policy("b", 1, "good"));

        await("all others are ready").atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            for (int i = 0; i < 40; i++) {
                assertThat(condition("contactpoints", "other-" + i, "Ready")
                                .path("status")
                                .asText())
                        .isEqualTo("True");
            }
        });
        LOG.info(
                "everybody else's change was live {} ms after the first edit, found with {} trial starts",
                Duration.ofNanos(System.nanoTime() - begun).toMillis(),
                trials.get());
        awaitReason("contactpoints", "bad", "RefusedByEngine");
        assertThat(condition("contactpoints", "bad", "Accepted").path("message").asText())
                .startsWith("Alertmanager refuses it: unable to use specified CA cert");
        awaitCondition("notificationpolicies", "b", "Ready", "True");
        assertThat(trials.get()).isBetween(2, 20);
        assertThat(store.contents.stream().dropWhile(yaml -> !yaml.contains("/new")))
                .describedAs("what is published is never less than before, not even for a trial")
                .allSatisfy(yaml -> assertThat(yaml).contains("/new"));
        assertThat(store.contents.getLast()).doesNotContain("shop/bad");
    }

    @Test
    void whatOnlyMembersRefuseIsFoundLeftOutAndNamed() throws Exception {
        trialStarts = false;
        kubernetes.put(contactPoint("good", 1, webhook(sink.url("/old"))));
        startLoop();
        awaitCondition("contactpoints", "good", "Ready", "True");

        change(contactPoint("good", 2, webhook(sink.url("/new"))));
        change(contactPoint("bad", 1, webhookOfNegativeSerial()));
        change(policy("a", 1, "bad"));
        change(policy("b", 1, "good"));

        awaitReason("contactpoints", "bad", "RefusedByEngine");
        awaitReason("notificationpolicies", "a", "RefNotAccepted");
        awaitCondition("contactpoints", "good", "Ready", "True");
        awaitCondition("notificationpolicies", "b", "Ready", "True");
        assertThat(status("contactpoints", "good").path("observedGeneration").asInt())
                .isEqualTo(2);
        change(contactPoint("good", 3, webhook(sink.url("/newer"))));
        await("later changes go live at once")
                .atMost(Duration.ofSeconds(5))
                .until(() -> status("contactpoints", "good")
                                .path("observedGeneration")
                                .asInt()
                        == 3);
    }

    @Test
    void aConfigurationThatFillsUpSaysSoOnEveryObjectAndWhatIsTooMuchIsRefused() throws Exception {
        startLoop();
        change(contactPoint("small", 1, webhook(sink.url("/small"))));
        awaitCondition("contactpoints", "small", "Ready", "True");
        assertThat(status("contactpoints", "small").toString()).doesNotContain("NearCapacity");

        for (int i = 0; i < 65; i++) {
            change(contactPoint("large-" + i, 1, large(i)));
        }
        awaitCondition("contactpoints", "small", "NearCapacity", "True");
        assertThat(condition("contactpoints", "small", "NearCapacity")
                        .path("message")
                        .asText())
                .containsPattern("more than [789]0% full");
        await("the gauge says how full it is, here of what is kept for the next start")
                .untilAsserted(() -> assertThat(metrics.get("tocsin.delivery.configuration.filled.ratio")
                                .gauge()
                                .value())
                        .isGreaterThan(0.7)
                        .isCloseTo(Objects.requireNonNull(store.content).live().length / 1e6, within(0.01)));
        for (int i = 65; i < 110; i++) {
            change(contactPoint("large-" + i, 1, large(i)));
        }
        awaitReason("contactpoints", "large-99", "NoCapacity");
        for (int i = 0; i < 65; i++) {
            assertThat(Objects.requireNonNull(store.content).yaml()).contains("shop/large-" + i + "\"");
        }
        awaitCondition("contactpoints", "small", "Ready", "True");
        for (int i = 0; i < 110; i++) {
            delete(contactPoint("large-" + i, 1, large(i)));
        }
        await("there is room again")
                .until(() -> !status("contactpoints", "small").toString().contains("NearCapacity"));
        awaitCondition("contactpoints", "small", "Ready", "True");
    }

    /** Some 12 kB of the configuration, compressed. */
    private static String large(int seed) {
        StringBuilder text = new StringBuilder();
        new Random(seed).ints(20_000, 'a', 'z').forEach(letter -> text.append((char) letter));
        return "slack: {apiUrl: {value: \"http://a/\"}, text: " + text + "}";
    }

    @Test
    void aStormOfEditsCostsFewPublications() throws Exception {
        startLoop();
        change(contactPoint("team", 1, webhook(sink.url("/0"))));
        awaitCondition("contactpoints", "team", "Ready", "True");
        int before = store.writes.get();
        long begun = System.nanoTime();

        for (int i = 2; i <= 200; i++) {
            change(contactPoint("team", i, webhook(sink.url("/" + i))));
            Thread.sleep(20);
        }

        await("the last edit is loaded")
                .until(() -> status("contactpoints", "team")
                                .path("observedGeneration")
                                .asInt()
                        == 200);
        awaitCondition("contactpoints", "team", "Loaded", "True");
        long spacings = Duration.ofNanos(System.nanoTime() - begun).dividedBy(SPACING) + 2;
        assertThat(store.writes.get() - before).isLessThanOrEqualTo((int) spacings);
    }

    @Test
    void nothingIsWrittenOrReloadedWhenNothingChangesNotEvenByARestart() throws Exception {
        kubernetes.put(contactPoint("team", 1, webhook(sink.url("/team"))));
        startLoop();
        awaitCondition("contactpoints", "team", "Ready", "True");
        await("the statuses are written").until(() -> statusWriter.backlog() == 0);
        int writes = store.writes.get();
        int statusWrites = kubernetes.statusWrites();
        long reloads = alertmanager.reloads();

        change(contactPoint("team", 1, webhook(sink.url("/team"))));
        loop.close();
        kubernetes.put(
                withStatus(contactPoint("team", 1, webhook(sink.url("/team"))), status("contactpoints", "team")));
        startLoop(false);

        await("nothing happens, though the member has not spoken yet")
                .during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(4))
                .untilAsserted(() -> {
                    assertThat(store.writes.get()).isEqualTo(writes);
                    assertThat(kubernetes.statusWrites()).isEqualTo(statusWrites);
                    assertThat(alertmanager.reloads()).isEqualTo(reloads);
                });
        memberAppears();
        await("nothing happens when it speaks")
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(3))
                .untilAsserted(() -> {
                    assertThat(kubernetes.statusWrites()).isEqualTo(statusWrites);
                    assertThat(alertmanager.reloads()).isEqualTo(reloads);
                });
    }

    private static String withStatus(String yaml, JsonNode status) {
        return yaml + "status: " + status + "\n";
    }

    // ---- objects ----

    private static String contactPoint(String name, int generation, String receiver) {
        return """
                apiVersion: tocsin.dev/v1alpha1
                kind: ContactPoint
                metadata: {name: %s, namespace: shop, uid: uid-%s, generation: %d}
                spec: {receivers: [{%s}]}
                """.formatted(name, name, generation, receiver);
    }

    private static String webhookOfNegativeSerial() {
        return "webhook: {url: {value: \"http://a/\"}}, http: {tls: {ca: {value: \"" + NEGATIVE_SERIAL + "\"}}}";
    }

    private static String webhook(String url) {
        return "webhook: {url: {value: \"" + url + "\"}}";
    }

    private static String policy(String name, int generation, String contactPoint) {
        return """
                apiVersion: tocsin.dev/v1alpha1
                kind: NotificationPolicy
                metadata: {name: %s, namespace: shop, uid: uid-%s, generation: %d}
                spec: {route: {contactPoint: %s, groupWait: 0s, groupInterval: 1s, repeatInterval: 4h}}
                """.formatted(name, name, generation, contactPoint);
    }

    private static String secret(String name, String url) {
        return """
                apiVersion: v1
                kind: Secret
                metadata: {name: %s, namespace: shop}
                data: {url: %s}
                """.formatted(name, Base64.getEncoder().encodeToString(url.getBytes(StandardCharsets.UTF_8)));
    }

    private void delete(String yaml) {
        kubernetes.remove("/apis/tocsin.dev/v1alpha1/namespaces/shop/contactpoints/"
                + Serialization.unmarshal(yaml, ContactPoint.class)
                        .getMetadata()
                        .getName());
        loop.deleted(Serialization.unmarshal(yaml, ContactPoint.class));
    }

    private void change(String yaml) {
        JsonNode object = kubernetes.put(yaml);
        if (object.get("kind").asText().equals("ContactPoint")) {
            loop.changed(Serialization.unmarshal(yaml, ContactPoint.class));
        } else {
            loop.changed(Serialization.unmarshal(yaml, NotificationPolicy.class));
        }
    }

    private boolean isLoaded() throws Exception {
        Replica member = new Replica("alertmanager", "alertmanager-0", "uid", alertmanager.url());
        double loaded = new AlertmanagerControl(HttpClient.newHttpClient())
                .loaded(member)
                .hash();
        return loaded
                == PublishedConfiguration.hash(
                        Objects.requireNonNull(store.content).yaml());
    }

    // ---- status ----

    private JsonNode status(String plural, String name) {
        JsonNode status = kubernetes.status(plural, "shop", name);
        return status == null ? Serialization.jsonMapper().createObjectNode() : status;
    }

    private JsonNode condition(String plural, String name, String type) {
        for (JsonNode condition : status(plural, name).path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition;
            }
        }
        return Serialization.jsonMapper().createObjectNode();
    }

    private void awaitCondition(String plural, String name, String type, String value) {
        await(name + " is " + type + "=" + value)
                .atMost(Duration.ofSeconds(20))
                .until(() ->
                        condition(plural, name, type).path("status").asText().equals(value));
    }

    private void awaitReason(String plural, String name, String reason) {
        await(name + " is refused with " + reason)
                .atMost(Duration.ofSeconds(20))
                .until(() -> condition(plural, name, "Accepted")
                        .path("reason")
                        .asText()
                        .equals(reason));
    }
}
