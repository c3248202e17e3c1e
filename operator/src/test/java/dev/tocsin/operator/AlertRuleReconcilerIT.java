package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.Engines;
import dev.tocsin.observe.EvaluatorState;
import dev.tocsin.publish.EvaluatorControl;
import dev.tocsin.publish.PublishedSlots;
import dev.tocsin.publish.SlotFile;
import dev.tocsin.status.EventWriter;
import dev.tocsin.status.StatusWriter;
import dev.tocsin.vet.RuleVetter;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What comes from a watch that a real API server would rarely send; the rules end up in slots that the test keeps. */
@Tag("integration")
@EnableKubernetesMockClient(crud = true)
class AlertRuleReconcilerIT {
    private static final OperatorConfiguration CONFIGURATION = OperatorConfiguration.parse("""
            datasources: [{name: default, url: "http://127.0.0.1:1", shards: 1}]
            evaluators: {image: vmalert, slots: 1}
            alertmanager: {name: alertmanager, members: 1, configSecret: alertmanager-config}
            """);

    // Set by the extension.
    @SuppressWarnings("NullAway")
    private KubernetesClient client;

    private final TestingSlots slots = new TestingSlots();

    @SuppressWarnings("NullAway")
    private StatusWriter statusWriter;

    @SuppressWarnings("NullAway")
    private RuleLoop loop;

    @SuppressWarnings("NullAway")
    private Operator operator;

    @BeforeEach
    void start() {
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        HttpClient http = HttpClient.newHttpClient();
        statusWriter = new StatusWriter(client, metrics).start();
        loop = new RuleLoop(
                CONFIGURATION,
                new RuleVetter(Engines.binary("vmalert"), CONFIGURATION, rules -> Map.of()),
                slots,
                new PublishedSlots(),
                new EvaluatorFleet.Engines(
                        new EvaluatorControl(http),
                        new EvaluatorState(http),
                        (replica, revision) -> {},
                        new OpenGates()),
                statusWriter,
                new EventWriter(client, "operator-0", Clock.systemUTC()),
                new NoShards(),
                metrics,
                Clock.systemUTC());
        AlertRuleReconciler reconciler = new AlertRuleReconciler(new RuleCompiler(CONFIGURATION), loop, metrics);
        operator = new Operator(overrider -> overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .checkingCRDAndValidateLocalModel(false));
        operator.register(reconciler, overrider -> overrider.withItemStore(SlimObjects.store()));
        operator.start();
        loop.start(reconciler::keys);
    }

    @AfterEach
    void stop() {
        operator.stop();
        loop.close();
        statusWriter.close();
    }

    @Test
    void anObjectWithoutStatusGetsOne() {
        create("shop", "new", "expr: up");

        AlertRuleStatus status = awaitStatus("shop", "new");

        assertThat(status.observedGeneration()).isEqualTo(1);
        awaitPublished("shop/new");
    }

    @Test
    void aDeletedObjectIsTakenOut() {
        create("shop", "deleted", "expr: up");
        awaitPublished("shop/deleted");

        rules("shop").withName("deleted").delete();

        awaitTakenOut("shop/deleted");
    }

    @Test
    void anObjectThatIsDeletedBeforeItIsPublishedIsNotPublished() {
        create("shop", "brief", "expr: up");
        rules("shop").withName("brief").delete();
        create("shop", "later", "expr: up");

        awaitPublished("shop/later");

        awaitTakenOut("shop/brief");
    }

    /** With a finalizer of somebody else it stays for a while, and its alerts must end all the same. */
    @Test
    void anObjectThatIsBeingDeletedIsTakenOut() {
        AlertRule held = parse("shop", "held", "expr: up");
        held.getMetadata().setFinalizers(List.of("example.com/held"));
        client.resource(held).create();
        awaitPublished("shop/held");

        rules("shop").withName("held").delete();

        awaitTakenOut("shop/held");
        assertThat(rules("shop").withName("held").require().getMetadata().getDeletionTimestamp())
                .isNotNull();
    }

