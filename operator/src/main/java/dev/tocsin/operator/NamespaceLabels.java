package dev.tocsin.operator;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** The labels of all namespaces, on which grants to namespaces by label depend. */
final class NamespaceLabels implements Supplier<Map<String, Map<String, String>>>, AutoCloseable {
    private final SharedIndexInformer<Namespace> informer;

    /**
     * Begins to watch, and returns once all namespaces are known.
     *
     * @param onChange called when a namespace comes, goes, or has other labels
     */
    NamespaceLabels(KubernetesClient client, Runnable onChange) {
        this.informer = client.namespaces().inform(new Events(onChange));
    }

    /** Namespace to its labels. */
    @Override
    public Map<String, Map<String, String>> get() {
        Map<String, Map<String, String>> labels = new HashMap<>();
        informer.getStore()
                .list()
                .forEach(namespace -> labels.put(namespace.getMetadata().getName(), labels(namespace)));
        return labels;
    }

    private static Map<String, String> labels(Namespace namespace) {
        return Objects.requireNonNullElse(namespace.getMetadata().getLabels(), Map.of());
    }

    @Override
    public void close() {
        informer.close();
    }

    private record Events(Runnable onChange) implements ResourceEventHandler<Namespace> {

        @Override
        public void onAdd(Namespace namespace) {
            onChange.run();
        }

        @Override
        public void onUpdate(Namespace before, Namespace now) {
            if (!labels(before).equals(labels(now))) {
                onChange.run();
            }
        }

        @Override
        public void onDelete(Namespace namespace, boolean finalStateUnknown) {
            onChange.run();
        }
    }
}
