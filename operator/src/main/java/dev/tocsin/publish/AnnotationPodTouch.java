package dev.tocsin.publish;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/** Touches pods through the Kubernetes API. */
public final class AnnotationPodTouch implements PodTouch {
    private final KubernetesClient client;
    private final String namespace;

    public AnnotationPodTouch(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    @Override
    public void touch(Replica replica, String revision) {
        client.pods()
                .inNamespace(namespace)
                .withName(replica.pod())
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}"
                                .formatted(ClusterNames.SYNC_ANNOTATION, revision));
    }
}
