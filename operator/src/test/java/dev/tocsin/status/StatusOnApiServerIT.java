package dev.tocsin.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.AlertInstance;
import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.api.v1alpha1.AlertState;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.ContactPointStatus;
import dev.tocsin.api.v1alpha1.Hold;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.engines.ApiServer;
import dev.tocsin.observe.SeenAlert;
import dev.tocsin.observe.SentTo;
import dev.tocsin.status.RuleEvents.RuleEvent;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is written into objects and beside them, on a real API server. */
@Tag("integration")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatusOnApiServerIT {
    private static final String TEAM = "shop";
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00.123456Z");

    private ApiServer apiServer;
    private KubernetesClient client;
    private KubernetesClient writersClient;
    private MeterRegistry metrics;
    private StatusWriter writer;

    /** What happens just before the writer's request goes out. */
    private volatile Consumer<BasicBuilder> beforeWrite = request -> {};

    @BeforeAll
    void startServer() {
        apiServer = ApiServer.start();
        apiServer.namespace(TEAM);
        client = apiServer.client();
        writersClient = apiServer.newClient(new Interceptor() {
            @Override
            public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
                beforeWrite.accept(builder);
            }
        });
    }

    @AfterAll
    void stopServer() {
        writersClient.close();
        apiServer.close();
    }

    @BeforeEach
    void makeWriter() {
        beforeWrite = request -> {};
        metrics = new SimpleMeterRegistry();
        writer = new StatusWriter(writersClient, metrics);
    }

    @AfterEach
    void closeWriter() {
        writer.close();
    }

    // ---- status ----

    @Test
    void aStatusIsWrittenUnderAManagerOfItsOwnAndTheSpecStaysItsAuthors() {
        AlertRule rule = apply("owned", "up");
        writer.start();

        offer(rule, status(AlertRuleState.Inactive));

        AlertRule written = awaitState("owned", AlertRuleState.Inactive);
        assertThat(written.getSpec()).isEqualTo(rule.getSpec());
        assertThat(written.getMetadata().getGeneration())
                .isEqualTo(rule.getMetadata().getGeneration());
        // As a whole: field by field they would be longer than the status.
        assertThat(fieldsOf(written, "tocsin-status")).isEqualTo(Map.of("f:status", Map.of()));
        assertThat(fieldsOf(written, "author")).containsOnlyKeys("f:spec");
    }

    @Test
    void anEditThatLandsJustBeforeTheWriteIsNotLost() {
        AlertRule rule = apply("raced", "up");
        beforeWrite = request -> {
            beforeWrite = again -> {};
            apply("raced", "up == 0");
        };
        writer.start();

        offer(rule, status(AlertRuleState.Inactive));

        AlertRule written = awaitState("raced", AlertRuleState.Inactive);
        assertThat(Objects.requireNonNull(written.getSpec()).expr()).isEqualTo("up == 0");
        assertThat(written.getMetadata().getGeneration()).isEqualTo(2);
    }

    @Test
    void ofSeveralStatusesThatWaitOnlyTheLastIsWritten() {
        AlertRule rule = apply("waits", "up");
        offer(rule, status(AlertRuleState.Pending));
        offer(rule, status(AlertRuleState.Firing));
        offer(rule, status(AlertRuleState.Inactive));

        writer.start();

        awaitState("waits", AlertRuleState.Inactive);
        awaitNothingWaits();
        assertThat(metrics.counter("tocsin.status.writes").count()).isEqualTo(1);
    }

    @Test
    void whateverIsOfferedWhileWritesGoOutTheLastStands() {
        List<AlertRule> rules =
                IntStream.range(0, 20).mapToObj(i -> apply("storm-" + i, "up")).toList();
        writer.start();

        for (int round = 0; round < 50; round++) {
            for (AlertRule rule : rules) {
                offer(rule, firing(round));
            }
        }

        awaitNothingWaits();
        assertThat(rules)
                .allSatisfy(rule -> assertThat(Objects.requireNonNull(
                                        get(rule.getMetadata().getName()).getStatus())
                                .firing())
                        .isEqualTo(49));
    }

    @Test
    void aStatusThatIsThereAlreadyChangesNothing() {
        AlertRule rule = apply("same", "up");
        writer.start();
        offer(rule, status(AlertRuleState.Inactive));
        AlertRule before = awaitState("same", AlertRuleState.Inactive);

        offer(rule, status(AlertRuleState.Inactive));

        awaitNothingWaits();
        assertThat(version(get("same"))).isEqualTo(version(before));
    }

    @Test
    void whatAStatusLeavesOutDisappears() {
        AlertRule rule = apply("ends", "up");
        writer.start();
        AlertInstance alert = new AlertInstance(
                AlertState.Firing,
                Map.of("route", "/pay"),
                "1",
                "2026-11-22T10:00:00Z",
                List.of("shop/team"),
                List.of(Hold.Muted));
        offer(rule, status(AlertRuleState.Firing, List.of(alert), "EvaluationFailed"));
        assertThat(Objects.requireNonNull(
                                awaitState("ends", AlertRuleState.Firing).getStatus())
                        .alerts())
                .containsExactly(alert);

        offer(rule, status(AlertRuleState.Inactive));

        AlertRuleStatus after = Objects.requireNonNull(
                awaitState("ends", AlertRuleState.Inactive).getStatus());
        assertThat(after.alerts()).isNull();
        assertThat(after.reason()).isNull();
    }

    @Test
    void urgentStatusesGoBeforeThoseThatWait() {
        List<AlertRule> rules =
                IntStream.range(0, 100).mapToObj(i -> apply("queue-" + i, "up")).toList();
        AlertRule urgent = rules.getLast();
        for (AlertRule rule : rules) {
            offer(rule, status(AlertRuleState.Inactive));
        }
        writer.offer(
                AlertRule.class,
                TEAM,
                urgent.getMetadata().getName(),
                urgent.getMetadata().getUid(),
                status(AlertRuleState.Firing),
                true);

        writer.start();

        awaitNothingWaits();
        List<String> order = rules.stream()
                .map(rule -> get(rule.getMetadata().getName()))
                .sorted(Comparator.comparingLong(rule -> Long.parseLong(version(rule))))
                .map(rule -> rule.getMetadata().getName())
                .toList();
        assertThat(order.indexOf(urgent.getMetadata().getName()))
                .as("among those that are written at the same time as the first")
                .isLessThan(16);
        assertThat(Objects.requireNonNull(get(urgent.getMetadata().getName()).getStatus())
                        .state())
                .isEqualTo(AlertRuleState.Firing);
    }

    @Test
    void anObjectThatIsGoneIsNotMadeAgainAndHoldsUpNoOther() {
        AlertRule gone = apply("gone", "up");
        AlertRule stays = apply("stays", "up");
        client.resource(gone).delete();
        offer(gone, status(AlertRuleState.Inactive));
        writer.offer(AlertRule.class, "no-such-namespace", "gone", "uid", status(AlertRuleState.Inactive), false);
        offer(stays, status(AlertRuleState.Inactive));

        writer.start();

        awaitState("stays", AlertRuleState.Inactive);
        awaitNothingWaits();
        assertThat(client.resources(AlertRule.class)
                        .inNamespace(TEAM)
                        .withName("gone")
                        .get())
                .isNull();
        assertThat(metrics.counter("tocsin.status.write.failures").count()).isZero();
    }

    @Test
    void anObjectMadeAnewUnderTheSameNameIsLeftAlone() {
        AlertRule former = apply("anew", "up");
        client.resource(former).delete();
        apply("anew", "up");

        offer(former, status(AlertRuleState.Firing));
        writer.start();

        awaitNothingWaits();
        assertThat(Objects.requireNonNull(get("anew").getStatus()).state()).isNull();
    }

    @Test
    void aStatusThatIsRefusedHoldsUpNoOther() {
        AlertRule refused = apply("refused", "up");
        AlertRule other = apply("beside", "up");
        offer(refused, status(AlertRuleState.Inactive, null, "x".repeat(2000)));
        offer(other, status(AlertRuleState.Inactive));

        writer.start();

        awaitState("beside", AlertRuleState.Inactive);
        awaitNothingWaits();
        assertThat(Objects.requireNonNull(get("refused").getStatus()).state()).isNull();
    }

    @Test
    void aWriteThatFailsIsTriedAgainUnlessThereIsANewerOne() {
        AlertRule rule = apply("away", "up");
        beforeWrite = request -> request.uri(URI.create("http://127.0.0.1:1/"));
        writer.start();
        offer(rule, status(AlertRuleState.Pending));
        await("the write fails")
                .atMost(Duration.ofSeconds(60))
                .until(() -> metrics.counter("tocsin.status.write.failures").count() > 0);

        offer(rule, status(AlertRuleState.Firing));
        beforeWrite = request -> {};

        awaitState("away", AlertRuleState.Firing);
        awaitNothingWaits();
        assertThat(metrics.counter("tocsin.status.writes").count()).isEqualTo(1);
    }

    @Test
    void theLongestStatusThatIsMadeIsAccepted() {
        AlertRule rule = apply("longest", "up");
        Map<String, String> labels = IntStream.range(0, 2 * AlertInstance.MAX_LABELS)
                .boxed()
                .collect(Collectors.toMap(i -> "label" + i, i -> "😀".repeat(2000)));
        List<SeenAlert> alerts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            alerts.add(new SeenAlert(true, labels, "1", NOW.plusSeconds(i)));
        }
        List<String> many = IntStream.range(0, 100)
                .mapToObj(i -> "n".repeat(63) + "/" + "c".repeat(250) + i)
                .toList();
        RuleFacts facts = new RuleFacts(
                1,
                new RuleFacts.Standing.Accepted(),
                new RuleFacts.Live(1, "default-0", 2, 2, true),
                new RuleFacts.Evaluation(true, "😀".repeat(50_000), false, 2, 2),
                alerts,
                true,
                null,
                new SentTo(
                        many,
                        many,
                        false,
                        Map.of(labels, new SentTo.Way(many, new TreeSet<>(EnumSet.allOf(Hold.class))))));
        writer.start();

        offer(rule, AlertRuleStatusFactory.status(facts, null, NOW));

        assertThat(Objects.requireNonNull(
                                awaitState("longest", AlertRuleState.Firing).getStatus())
                        .alerts())
                .hasSize(10);
    }

    @Test
    void everyKindIsWritten() {
        ContactPoint contactPoint = client.resource(Serialization.unmarshal("""
                        apiVersion: tocsin.dev/v1alpha1
                        kind: ContactPoint
                        metadata: {name: team, namespace: shop}
                        spec: {receivers: [{webhook: {url: {value: "http://sink.shop.svc/"}}}]}
                        """, ContactPoint.class))
                .create();
        writer.start();

        writer.offer(
                ContactPoint.class,
                TEAM,
                "team",
                contactPoint.getMetadata().getUid(),
                new ContactPointStatus(1L, "webhook", null, null, null, null),
                false);

        awaitNothingWaits();
        ContactPoint written = client.resources(ContactPoint.class)
                .inNamespace(TEAM)
                .withName("team")
                .require();
        assertThat(Objects.requireNonNull(written.getStatus()).receiverKinds()).isEqualTo("webhook");
        assertThat(written.getSpec()).isEqualTo(contactPoint.getSpec());
    }

    // ---- events ----

    @Test
    void anEventNamesItsRuleAndItsWriter() {
        AlertRule rule = apply("told", "up");

        tell(new RuleEvent(new ObjectKey(TEAM, "told"), rule.getMetadata().getUid(), true, "InvalidField", "spec: no"));

        Event event = awaitEvent("told");
        assertThat(event.getType()).isEqualTo("Warning");
        assertThat(event.getReason()).isEqualTo("InvalidField");
        assertThat(event.getNote()).isEqualTo("spec: no");
        assertThat(event.getRegarding().getKind()).isEqualTo("AlertRule");
        assertThat(event.getRegarding().getApiVersion()).isEqualTo("tocsin.dev/v1alpha1");
        assertThat(event.getRegarding().getUid()).isEqualTo(rule.getMetadata().getUid());
        assertThat(event.getReportingController()).isEqualTo("tocsin.dev/operator");
        assertThat(event.getReportingInstance()).isEqualTo("operator-0");
        assertThat(event.getEventTime().getTime()).isEqualTo("2026-11-22T10:00:00.123456Z");
    }

    @Test
    void aLongMessageIsCutToWhatAnEventHolds() {
        tell(new RuleEvent(new ObjectKey(TEAM, "long"), "uid", true, "EvaluationFailed", "ü".repeat(2000)));

        assertThat(awaitEvent("long").getNote()).startsWith("üüü").endsWith("…");
    }

    @Test
    void theLongestNameOfARuleCanBeTold() {
        String name = "a.".repeat(126) + "a";

        tell(new RuleEvent(new ObjectKey(TEAM, name), "uid", false, "Loaded", "generation 1 is loaded"));

        assertThat(awaitEvent(name).getReason()).isEqualTo("Loaded");
    }

    @Test
    void anEventThatCannotBeWrittenHoldsUpNoOther() {
        tell(
                new RuleEvent(new ObjectKey("no-such-namespace", "nobody"), "uid", false, "Loaded", "lost"),
                new RuleEvent(new ObjectKey(TEAM, "next"), "uid", false, "Loaded", "kept"));

        assertThat(awaitEvent("next").getNote()).isEqualTo("kept");
    }

    private void tell(RuleEvent... events) {
        EventWriter eventWriter = new EventWriter(client, "operator-0", Clock.fixed(NOW, ZoneOffset.UTC)).start();
        List.of(events).forEach(eventWriter::offer);
        await("the last one is written")
                .atMost(Duration.ofSeconds(20))
                .until(() -> !events(events[events.length - 1].rule().name()).isEmpty());
        eventWriter.close();
    }

    private Event awaitEvent(String rule) {
        return events(rule).getFirst();
    }

    private List<Event> events(String rule) {
        return client.events().v1().events().inNamespace(TEAM).list().getItems().stream()
                .filter(event -> event.getRegarding().getName().equals(rule))
                .toList();
    }

    private AlertRule apply(String name, String expr) {
        return client.resource(Serialization.unmarshal("""
                        apiVersion: tocsin.dev/v1alpha1
                        kind: AlertRule
                        metadata: {name: %s, namespace: shop}
                        spec: {expr: "%s"}
                        """.formatted(name, expr), AlertRule.class))
                .fieldManager("author")
                .serverSideApply();
    }

    private AlertRule get(String name) {
        return client.resources(AlertRule.class)
                .inNamespace(TEAM)
                .withName(name)
                .require();
    }

    private void offer(AlertRule rule, AlertRuleStatus status) {
        writer.offer(
                AlertRule.class,
                TEAM,
                rule.getMetadata().getName(),
                rule.getMetadata().getUid(),
                status,
                false);
    }

    private AlertRule awaitState(String name, AlertRuleState state) {
        await(name + " is " + state)
                .atMost(Duration.ofSeconds(20))
                .until(() -> Objects.requireNonNull(get(name).getStatus()).state() == state);
        return get(name);
    }

    private void awaitNothingWaits() {
        await("nothing waits").atMost(Duration.ofSeconds(30)).until(() -> writer.backlog() == 0);
    }

    private static AlertRuleStatus status(AlertRuleState state) {
        return status(state, null, null);
    }

    private static AlertRuleStatus status(
            AlertRuleState state, @Nullable List<AlertInstance> alerts, @Nullable String reason) {
        return new AlertRuleStatus(1L, state, 0, 0, "2026-11-22T10:00:00Z", alerts, null, null, null, reason, null);
    }

    private static AlertRuleStatus firing(int alerts) {
        return new AlertRuleStatus(
                1L, AlertRuleState.Firing, alerts, 0, "2026-11-22T10:00:00Z", null, null, null, null, null, null);
    }

    private static String version(AlertRule rule) {
        return rule.getMetadata().getResourceVersion();
    }

    /** The top-level fields that a manager owns. */
    private static Map<String, Object> fieldsOf(AlertRule rule, String manager) {
        return rule.getMetadata().getManagedFields().stream()
                .filter(entry -> entry.getManager().equals(manager))
                .map(ManagedFieldsEntry::getFieldsV1)
                .map(FieldsV1::getAdditionalProperties)
                .reduce((one, other) -> {
                    throw new AssertionError("one entry per manager");
                })
                .orElse(Map.of());
    }
}