    @Test
    void anObjectMadeAnewUnderItsNameIsPublishedThoughItsGenerationIsLower() {
        create("shop", "anew", "expr: up");
        rules("shop").withName("anew").edit(rule -> {
            rule.setSpec(parse("shop", "anew", "expr: up > 0").getSpec());
            return rule;
        });
        await("the second generation is published")
                .atMost(Duration.ofSeconds(20))
                .until(() -> slots.written().values().stream()
                        .anyMatch(file -> file.index().contains("\"generation\":2")));

        rules("shop").withName("anew").delete();
        AlertRule anew = create("shop", "anew", "expr: up == 0");

        assertThat(anew.getMetadata().getGeneration()).isEqualTo(1);
        await("the new one is published")
                .atMost(Duration.ofSeconds(20))
                .until(() -> slots.written().values().stream()
                        .anyMatch(file -> file.rules().contains("up == 0")
                                && file.index().contains(anew.getMetadata().getUid())));
    }

    /** As kubectl replace --force does, or a GitOps tool that is told to replace: JOSDK is not done with the old ones then. */
    @Test
    void objectsThatAreReplacedAtOnceAreAllPublished() {
        List<AlertRule> anew = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String name = "replaced-" + i;
            create("shop", name, "expr: up");
            rules("shop").withName(name).delete();
            anew.add(create("shop", name, "expr: up == 0"));
        }

        await("every new one is published")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(anew)
                        .allSatisfy(rule -> assertThat(
                                        slots.written().values().stream().map(SlotFile::index))
                                .anyMatch(index ->
                                        index.contains(rule.getMetadata().getUid()))));
    }

    @Test
    void whenANamespaceGoesItsRulesGoAndOthersStay() {
        create("gone", "a", "expr: up");
        create("gone", "b", "expr: up");
        create("stays", "c", "expr: up");
        awaitPublished("gone/a");
        awaitPublished("gone/b");
        awaitPublished("stays/c");

        rules("gone").delete();

        awaitTakenOut("gone/a");
        awaitTakenOut("gone/b");
        assertThat(slots.holds("stays/c")).isTrue();
        await("nothing waits for an object that is gone")
                .atMost(Duration.ofSeconds(20))
                .until(() -> statusWriter.backlog() == 0);
    }

    /** The schema admits none such; an object may be older than its CRD. */
    @Test
    void anObjectThatCannotBeCompiledAtAllHarmsNoOther() {
        create("shop", "empty", null);
        create("shop", "good", "expr: up");

        awaitPublished("shop/good");

        rules("shop").withName("empty").edit(rule -> {
            rule.setSpec(parse("shop", "empty", "expr: up").getSpec());
            return rule;
        });
        awaitPublished("shop/empty");
    }

    @Test
    void aSlotThatCannotBeWrittenIsWrittenLater() {
        slots.failToWrite(2);

        create("shop", "patient", "expr: up");

        awaitPublished("shop/patient");
    }

    private AlertRule create(String namespace, String name, @Nullable String spec) {
        return client.resource(parse(namespace, name, spec)).create();
    }

    private static AlertRule parse(String namespace, String name, @Nullable String spec) {
        return Serialization.unmarshal(
                """
                apiVersion: tocsin.dev/v1alpha1
                kind: AlertRule
                metadata: {name: %s, namespace: %s}
                %s
                """.formatted(name, namespace, spec == null ? "" : "spec: {" + spec + "}"), AlertRule.class);
    }

    private NonNamespaceOperation<AlertRule, KubernetesResourceList<AlertRule>, Resource<AlertRule>> rules(
            String namespace) {
        return client.resources(AlertRule.class).inNamespace(namespace);
    }

    private void awaitPublished(String rule) {
        await(rule + " is published").atMost(Duration.ofSeconds(20)).until(() -> slots.holds(rule));
    }

    private void awaitTakenOut(String rule) {
        await(rule + " is taken out")
                .atMost(Duration.ofSeconds(20))
                .until(() -> !slots.written().isEmpty() && !slots.holds(rule));
    }

    private AlertRuleStatus awaitStatus(String namespace, String name) {
        await("a status of " + new ObjectKey(namespace, name))
                .atMost(Duration.ofSeconds(20))
                .until(() -> rules(namespace).withName(name).require().getStatus() != null);
        return Objects.requireNonNull(rules(namespace).withName(name).require().getStatus());
    }
}
