package dev.tocsin.publish;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/** The readiness gate as Kubernetes has it: a condition in the pod's status, which the kubelet takes into account. */
public final class PodReadinessGate implements ReadinessGate {
    private final KubernetesClient client;
    private final String namespace;
    private final Clock clock;

    public PodReadinessGate(KubernetesClient client, String namespace, Clock clock) {
        this.client = client;
        this.namespace = namespace;
        this.clock = clock;
    }

    @Override
    public boolean isOpen(Replica replica) {
        Pod pod = client.pods().inNamespace(namespace).withName(replica.pod()).get();
        return pod != null
                && pod.getMetadata().getUid().equals(replica.uid())
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals(ClusterNames.CAUGHT_UP_CONDITION)
                                && condition.getStatus().equals("True"));
    }

    /** The uid keeps the patch from another pod of that name. */
    @Override
    public void open(Replica replica) {
        client.pods()
                .inNamespace(namespace)
                .withName(replica.pod())
                .subresource("status")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), """
                        {"metadata": {"uid": "%s"}, "status": {"conditions": [{"type": "%s", "status": "True",
                        "reason": "CaughtUp", "message": "evaluates what the other replicas do",
                        "lastTransitionTime": "%s"}]}}
                        """.formatted(
                                replica.uid(),
                                ClusterNames.CAUGHT_UP_CONDITION,
                                clock.instant().truncatedTo(ChronoUnit.SECONDS)));
    }
}
