package dev.tocsin.publish;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
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
        client.resource(pod(replica))
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}"
                                .formatted(ClusterNames.SYNC_ANNOTATION, revision));
    }

    /** No more than what names it: given an object, Fabric8 7.8 does not ask the server before it sends a patch. */
    private Pod pod(Replica replica) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(replica.pod())
                .endMetadata()
                .build();
    }
}
