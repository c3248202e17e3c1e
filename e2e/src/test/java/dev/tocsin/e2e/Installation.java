package dev.tocsin.e2e;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.tocsin.api.v1alpha1.AlertRule;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The installed Tocsin: its pods, and what its evaluators run. */
final class Installation {
    private static final String SHARD = "tocsin.dev/shard";

    private final KubernetesClient client;
    private final String namespace;
    private final String release;

    Installation(KubernetesClient client, String namespace, String release) {
        this.client = client;
        this.namespace = namespace;
        this.release = release;
    }

    /** The pods of operator, evaluator or alertmanager that are not being deleted, oldest first. */
    List<Pod> pods(String component) {
        return client
                .pods()
                .inNamespace(namespace)
                .withLabel("app.kubernetes.io/instance", release)
                .withLabel("app.kubernetes.io/component", component)
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
        String json = client.raw("/api/v1/namespaces/%s/pods/%s:8880/proxy/api/v1/rules"
                .formatted(namespace, evaluator.getMetadata().getName()));
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
