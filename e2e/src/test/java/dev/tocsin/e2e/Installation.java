package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.tocsin.api.v1alpha1.AlertRule;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The installed Tocsin: its pods, and what its evaluators run. */
final class Installation {
    private static final String SHARD = "tocsin.dev/shard";
    private static final String INSTANCE = "app.kubernetes.io/instance";
    private static final String COMPONENT = "app.kubernetes.io/component";
    private static final String LEASE = "tocsin-operator";

    private final KubernetesClient client;
    private final String namespace;
    private final String release;

    Installation(KubernetesClient client, String namespace, String release) {
        this.client = client;
        this.namespace = namespace;
        this.release = release;
    }

    String namespace() {
        return namespace;
    }

    /** Where others push their alerts. */
    String ingestUrl() {
        return "http://%s-ingest.%s.svc:9093".formatted(release, namespace);
    }

    /** The pods of operator, evaluator, alertmanager or victoriametrics that are not being deleted, oldest first. */
    List<Pod> pods(String component) {
        return client
                .pods()
                .inNamespace(namespace)
                .withLabel(INSTANCE, release)
                .withLabel(COMPONENT, component)
                .list()
                .getItems()
                .stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .sorted((a, b) -> a.getMetadata()
                        .getCreationTimestamp()
                        .compareTo(b.getMetadata().getCreationTimestamp()))
                .toList();
    }

    /** The expressions that one evaluator runs, by namespace/name of their AlertRules. */
    Map<String, String> expressions(Pod evaluator) {
        String json = client.raw(
                "/api/v1/namespaces/%s/pods/%s:8880/proxy/api/v1/rules".formatted(namespace, name(evaluator)));
        return Serialization.unmarshal(json, Answer.class).data().groups().stream()
                .filter(group -> !group.rules().isEmpty())
                .collect(Collectors.toMap(
                        Group::name,
                        group -> group.rules().getFirst().query(),
                        (one, another) -> one + " | " + another));
    }

    /** What each evaluator that has a rule runs for it; the same rule in two shards would be twice as many. */
    List<String> expressionsOf(AlertRule rule) {
        String key =
                rule.getMetadata().getNamespace() + "/" + rule.getMetadata().getName();
        return pods("evaluator").stream()
                .map(this::expressions)
                .filter(expressions -> expressions.containsKey(key))
                .map(expressions -> expressions.get(key))
                .toList();
    }

    /** The shards that have evaluators. */
    Set<String> shards() {
        return pods("evaluator").stream().map(Installation::shard).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The operator's pod that leads now, if one does. */
    Optional<Pod> leader() {
        String holder = client.leases()
                .inNamespace(namespace)
                .withName(LEASE)
                .get()
                .getSpec()
                .getHolderIdentity();
        return pods("operator").stream().filter(pod -> name(pod).equals(holder)).findFirst();
    }

    /** A pod of the operator that does not lead. */
    Pod standby() {
        Pod leader = leader().orElseThrow();
        return pods("operator").stream()
                .filter(pod -> !name(pod).equals(name(leader)))
                .findFirst()
                .orElseThrow();
    }

    /** Deletes all pods of the operator at once, and waits until others work in their place. */
    void restartOperator() {
        List<Pod> old = pods("operator");
        List<String> names = old.stream().map(Installation::name).toList();
        old.forEach(pod -> client.resource(pod).delete());
        ClusterTest.within(60, "another operator leads")
                .until(() -> leader().filter(pod -> !names.contains(name(pod))).isPresent());
        awaitWhole();
    }

    /** Waits until every pod that there should be is ready, and no other is left. */
    void awaitWhole() {
        ClusterTest.within(90, "all pods are ready").untilAsserted(() -> {
            assertThat(workloads())
                    .isNotEmpty()
                    .allSatisfy((name, replicas) ->
                            assertThat(replicas.ready()).as(name).isEqualTo(replicas.wanted()));
            assertThat(client.pods()
                            .inNamespace(namespace)
                            .withLabel(INSTANCE, release)
                            .list()
                            .getItems())
                    .hasSize(workloads().values().stream()
                            .mapToInt(Replicas::wanted)
                            .sum());
        });
    }

    private record Replicas(int wanted, int ready) {}

    private Map<String, Replicas> workloads() {
        Map<String, Replicas> result = new TreeMap<>();
        evaluators().forEach(deployment -> result.put(deployment.getMetadata().getName(), replicas(deployment)));
        client.apps().deployments().inNamespace(namespace).withLabel(INSTANCE, release).list().getItems().stream()
                .forEach(deployment -> result.put(deployment.getMetadata().getName(), replicas(deployment)));
        client.apps().statefulSets().inNamespace(namespace).withLabel(INSTANCE, release).list().getItems().stream()
                .forEach(set -> result.put(
                        set.getMetadata().getName(),
                        new Replicas(
                                set.getSpec().getReplicas(),
                                Objects.requireNonNullElse(set.getStatus().getReadyReplicas(), 0))));
        return result;
    }

    private static Replicas replicas(Deployment deployment) {
        return new Replicas(
                deployment.getSpec().getReplicas(),
                Objects.requireNonNullElse(deployment.getStatus().getReadyReplicas(), 0));
    }

    private List<Deployment> evaluators() {
        return client.apps()
                .deployments()
                .inNamespace(namespace)
                .withLabel(COMPONENT, "evaluator")
                .list()
                .getItems();
    }

    /**
     * What the operator has made and written: each slot's and the Alertmanager configuration's version, each evaluator
     * Deployment's generation, each pod's identity, restarts and annotations.
     */
    Map<String, String> published() {
        Map<String, String> result = new TreeMap<>();
        client.configMaps()
                .inNamespace(namespace)
                .withLabel(SHARD)
                .list()
                .getItems()
                .forEach(slot -> result.put(
                        slot.getFullResourceName() + "/" + slot.getMetadata().getName(),
                        slot.getMetadata().getResourceVersion()));
        result.put(
                "alertmanager-config",
                client.secrets()
                        .inNamespace(namespace)
                        .withName(release + "-alertmanager-config")
                        .get()
                        .getMetadata()
                        .getResourceVersion());
        evaluators()
                .forEach(deployment -> result.put(
                        deployment.getMetadata().getName(),
                        "generation " + deployment.getMetadata().getGeneration()));
        Stream.of("evaluator", "alertmanager")
                .flatMap(component -> pods(component).stream())
                .forEach(pod -> result.put(
                        name(pod),
                        "%s, %d restarts, %s"
                                .formatted(
                                        pod.getMetadata().getUid(),
                                        pod.getStatus()
                                                .getContainerStatuses()
                                                .getFirst()
                                                .getRestartCount(),
                                        pod.getMetadata().getAnnotations())));
        return result;
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }

    static String shard(Pod evaluator) {
        return evaluator.getMetadata().getLabels().get(SHARD);
    }

    /** vmalert's answer to /api/v1/rules. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Answer(Data data) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Data(List<Group> groups) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Group(String name, List<Rule> rules) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Rule(String query) {}
}
