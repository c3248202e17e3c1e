package dev.tocsin.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.tocsin.publish.FieldManagers;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only writer of status. What is offered replaces what waits for the same object; urgent changes go first, then the
 * oldest. Writes are complete and are made to the status alone, under a field manager of their own: they cannot lose
 * another's edit of the spec, and what is left out disappears.
 *
 * <p>An object that is gone, or was made anew under the same name, is left alone. The uid is tested by a JSON patch: in a
 * server-side apply to the status subresource the API server (Kubernetes 1.37) ignores it.
 */
public final class StatusWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
    private static final int CONCURRENT_WRITES = 16;
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final int NOT_FOUND = 404;
    private static final int INVALID = 422;
    private static final JsonMapper JSON = JsonMapper.builder()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build();

    private final KubernetesClient client;
    private final Duration pauseAfterFailure;
    private final Counter written;
    private final Counter failed;
    private final Map<Target, Write<?, ?>> urgent = new LinkedHashMap<>();
    private final Map<Target, Write<?, ?>> waiting = new LinkedHashMap<>();
    private final Set<Target> underWay = new HashSet<>();
    private final Semaphore permits = new Semaphore(CONCURRENT_WRITES);
    private final Thread thread = Thread.ofVirtual().name("status-writer").unstarted(this::run);

    public StatusWriter(KubernetesClient client, MeterRegistry metrics) {
        this(client, metrics, PAUSE_AFTER_FAILURE);
    }

    StatusWriter(KubernetesClient client, MeterRegistry metrics, Duration pauseAfterFailure) {
        this.client = client;
        this.pauseAfterFailure = pauseAfterFailure;
        this.written = Counter.builder("tocsin.status.writes")
                .description("Writes of a status")
                .register(metrics);
        this.failed = Counter.builder("tocsin.status.write.failures")
                .description("Writes of a status that failed and are tried again")
                .register(metrics);
        metrics.gauge("tocsin.status.writes.waiting", this, StatusWriter::backlog);
    }

    /** Begins; returns at once. */
    public StatusWriter start() {
        thread.start();
        return this;
    }

    /**
     * Writes this status soon, unless a newer one is offered before.
     *
     * @param type the object's type
     * @param uid the object's uid
     * @param urgent whether it goes before what waits already
     */
    public <S, T extends CustomResource<?, S>> void offer(
            Class<T> type, String namespace, String name, String uid, S status, boolean urgent) {
        offer(new Write<>(new Target(type, namespace, name), uid, type, status), urgent);
    }

    private synchronized void offer(Write<?, ?> write, boolean isUrgent) {
        if (isUrgent || urgent.containsKey(write.target())) {
            waiting.remove(write.target());
            urgent.put(write.target(), write);
        } else {
            waiting.put(write.target(), write);
        }
        notifyAll();
    }

    /** Writes that wait. */
    public synchronized int backlog() {
        return urgent.size() + waiting.size() + underWay.size();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                permits.acquire();
                Write<?, ?> next = take();
                Thread.ofVirtual().name("status-write").start(() -> {
                    try {
                        write(next);
                    } finally {
                        done(next.target());
                        permits.release();
                    }
                });
            }
        } catch (InterruptedException e) {
            LOG.debug("status writer stops with {} writes waiting", backlog());
        }
    }

    /** One object is never written twice at the same time: a later status would be overtaken by an earlier one. */
    private synchronized Write<?, ?> take() throws InterruptedException {
        while (true) {
            for (Map<Target, Write<?, ?>> queue : List.of(urgent, waiting)) {
                for (Target target : queue.keySet()) {
                    if (!underWay.contains(target)) {
                        underWay.add(target);
                        return queue.remove(target);
                    }
                }
            }
            wait();
        }
    }

    private synchronized void done(Target target) {
        underWay.remove(target);
        notifyAll();
    }

    /** Of an object that is given, Fabric8 7.8 does not ask the server before it sends a patch. */
    private <S, T extends CustomResource<?, S>> void write(Write<S, T> write) {
        try {
            client.resource(write.object())
                    .subresource("status")
                    .patch(
                            new PatchContext.Builder()
                                    .withPatchType(PatchType.JSON)
                                    .withFieldManager(FieldManagers.STATUS)
                                    .build(),
                            write.patch());
            written.increment();
        } catch (KubernetesClientException e) {
            failed(write, e);
        }
    }

    private void failed(Write<?, ?> write, KubernetesClientException e) {
        Target target = write.target();
        String message = String.valueOf(e.getMessage());
        if (e.getCode() == NOT_FOUND || (e.getCode() == INVALID && namesNoField(e))) {
            LOG.debug("{} is gone or was made anew: {}", target, message);
        } else if (e.getCode() == INVALID) {
            LOG.error("the status of {} is refused by the API server, a defect: {}", target, message);
        } else {
            failed.increment();
            LOG.warn("the status of {} could not be written, it is tried again: {}", target, message);
            pause();
            offerUnlessNewer(write);
        }
    }

    /** So it is when the test of the uid fails; what the schema refuses is named field by field. */
    private static boolean namesNoField(KubernetesClientException e) {
        return e.getStatus() == null
                || e.getStatus().getDetails() == null
                || e.getStatus().getDetails().getCauses().isEmpty();
    }

    private synchronized void offerUnlessNewer(Write<?, ?> write) {
        if (!urgent.containsKey(write.target()) && !waiting.containsKey(write.target())) {
            waiting.put(write.target(), write);
        }
    }

    private void pause() {
        try {
            Thread.sleep(pauseAfterFailure);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Target(Class<?> type, String namespace, String name) {
        @Override
        public String toString() {
            return type.getSimpleName() + " " + namespace + "/" + name;
        }
    }

    private record Write<S, T extends CustomResource<?, S>>(Target target, String uid, Class<T> type, S status) {

        /** No more than what names it. */
        T object() {
            try {
                T object = type.getDeclaredConstructor().newInstance();
                object.getMetadata().setNamespace(target.namespace());
                object.getMetadata().setName(target.name());
                return object;
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(type + " needs a constructor without parameters", e);
            }
        }

        /** Tested and written in one step; "add" replaces what is there. */
        String patch() {
            ArrayNode patch = JSON.createArrayNode();
            patch.addObject().put("op", "test").put("path", "/metadata/uid").put("value", uid);
            patch.addObject().put("op", "add").put("path", "/status").set("value", JSON.valueToTree(status));
            return patch.toString();
        }
    }
}
