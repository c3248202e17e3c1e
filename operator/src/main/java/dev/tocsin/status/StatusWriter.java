package dev.tocsin.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.tocsin.publish.FieldManagers;
import dev.tocsin.status.WriteQueue.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.URLUtils;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only writer of status. What is offered replaces what waits for the same object; urgent changes go first, then the
 * oldest. Writes are complete and are made to the status alone, under a field manager of their own: they cannot lose
 * another's edit of the spec, and what is left out disappears.
 *
 * <p>A write that fails is tried again, later each time, and holds up no other. While the API server has no room (429) or is
 * away, none is tried.
 *
 * <p>An object that is gone, or was made anew under the same name, is left alone. The uid is tested by a JSON patch: in a
 * server-side apply to the status subresource the API server (Kubernetes 1.37) ignores it.
 */
public final class StatusWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE_ASKED_FOR = Duration.ofMinutes(1);
    private static final Duration LONGEST_WRITE = Duration.ofSeconds(10);
    private static final int NOT_FOUND = 404;
    private static final int INVALID = 422;
    private static final Set<Integer> NEVER_TAKEN = Set.of(400, 413, INVALID);
    private static final int NO_ROOM = 429;
    private static final int UNAVAILABLE = 503;
    private static final JsonMapper JSON = JsonMapper.builder()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build();

    private final KubernetesClient client;
    private final HttpClient http;
    private final Duration firstPause;
    private final Counter written;
    private final Counter failed;
    private final WriteQueue<Target, Content> queue;
    private final WritePace pace = new WritePace(System.nanoTime());
    private final Thread thread = Thread.ofVirtual().name("status-writer").unstarted(this::run);

    public StatusWriter(KubernetesClient client, MeterRegistry metrics) {
        this(client, metrics, FIRST_PAUSE);
    }

    /**
     * Repeats are its own and not the client's, so that what waits to be repeated is replaced by what is newer.
     *
     * @param firstPause before a failed write is tried again; each further one is twice as long
     */
    StatusWriter(KubernetesClient client, MeterRegistry metrics, Duration firstPause) {
        this.client = client;
        this.http = client.getHttpClient()
                .newBuilder()
                .tag(new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        this.firstPause = firstPause;
        this.queue = new WriteQueue<>(firstPause);
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
        offer(new Target(type, namespace, name), new Content(uid, status), urgent);
    }

    private synchronized void offer(Target target, Content content, boolean urgent) {
        queue.offer(target, content, urgent);
        notifyAll();
    }

    /** Writes that wait or are under way. */
    public synchronized int backlog() {
        return queue.size();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                Write<Target, Content> next = take();
                long begun = System.nanoTime();
                Thread.ofVirtual().name("status-write").start(() -> settle(next, begun, send(next)));
            }
        } catch (InterruptedException e) {
            LOG.debug("status writer stops with {} writes waiting", backlog());
        }
    }

    private synchronized Write<Target, Content> take() throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            Write<Target, Content> next = pace.allows(queue.underWay(), now) ? queue.next(now) : null;
            if (next != null) {
                return next;
            }
            long pause = pace.isPaused(now) ? pace.nanosLeft(now) : Long.MAX_VALUE;
            TimeUnit.NANOSECONDS.timedWait(this, Math.min(pause, queue.nanosToLater(now)));
        }
    }

    private synchronized void settle(Write<Target, Content> write, long begun, Answer answer) {
        Target target = write.target();
        queue.isDone(write);
        switch (answer) {
            case Answer.Taken() -> written.increment();
            case Answer.Gone(String message) -> LOG.debug("{} is gone or was made anew: {}", target, message);
            case Answer.Refused(String message) ->
                LOG.error("the status of {} is refused by the API server, a defect: {}", target, message);
            case Answer.NoRoom(Duration pause) -> {
                failed.increment();
                if (pace.turnedAway(begun, System.nanoTime(), pause)) {
                    LOG.warn(
                            "the API server has no room for writes of status: they pause for {} s, then {} go at once",
                            pause.toMillis() / 1e3,
                            pace.atOnce());
                }
                queue.putBack(write);
            }
            case Answer.Failed(String message, Duration pause) -> {
                failed.increment();
                LOG.warn("the status of {} could not be written, it is tried again: {}", target, message);
                queue.repeat(write, System.nanoTime(), pause);
            }
            case Answer.Away(String message, Duration pause) -> {
                failed.increment();
                LOG.warn("the status of {} could not be written, it is tried again: {}", target, message);
                pace.pause(System.nanoTime(), pause);
                queue.repeat(write, System.nanoTime(), pause);
            }
        }
        notifyAll();
    }

    private Answer send(Write<Target, Content> write) {
        try {
            HttpResponse<String> response = http.sendAsync(
                            http.newHttpRequestBuilder()
                                    .uri(write.target().statusUri(client.getMasterUrl()))
                                    .timeout(LONGEST_WRITE.toMillis(), TimeUnit.MILLISECONDS)
                                    .patch(
                                            "application/json-patch+json",
                                            write.content().patch())
                                    .build(),
                            String.class)
                    .orTimeout(LONGEST_WRITE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            return answer(response);
        } catch (CompletionException e) {
            return new Answer.Away(String.valueOf(e.getCause()), firstPause);
        } catch (RuntimeException e) {
            return new Answer.Failed(String.valueOf(e), Duration.ZERO);
        }
    }

    private Answer answer(HttpResponse<String> response) {
        String message = response.code() + " " + response.body();
        if (response.isSuccessful()) {
            return new Answer.Taken();
        } else if (response.code() == NOT_FOUND
                || (response.code() == INVALID && namesNoField(String.valueOf(response.body())))) {
            return new Answer.Gone(message);
        } else if (NEVER_TAKEN.contains(response.code())) {
            return new Answer.Refused(message);
        } else if (response.code() == NO_ROOM) {
            return new Answer.NoRoom(pauseAskedFor(response).orElse(firstPause));
        } else if (response.code() == UNAVAILABLE) {
            return new Answer.Away(message, pauseAskedFor(response).orElse(firstPause));
        }
        return new Answer.Failed(message, pauseAskedFor(response).orElse(Duration.ZERO));
    }

    /** In seconds, as the API server has it; a proxy's date is not read. */
    private static Optional<Duration> pauseAskedFor(HttpResponse<?> response) {
        return Optional.ofNullable(response.header("Retry-After"))
                .filter(seconds -> seconds.matches("[0-9]{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .map(pause -> pause.compareTo(LONGEST_PAUSE_ASKED_FOR) < 0 ? pause : LONGEST_PAUSE_ASKED_FOR);
    }

    /** So it is when the test of the uid fails; what the schema refuses is named field by field. */
    private static boolean namesNoField(String body) {
        try {
            return JSON.readTree(body).path("details").path("causes").isEmpty();
        } catch (JsonProcessingException e) {
            return true;
        }
    }

    /** How the API server answers a write. */
    private sealed interface Answer {
        record Taken() implements Answer {}

        /** There is nothing to write to any more. */
        record Gone(String message) implements Answer {}

        /** No repeat would help. */
        record Refused(String message) implements Answer {}

        /** There are too many: neither this nor any other is taken for so long. */
        record NoRoom(Duration pause) implements Answer {}

        /** Nobody is there who could take it: no other is tried for so long. */
        record Away(String message, Duration pause) implements Answer {}

        /** This one may be taken later, not before so long; others may be taken now. */
        record Failed(String message, Duration pause) implements Answer {}
    }

    private record Target(Class<? extends HasMetadata> type, String namespace, String name) {
        URI statusUri(URL server) {
            return URI.create(URLUtils.join(
                    server.toString(),
                    "apis",
                    HasMetadata.getGroup(type),
                    HasMetadata.getVersion(type),
                    "namespaces",
                    namespace,
                    HasMetadata.getPlural(type),
                    name,
                    "status?fieldManager=" + FieldManagers.STATUS));
        }

        @Override
        public String toString() {
            return type.getSimpleName() + " " + namespace + "/" + name;
        }
    }

    /** What is written to an object's status, and to which object of that name. */
    private record Content(String uid, Object status) {
        /** Tested and written in one step; "add" replaces what is there. */
        String patch() {
            ArrayNode patch = JSON.createArrayNode();
            patch.addObject().put("op", "test").put("path", "/metadata/uid").put("value", uid);
            patch.addObject().put("op", "add").put("path", "/status").set("value", JSON.valueToTree(status));
            return patch.toString();
        }
    }
}
