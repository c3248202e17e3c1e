package dev.tocsin.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.engines.ApiServer;
import dev.tocsin.engines.CaptureServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Many rules flip together while a real API server has no room for it, fails, or is written to by others. */
@Tag("integration")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatusStormIT {
    private static final String TEAM = "shop";
    /** From an answer until the writer knows of it. */
    private static final Duration HANDLING = Duration.ofMillis(200);

    private static final Duration LONGEST_STORM = Duration.ofSeconds(30);

    private ApiServer apiServer;
    private KubernetesClient client;
    private KubernetesClient operatorsClient;
    private MeterRegistry metrics;
    private StatusWriter writer;

    /** What happens just before the writer's request goes out. */
    private volatile Consumer<BasicBuilder> beforeWrite = request -> {};

    private final List<Long> sent = new CopyOnWriteArrayList<>();
    private final List<Answer> answers = new CopyOnWriteArrayList<>();

    /** How the API server answered a write of this rule's status, and when, as the client had it. */
    private record Answer(long nanos, String rule, int code, String retryAfter) {}

    private final class Watch implements Interceptor {
        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            sent.add(System.nanoTime());
            beforeWrite.accept(builder);
        }

        @Override
        public void after(
                HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
            String[] path = request.uri().getPath().split("/", -1);
            answers.add(new Answer(
                    System.nanoTime(),
                    path[path.length - 2],
                    response.code(),
                    Objects.requireNonNullElse(response.header("Retry-After"), "")));
        }
    }

    @BeforeAll
    void startServer() {
        apiServer = ApiServer.start();
        client = apiServer.client();
        apiServer.namespace(TEAM);
    }

    @AfterAll
    void stopServer() {
        apiServer.close();
    }

    /** The writer writes as this user. */
    private void makeWriter(String user) {
        client.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                        .addNewSubject()
                        .withKind("User")
                        .withApiGroup("rbac.authorization.k8s.io")
                        .withName(user)
                        .endSubject()
                        .build())
                .create();
        operatorsClient = newClient(user, new Watch());
        beforeWrite = request -> {};
        sent.clear();
        answers.clear();
        metrics = new SimpleMeterRegistry();
        writer = new StatusWriter(operatorsClient, metrics);
    }

    private KubernetesClient newClient(String user, Interceptor interceptor) {
        Config config = Config.fromKubeconfig(apiServer.kubeconfig());
        config.setImpersonateUsername(user);
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("test", interceptor))
                .build();
    }

    @AfterEach
    void closeWriter() {
        writer.close();
        operatorsClient.close();
    }

    @Test
    void whereTheApiServerHasRoomForFewWritesAtATimeItIsWaitedForAndTheFiringGoFirst() {
        List<AlertRule> rules = apply("crowd", 180);
        List<AlertRule> firing = rules.subList(150, 180);
        makeWriter("crowded");
        narrow("crowded");
        rules.subList(0, 150).forEach(rule -> offer(rule, AlertRuleState.Inactive));
        firing.forEach(rule -> offer(rule, AlertRuleState.Firing));

        writer.start();

        await("nothing waits").atMost(LONGEST_STORM).until(() -> writer.backlog() == 0);
        assertThat(rules.subList(0, 150)).allMatch(rule -> stateOf(rule) == AlertRuleState.Inactive);
        assertThat(firing).allMatch(rule -> stateOf(rule) == AlertRuleState.Firing);
        List<Answer> turnedAway =
                answers.stream().filter(answer -> answer.code() == 429).toList();
        assertThat(turnedAway)
                .as("the API server has no room for all at once, and few are turned away")
                .isNotEmpty()
                .hasSizeLessThan(60)
                .allSatisfy(answer -> assertThat(answer.retryAfter()).matches("[1-9][0-9]*"));
        assertThat(turnedAway)
                .allSatisfy(answer -> assertThat(sent)
                        .as("nothing is sent until the time is over that the API server has asked for at %s", answer)
                        .noneMatch(nanos -> nanos > answer.nanos() + HANDLING.toNanos()
                                && nanos
                                        < answer.nanos()
                                                + Duration.ofSeconds(Long.parseLong(answer.retryAfter()))
                                                        .toNanos()));
        List<String> taken = answers.stream()
                .filter(answer -> answer.code() == 200)
                .map(Answer::rule)
                .toList();
        assertThat(taken).as("each is written once").hasSize(180).doesNotHaveDuplicates();
        assertThat(taken.subList(0, firing.size() + WritePace.MOST_AT_ONCE))
                .as("the firing are right before the rest, but for what is under way with them")
                .containsAll(names(firing));
    }

    @Test
    void whatFailsInEveryWayAndIsWrittenToByOthersMeanwhileEndsRight() throws Exception {
        List<AlertRule> rules = apply("trouble", 60);
        makeWriter("troubled");
        try (CaptureServer conflict = new CaptureServer();
                CaptureServer broken = new CaptureServer();
                CaptureServer away = new CaptureServer()) {
            conflict.answer(409);
            broken.answer(500);
            away.answer(503);
            List<String> elsewhere = List.of(conflict.url("/"), broken.url("/"), away.url("/"), "http://127.0.0.1:1/");
            AtomicInteger number = new AtomicInteger();
            beforeWrite = request -> {
                int n = number.getAndIncrement();
                if (n % 5 == 0) {
                    request.uri(URI.create(elsewhere.get(n / 5 % elsewhere.size())));
                }
            };
            AtomicBoolean over = new AtomicBoolean();
            List<Thread> others = IntStream.range(0, 4)
                    .mapToObj(i -> Thread.startVirtualThread(() -> annotate(rules.subList(0, 10), "other-" + i, over)))
                    .toList();
            writer.start();

            rules.forEach(rule -> offer(rule, AlertRuleState.Pending));
            rules.forEach(rule -> offer(rule, AlertRuleState.Firing));
            rules.subList(0, 30).forEach(rule -> offer(rule, AlertRuleState.Inactive));

            await("nothing waits").atMost(LONGEST_STORM).until(() -> writer.backlog() == 0);
            over.set(true);
            for (Thread other : others) {
                other.join();
            }
            assertThat(rules.subList(0, 30)).allMatch(rule -> stateOf(rule) == AlertRuleState.Inactive);
            assertThat(rules.subList(30, 60)).allMatch(rule -> stateOf(rule) == AlertRuleState.Firing);
            assertThat(List.of(conflict, broken, away))
                    .allSatisfy(server -> assertThat(server.requests()).isNotEmpty());
            assertThat(metrics.counter("tocsin.status.write.failures").count())
                    .as("no more than what was led astray")
                    .isBetween(10.0, 60.0);
            assertThat(rules.subList(0, 10))
                    .as("nobody else's write is lost")
                    .allSatisfy(rule -> assertThat(get(rule).getMetadata().getAnnotations())
                            .containsKeys("other-0", "other-1", "other-2", "other-3"));
        }
    }

    private void annotate(List<AlertRule> rules, String key, AtomicBoolean over) {
        for (int i = 0; i < rules.size() || !over.get(); i++) {
            client.resource(rules.get(i % rules.size()))
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"metadata\": {\"annotations\": {\"%s\": \"%d\"}}}".formatted(key, i));
        }
    }

    private static List<String> names(List<AlertRule> rules) {
        return rules.stream().map(rule -> rule.getMetadata().getName()).toList();
    }

    private AlertRule get(AlertRule rule) {
        return client.resource(rule).get();
    }

    private AlertRuleState stateOf(AlertRule rule) {
        return Objects.requireNonNull(get(rule).getStatus()).state();
    }

    /** Has the API server's priority and fairness turn away what this user sends beyond some requests at a time. */
    private void narrow(String user) {
        client.resource(Serialization.unmarshal("""
                        apiVersion: flowcontrol.apiserver.k8s.io/v1
                        kind: PriorityLevelConfiguration
                        metadata: {name: narrow}
                        spec:
                          type: Limited
                          limited: {nominalConcurrencyShares: 1, lendablePercent: 0, borrowingLimitPercent: 0, limitResponse: {type: Reject}}
                        """, GenericKubernetesResource.class))
                .create();
        String uid = client.resource(Serialization.unmarshal("""
                        apiVersion: flowcontrol.apiserver.k8s.io/v1
                        kind: FlowSchema
                        metadata: {name: narrow}
                        spec:
                          priorityLevelConfiguration: {name: narrow}
                          matchingPrecedence: 2
                          rules:
                          - subjects: [{kind: User, user: {name: "%s"}}]
                            resourceRules: [{verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"]}]
                        """.formatted(user), GenericKubernetesResource.class))
                .create()
                .getMetadata()
                .getUid();
        AtomicBoolean narrow = new AtomicBoolean();
        Interceptor flowSchema = new Interceptor() {
            @Override
            public void after(
                    HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
                narrow.set(uid.equals(response.header("X-Kubernetes-PF-FlowSchema-UID")));
            }
        };
        try (KubernetesClient asking = newClient(user, flowSchema)) {
            await("the API server treats the user's requests so")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        asking.namespaces().withName(TEAM).get();
                        return narrow.get();
                    });
        }
    }

    private List<AlertRule> apply(String name, int count) {
        return IntStream.range(0, count)
                .parallel()
                .mapToObj(i -> client.resource(Serialization.unmarshal("""
                                apiVersion: tocsin.dev/v1alpha1
                                kind: AlertRule
                                metadata: {name: %s-%d, namespace: shop}
                                spec: {expr: up}
                                """.formatted(name, i), AlertRule.class))
                        .create())
                .toList();
    }

    private void offer(AlertRule rule, AlertRuleState state) {
        writer.offer(
                AlertRule.class,
                TEAM,
                rule.getMetadata().getName(),
                rule.getMetadata().getUid(),
                new AlertRuleStatus(1L, state, 0, 0, "2026-11-22T10:00:00Z", null, null, null, null, null, null),
                state == AlertRuleState.Firing);
    }
}
