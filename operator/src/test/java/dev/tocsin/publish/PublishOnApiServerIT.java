package dev.tocsin.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.compile.CompiledRules;
import dev.tocsin.compile.Golden;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.ApiServer;
import dev.tocsin.place.SlotId;
import dev.tocsin.publish.ConfigurationStore.Content;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is published, on a real API server; each test has a namespace of its own. */
@Tag("integration")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PublishOnApiServerIT {
    private static final SlotId SLOT = new SlotId("default", 1, 2);
    private static final SlotId OTHER = new SlotId("a-1", 0, 0);
    private static final OwnerReference OWNER = new OwnerReferenceBuilder()
            .withApiVersion("apps/v1")
            .withKind("Deployment")
            .withName("tocsin-operator")
            .withUid("7f4c1b9e-0d0e-4a11-b1b0-0123456789ab")
            .build();

    private ApiServer apiServer;
    private KubernetesClient client;

    @BeforeAll
    void start() {
        apiServer = ApiServer.start();
        client = apiServer.client();
    }

    @AfterAll
    void stop() {
        apiServer.close();
    }

    // ---- slots ----

    @Test
    void slotsAreReadBackAsTheyWereWritten() {
        ConfigMapSlots slots = slots("slots-read-back");
        List<LiveRule> rules = List.of(rule("a", "up"), rule("b", "sum(x) > 1"));

        slots.write(SLOT, SlotFile.of(SLOT, rules));
        slots.write(OTHER, SlotFile.of(OTHER, List.of()));

        assertThat(slots.readAll())
                .isEqualTo(Map.of(
                        SLOT, new StoredSlot(SlotFile.of(SLOT, rules).revision(), rules),
                        OTHER, new StoredSlot(SlotFile.of(OTHER, List.of()).revision(), List.of())));
    }

    @Test
    void aSlotIsAConfigMapOfThePublisherThatGoesWithItsOwner() {
        slots("slots-owned").write(SLOT, SlotFile.of(SLOT, List.of()));

        ConfigMap configMap = configMap("slots-owned", "tocsin-rules-default-1-2");
        assertThat(configMap.getMetadata().getOwnerReferences()).containsExactly(OWNER);
        assertThat(configMap.getMetadata().getLabels())
                .containsEntry("tocsin.dev/shard", "default-1")
                .containsEntry("app.kubernetes.io/managed-by", "tocsin");
        assertThat(managers(configMap)).containsExactly("tocsin-publisher");
    }

    @Test
    void theSameContentIsWrittenWithoutChangingTheObject() {
        ConfigMapSlots slots = slots("slots-same");
        slots.write(SLOT, SlotFile.of(SLOT, List.of(rule("a", "up"))));
        String before = version(configMap("slots-same", "tocsin-rules-default-1-2"));

        slots.write(SLOT, SlotFile.of(SLOT, List.of(rule("a", "up"))));

        assertThat(version(configMap("slots-same", "tocsin-rules-default-1-2"))).isEqualTo(before);
    }

    @Test
    void aSlotThatSomebodyEditedIsTakenBack() {
        ConfigMapSlots slots = slots("slots-edited");
        SlotFile file = SlotFile.of(SLOT, List.of(rule("a", "up")));
        slots.write(SLOT, file);
        client.configMaps()
                .inNamespace("slots-edited")
                .withName("tocsin-rules-default-1-2")
                .edit(found -> new ConfigMapBuilder(found)
                        .addToData("rules.yaml", "groups: []")
                        .build());

        slots.write(SLOT, file);

        assertThat(configMap("slots-edited", "tocsin-rules-default-1-2").getData())
                .containsEntry("rules.yaml", file.rules());
    }

    @Test
    void aDeletedSlotIsNotReadAndMayBeDeletedAgain() {
        ConfigMapSlots slots = slots("slots-deleted");
        slots.write(SLOT, SlotFile.of(SLOT, List.of(rule("a", "up"))));

        slots.delete(SLOT);
        slots.delete(SLOT);

        assertThat(slots.readAll()).isEmpty();
    }

    @Test
    void whatOnlyLooksLikeASlotHarmsNoOther() {
        String namespace = "slots-foreign";
        ConfigMapSlots slots = slots(namespace);
        List<LiveRule> rules = List.of(rule("a", "up"));
        slots.write(SLOT, SlotFile.of(SLOT, rules));
        ConfigMap original = configMap(namespace, "tocsin-rules-default-1-2");
        create(namespace, "a-copy", original.getMetadata().getLabels(), Map.of("rules.yaml", "groups:\n"));
        create(namespace, "number", labelled(original, "default-1", "99999999999"), original.getData());
        create(namespace, "shard", labelled(original, "default", "0"), original.getData());
        create(namespace, "no-slot", ClusterNames.selector("rules"), Map.of());

        Map<SlotId, StoredSlot> read = slots.readAll();

        assertThat(read).containsOnlyKeys(SLOT);
        assertThat(read.get(SLOT).rules()).isEqualTo(rules);
    }

    @Test
    void aDamagedSlotIsReadAsEmptyAndHarmsNoOther() {
        String namespace = "slots-damaged";
        ConfigMapSlots slots = slots(namespace);
        slots.write(SLOT, SlotFile.of(SLOT, List.of(rule("a", "up"))));
        slots.write(OTHER, SlotFile.of(OTHER, List.of(rule("b", "up"))));
        client.configMaps()
                .inNamespace(namespace)
                .withName("tocsin-rules-default-1-2")
                .edit(found -> new ConfigMapBuilder(found)
                        .addToData("index.json", "null\n")
                        .build());

        Map<SlotId, StoredSlot> read = slots.readAll();

        assertThat(read.get(SLOT)).isEqualTo(StoredSlot.DAMAGED);
        assertThat(read.get(OTHER).rules()).containsExactly(rule("b", "up"));
    }

    // ---- the configuration of Alertmanager ----

    @Test
    void withoutASecretNothingIsKept() {
        assertThat(store("store-empty").read()).isEmpty();
    }

    @Test
    void theConfigurationIsReadBackAsItWasWritten() {
        ConfigurationStore store = store("store-read-back");
        byte[] live = {0, 1, -1, 127, -128};

        store.write(new Content("route: {receiver: \"ü…\"}\n", live));

        Content read = store.read().orElseThrow();
        assertThat(read.yaml()).isEqualTo("route: {receiver: \"ü…\"}\n");
        assertThat(read.live()).isEqualTo(live);
        assertThat(secret("store-read-back").getMetadata().getOwnerReferences()).containsExactly(OWNER);
    }

    /** So that Alertmanager's pods can start, a Secret may be there before the operator. */
    @Test
    void aSecretThatAnotherMadeIsTakenOver() {
        ConfigurationStore store = store("store-taken-over");
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("alertmanager-config")
                        .withNamespace("store-taken-over")
                        .addToLabels("app.kubernetes.io/managed-by", "Helm")
                        .endMetadata()
                        .withData(Map.of("alertmanager.yaml", base64("route: {}"), "other", base64("kept")))
                        .build())
                .create();
        assertThat(store.read().orElseThrow().live()).isEmpty();

        store.write(new Content("route: {receiver: new}", new byte[] {1}));

        assertThat(store.read().orElseThrow().yaml()).isEqualTo("route: {receiver: new}");
        assertThat(secret("store-taken-over").getData()).containsEntry("other", base64("kept"));
    }

    @Test
    void theSameConfigurationIsWrittenWithoutChangingTheObject() {
        ConfigurationStore store = store("store-same");
        store.write(new Content("route: {}", new byte[] {1}));
        String before = version(secret("store-same"));

        store.write(new Content("route: {}", new byte[] {1}));

        assertThat(version(secret("store-same"))).isEqualTo(before);
    }

    @Test
    void aTextThatIsLongerThanASecretIsKeptCompressedAndAShorterOneAsItIs() {
        ConfigurationStore store = store("store-long");
        String longText = "x".repeat(3_000_000);

        store.write(new Content("short", new byte[] {1}));
        assertThat(secret("store-long").getData()).containsOnlyKeys("alertmanager.yaml");
        store.write(new Content(longText, new byte[] {2}));
        assertThat(secret("store-long").getData()).containsOnlyKeys("alertmanager.yaml.gz");
        assertThat(store.read().orElseThrow().isSame(new Content(longText, new byte[] {2})))
                .isTrue();
        store.write(new Content("short", new byte[] {3}));

        assertThat(secret("store-long").getData()).containsOnlyKeys("alertmanager.yaml");
        assertThat(store.read().orElseThrow().isSame(new Content("short", new byte[] {3})))
                .isTrue();
    }

    @Test
    void whatTheVersionBeforeKeptInOneSecretIsReadAndItsMembersFindTheFileWhereItWas() {
        ConfigurationStore store = store("store-upgrade");
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("alertmanager-config")
                        .withNamespace("store-upgrade")
                        .endMetadata()
                        .withData(Map.of("alertmanager.yaml", base64("route: {}"), "live.json.gz", base64("live")))
                        .build())
                .fieldManager(FieldManagers.PUBLISHER)
                .serverSideApply();

        Content before = store.read().orElseThrow();
        store.write(before);

        assertThat(before.isSame(new Content("route: {}", "live".getBytes(StandardCharsets.UTF_8))))
                .isTrue();
        assertThat(store.read().orElseThrow().isSame(before)).isTrue();
        assertThat(secret("store-upgrade").getData())
                .containsExactlyEntriesOf(Map.of("alertmanager.yaml", base64("route: {}")));
    }

    @Test
    void aCompressedConfigurationThatSomeoneDamagesReadsAsAnotherAndCanBeWrittenAgain() {
        ConfigurationStore store = store("store-damaged");
        Content content = new Content("x".repeat(3_000_000), new byte[] {1});
        store.write(content);
        client.secrets()
                .inNamespace("store-damaged")
                .withName("alertmanager-config")
                .edit(secret -> new SecretBuilder(secret)
                        .addToData("alertmanager.yaml.gz", base64("no gzip"))
                        .build());
        assertThat(store.read().orElseThrow().isSame(content)).isFalse();

        store.write(content);

        assertThat(store.read().orElseThrow().isSame(content)).isTrue();
    }

    @Test
    void aConfigurationThatIsTooLargeIsRefusedAndTheOneBeforeStays() {
        ConfigurationStore store = store("store-large");
        store.write(new Content("route: {}", new byte[] {1}));
        StringBuilder text = new StringBuilder();
        new Random(1).ints(3_000_000, 'a', 'z').forEach(letter -> text.append((char) letter));
        Content large = new Content(text.toString(), new byte[] {1});
        assertThat(large.filled()).isGreaterThan(1);

        assertThatThrownBy(() -> store.write(large)).isInstanceOf(KubernetesClientException.class);

        assertThat(store.read().orElseThrow().yaml()).isEqualTo("route: {}");
    }

    // ---- evaluators ----

    @Test
    void applyingTheSameEvaluatorsAgainRestartsNothing() throws IOException {
        EvaluatorCluster cluster = cluster("evaluators-same", "everything");
        cluster.apply(FewestShards.of(configuration("everything")));
        Map<String, String> before = evaluators("evaluators-same");
        assertThat(before)
                .containsOnlyKeys(
                        "Deployment tocsin-evaluator-default-0",
                        "Deployment tocsin-evaluator-mimir-0",
                        "PodDisruptionBudget tocsin-evaluator-default-0",
                        "PodDisruptionBudget tocsin-evaluator-mimir-0");

        cluster("evaluators-same", "everything").apply(FewestShards.of(configuration("everything")));

        assertThat(evaluators("evaluators-same")).isEqualTo(before);
    }

    @Test
    void theEvaluatorsOfFormerShardsAreRemoved() throws IOException {
        cluster("evaluators-former", "everything").apply(FewestShards.of(configuration("everything")));
        EvaluatorCluster smaller = cluster("evaluators-former", "minimal");
        smaller.apply(Map.of("default", 1));

        smaller.retireAllBut(Map.of("default", 1));

        assertThat(evaluators("evaluators-former"))
                .containsOnlyKeys(
                        "Deployment tocsin-evaluator-default-0", "PodDisruptionBudget tocsin-evaluator-default-0");
    }

    @Test
    void whatAnEditOfTheConfigurationTakesAwayIsGone() throws IOException {
        cluster("evaluators-edited", "everything").apply(FewestShards.of(configuration("everything")));

        cluster("evaluators-edited", "minimal").apply(FewestShards.of(configuration("minimal")));

        assertThat(client.apps()
                        .deployments()
                        .inNamespace("evaluators-edited")
                        .withName("tocsin-evaluator-default-0")
                        .get()
                        .getSpec()
                        .getTemplate())
                .satisfies(pod -> {
                    assertThat(pod.getMetadata().getLabels()).doesNotContainKey("team");
                    assertThat(pod.getSpec().getTolerations()).isEmpty();
                    assertThat(pod.getSpec().getPriorityClassName()).isNull();
                    assertThat(pod.getSpec().getVolumes()).hasSize(2);
                });
    }

    private ConfigMapSlots slots(String namespace) {
        apiServer.namespace(namespace);
        return new ConfigMapSlots(client, namespace, Optional.of(OWNER));
    }

    private ConfigurationStore store(String namespace) {
        apiServer.namespace(namespace);
        return new SecretConfigurationStore(client, namespace, "alertmanager-config", Optional.of(OWNER));
    }

    private EvaluatorCluster cluster(String namespace, String goldenCase) throws IOException {
        apiServer.namespace(namespace);
        return new EvaluatorCluster(
                client, namespace, new EvaluatorWorkloads(configuration(goldenCase), namespace, Optional.of(OWNER)));
    }

    private static OperatorConfiguration configuration(String goldenCase) throws IOException {
        return OperatorConfiguration.parse(
                Files.readString(Golden.folder("evaluators", goldenCase).resolve("in-config.yaml")));
    }

    /** Versions by kind and name. */
    private Map<String, String> evaluators(String namespace) {
        return Stream.<HasMetadata>concat(
                        client.apps().deployments().inNamespace(namespace).list().getItems().stream(),
                        client.policy().v1().podDisruptionBudget().inNamespace(namespace).list().getItems().stream())
                .collect(Collectors.toMap(
                        object -> object.getKind() + " " + object.getMetadata().getName(),
                        PublishOnApiServerIT::version));
    }

    private static LiveRule rule(String name, String expr) {
        return LiveRule.of(CompiledRules.rule(name, "expr: " + expr));
    }

    private void create(String namespace, String name, Map<String, String> labels, Map<String, String> data) {
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .withLabels(labels)
                        .endMetadata()
                        .withData(data)
                        .build())
                .create();
    }

    private static Map<String, String> labelled(ConfigMap slot, String shard, String number) {
        return new ConfigMapBuilder(slot)
                .editMetadata()
                .addToLabels("tocsin.dev/shard", shard)
                .addToLabels("tocsin.dev/slot", number)
                .endMetadata()
                .build()
                .getMetadata()
                .getLabels();
    }

    private ConfigMap configMap(String namespace, String name) {
        return client.configMaps().inNamespace(namespace).withName(name).require();
    }

    private Secret secret(String namespace) {
        return client.secrets()
                .inNamespace(namespace)
                .withName("alertmanager-config")
                .require();
    }

    private static String version(HasMetadata object) {
        return object.getMetadata().getResourceVersion();
    }

    private static List<String> managers(HasMetadata object) {
        return object.getMetadata().getManagedFields().stream()
                .map(ManagedFieldsEntry::getManager)
                .toList();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
