package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.compile.Compilation;
import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.Engines;
import dev.tocsin.observe.EvaluatorState;
import dev.tocsin.place.SlotId;
import dev.tocsin.publish.EvaluatorControl;
import dev.tocsin.publish.LiveRule;
import dev.tocsin.publish.PublishedSlots;
import dev.tocsin.publish.RuleSlots;
import dev.tocsin.publish.SlotFile;
import dev.tocsin.status.EventWriter;
import dev.tocsin.status.StatusWriter;
import dev.tocsin.vet.RuleVetter;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How the rule loop begins when its objects come before it has read what is published. */
@Tag("integration")
class RuleLoopStartIT {
    private static final ObjectKey PUBLISHED = new ObjectKey("shop", "published");
    private static final SlotId UNUSUAL = new SlotId("default", 1, 2);

    private final OperatorConfiguration configuration = OperatorConfiguration.parse("""
            datasources: [{name: default, url: "http://127.0.0.1:1", shards: 2}]
            evaluators: {image: vmalert, slots: 3}
            alertmanager: {name: alertmanager, members: 1, configSecret: alertmanager-config}
            """);
    private final RuleCompiler compiler = new RuleCompiler(configuration);

    @Test
    void aRuleStaysInItsSlotThoughItsObjectIsSeenBeforeTheSlotsAreRead() {
        LiveRule published = LiveRule.of(compiled("published"));
        TestingSlots slots = new TestingSlots(UNUSUAL, published);
        try (KubernetesClient client = new KubernetesClientBuilder().build();
                RuleLoop loop = loop(slots, client)) {
            loop.changed(object("published"), compilation("published"));
            loop.changed(object("new"), compilation("new"));

            loop.start(() -> Set.of(PUBLISHED, new ObjectKey("shop", "new")));

            await("the new rule is published").atMost(Duration.ofSeconds(20)).until(() -> slots.holds("shop/new"));
            assertThat(slots.written())
                    .as("the slot of the published rule is not written")
                    .doesNotContainKey(UNUSUAL);
            assertThat(slots.written().values()).noneMatch(file -> file.rules().contains("shop/published"));
        }
    }

    /** Else no replica would ever show the revision that is waited for. */
    @Test
    void aSlotWhoseFileNamesAnotherRevisionIsWrittenAnewWithItsRulesInTheirPlace() {
        LiveRule published = LiveRule.of(compiled("published"));
        TestingSlots slots = new TestingSlots(UNUSUAL, "revision-of-another-version", published);
        try (KubernetesClient client = new KubernetesClientBuilder().build();
                RuleLoop loop = loop(slots, client)) {
            loop.changed(object("published"), compilation("published"));

            loop.start(() -> Set.of(PUBLISHED, new ObjectKey("shop", "new")));

            await("the slot is written")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> !slots.written().isEmpty());
            assertThat(slots.written()).containsExactly(Map.entry(UNUSUAL, SlotFile.of(UNUSUAL, List.of(published))));
        }
    }

    @Test
    void slotsThatCannotBeReadAtFirstAreReadLater() {
        TestingSlots slots = new TestingSlots(UNUSUAL, LiveRule.of(compiled("published")));
        slots.failToRead(1);
        try (KubernetesClient client = new KubernetesClientBuilder().build();
                RuleLoop loop = loop(slots, client)) {
            loop.start(() -> Set.of(PUBLISHED));

            await("the loop works").atMost(Duration.ofSeconds(20)).until(loop::isWorking);
        }
    }

    private RuleLoop loop(RuleSlots slots, KubernetesClient client) {
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        HttpClient http = HttpClient.newHttpClient();
        return new RuleLoop(
                configuration,
                new RuleVetter(Engines.binary("vmalert"), configuration, rules -> Map.of()),
                slots,
                new PublishedSlots(),
                new EvaluatorFleet.Engines(
                        new EvaluatorControl(http),
                        new EvaluatorState(http),
                        (replica, revision) -> {},
                        new OpenGates()),
                new StatusWriter(client, metrics),
                new EventWriter(client, "operator-0", Clock.systemUTC()),
                new NoShards(),
                metrics,
                Clock.systemUTC());
    }

    private CompiledRule compiled(String name) {
        return ((Compilation.Runnable) compilation(name)).rule();
    }

    private Compilation compilation(String name) {
        return compiler.compile(
                new ObjectKey("shop", name), "uid-" + name, 1, object(name).getSpec());
    }

    private static AlertRule object(String name) {
        return Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: AlertRule
                metadata: {name: %s, namespace: shop, uid: uid-%s, generation: 1}
                spec: {expr: up}
                """.formatted(name, name), AlertRule.class);
    }
}
