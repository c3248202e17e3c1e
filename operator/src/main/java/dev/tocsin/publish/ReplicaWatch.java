package dev.tocsin.publish;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Tells which pods of an engine run now: a replica appears when its containers have started, and disappears when its
 * pod is being deleted.
 */
public final class ReplicaWatch implements AutoCloseable {

    /** Told of replicas, from one thread. */
    public interface Listener {
        void appeared(Replica replica);

        void disappeared(Replica replica);
    }

    private final SharedIndexInformer<Pod> informer;

    /**
     * @param selector labels of the pods
     * @param group what a pod is a replica of
     * @param port of the engine's web server
     */
    public ReplicaWatch(
            KubernetesClient client,
            String namespace,
            Map<String, String> selector,
            Function<Pod, String> group,
            int port,
            Listener listener) {
        this.informer =
                client.pods().inNamespace(namespace).withLabels(selector).inform(new PodEvents(group, port, listener));
    }

    @Override
    public void close() {
        informer.close();
    }

    private record PodEvents(Function<Pod, String> group, int port, Listener listener)
            implements ResourceEventHandler<Pod> {

        @Override
        public void onAdd(Pod pod) {
            replica(pod).ifPresent(listener::appeared);
        }

        @Override
        public void onUpdate(Pod before, Pod now) {
            Optional<Replica> old = replica(before);
            Optional<Replica> current = replica(now);
            if (old.equals(current)) {
                return;
            }
            old.ifPresent(listener::disappeared);
            current.ifPresent(listener::appeared);
        }

        @Override
        public void onDelete(Pod pod, boolean finalStateUnknown) {
            replica(pod).ifPresent(listener::disappeared);
        }

        private Optional<Replica> replica(Pod pod) {
            boolean deleted = pod.getMetadata().getDeletionTimestamp() != null;
            String ip = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
            if (deleted || ip == null || ip.isEmpty() || !started(pod)) {
                return Optional.empty();
            }
            String host = ip.contains(":") ? "[" + ip + "]" : ip;
            return Optional.of(new Replica(
                    group.apply(pod),
                    pod.getMetadata().getName(),
                    pod.getMetadata().getUid(),
                    "http://" + host + ":" + port));
        }

        private static boolean started(Pod pod) {
            return pod.getStatus().getContainerStatuses() != null
                    && !pod.getStatus().getContainerStatuses().isEmpty()
                    && pod.getStatus().getContainerStatuses().stream().allMatch(PodEvents::hasRun);
        }

        /** A container that restarts is still this replica: its mounts and its address stay. */
        private static boolean hasRun(ContainerStatus status) {
            return (status.getState() != null && status.getState().getRunning() != null)
                    || (status.getRestartCount() != null && status.getRestartCount() > 0);
        }
    }
}
