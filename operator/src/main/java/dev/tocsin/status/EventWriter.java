package dev.tocsin.status;

import dev.tocsin.api.v1alpha1.Api;
import dev.tocsin.status.RuleEvents.RuleEvent;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Kubernetes Events, one after the other. Events are a help, not a promise: past a backlog of some thousand new
 * ones are dropped, and a failed write is not repeated.
 */
public final class EventWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);
    private static final int BACKLOG = 4096;

    /** In bytes, as the API server counts (Kubernetes 1.37, validation of events.k8s.io/v1). */
    private static final int LONGEST_NOTE = 1024;

    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final KubernetesClient client;
    private final String instance;
    private final Clock clock;
    private final BlockingQueue<RuleEvent> queue = new ArrayBlockingQueue<>(BACKLOG);
    private final Thread thread = Thread.ofVirtual().name("event-writer").unstarted(this::run);

    /**
     * @param instance name of this operator pod
     */
    public EventWriter(KubernetesClient client, String instance, Clock clock) {
        this.client = client;
        this.instance = instance;
        this.clock = clock;
    }

    /** Begins; returns at once. */
    public EventWriter start() {
        thread.start();
        return this;
    }

    /** Writes the event soon. */
    public void offer(RuleEvent event) {
        if (!queue.offer(event)) {
            LOG.debug("too many events wait, dropped: {}", event);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                write(queue.take());
            }
        } catch (InterruptedException e) {
            LOG.debug("event writer stops");
        }
    }

    private void write(RuleEvent event) {
        Instant now = clock.instant();
        try {
            client.events()
                    .v1()
                    .events()
                    .inNamespace(event.rule().namespace())
                    .resource(new EventBuilder()
                            .withNewMetadata()
                            .withGenerateName(shortName(event) + "-")
                            .withNamespace(event.rule().namespace())
                            .endMetadata()
                            .withNewRegarding()
                            .withApiVersion(Api.GROUP + "/" + Api.VERSION)
                            .withKind(RuleEvent.KIND)
                            .withNamespace(event.rule().namespace())
                            .withName(event.rule().name())
                            .withUid(event.uid())
                            .endRegarding()
                            .withType(event.warning() ? "Warning" : "Normal")
                            .withReason(event.reason())
                            .withNote(Cut.afterBytes(LONGEST_NOTE, event.message()))
                            .withAction("Reconcile")
                            .withReportingController("tocsin.dev/operator")
                            .withReportingInstance(instance)
                            .withEventTime(new MicroTime(MICROS.format(now)))
                            .build())
                    .create();
        } catch (KubernetesClientException e) {
            LOG.warn("an event about {} could not be written: {}", event.rule(), e.getMessage());
        }
    }

    /** The API server adds five characters, and a name has at most 253. */
    private static String shortName(RuleEvent event) {
        String name = event.rule().name();
        return name.length() <= 240 ? name : name.substring(0, 240);
    }
}
