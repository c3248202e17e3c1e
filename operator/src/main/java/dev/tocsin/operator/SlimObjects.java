package dev.tocsin.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;

/**
 * Keeps objects in the informers' caches without what Tocsin never reads: managed fields and kubectl's copy of the last
 * applied object are more than half of a small object.
 */
final class SlimObjects {
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private SlimObjects() {}

    static <T extends HasMetadata> TransformingItemStore<T> store() {
        return new TransformingItemStore<>(object -> {
            object.getMetadata().setManagedFields(null);
            if (object.getMetadata().getAnnotations() != null) {
                object.getMetadata().getAnnotations().remove(LAST_APPLIED);
            }
            return object;
        });
    }
}
