package dev.tocsin.publish;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shards as Kubernetes objects. */
public final class EvaluatorCluster implements EvaluatorShards {
    private static final Logger LOG = LoggerFactory.getLogger(EvaluatorCluster.class);

    private final KubernetesClient client;
    private final String namespace;
    private final EvaluatorWorkloads workloads;

    public EvaluatorCluster(KubernetesClient client, String namespace, EvaluatorWorkloads workloads) {
        this.client = client;
        this.namespace = namespace;
        this.workloads = workloads;
    }

    /** Applies every shard's objects; unchanged ones restart nothing. */
    @Override
    public void apply(Map<String, Integer> shards) {
        for (HasMetadata object : workloads.of(shards)) {
            client.resource(object)
                    .fieldManager(FieldManagers.PUBLISHER)
                    .forceConflicts()
                    .serverSideApply();
        }
    }

    @Override
    public void retireAllBut(Map<String, Integer> shards) {
        Set<String> wanted = new HashSet<>();
        workloads.of(shards).forEach(object -> wanted.add(object.getMetadata().getName()));
        List<Deployment> present = client.apps()
                .deployments()
                .inNamespace(namespace)
                .withLabels(ClusterNames.selector("evaluator"))
                .list()
                .getItems();
        for (Deployment deployment : present) {
            String name = deployment.getMetadata().getName();
            if (!wanted.contains(name)) {
                LOG.info("{} is no shard any more and is removed", name);
                client.apps()
                        .deployments()
                        .inNamespace(namespace)
                        .withName(name)
                        .delete();
                client.policy()
                        .v1()
                        .podDisruptionBudget()
                        .inNamespace(namespace)
                        .withName(name)
                        .delete();
            }
        }
    }
}
