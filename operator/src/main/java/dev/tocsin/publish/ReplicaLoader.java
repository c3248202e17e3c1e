package dev.tocsin.publish;

import dev.tocsin.place.SlotId;
import dev.tocsin.publish.PublishedSlots.Revision;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one evaluator replica to what its shard should run, and proves it, for as long as the replica lives.
 *
 * <p>A ConfigMap that was written reaches the pod when the kubelet next syncs it: the pod is touched for that. When
 * the files have changed is not told by anyone, so vmalert is asked to reload and then asked what it has, at growing
 * distances, until the revision shows. A reload that finds nothing new changes nothing in vmalert.
 */
public final class ReplicaLoader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaLoader.class);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration FIRST_DELAY = Duration.ofMillis(80);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(1);

    /** Slots that are written together come one after the other: each of so many is worth the first delay. */
    private static final int WORTH_WAITING_FOR = 5;

    private static final Duration WORTH_A_WARNING = Duration.ofSeconds(30);

    /** Told of every proof. */
    public interface Listener {

        /** The replica has loaded this revision, and with it all earlier ones of the same slot. */
        void proven(Replica replica, Revision revision);
    }

    private final Replica replica;
    private final PublishedSlots published;
    private final EvaluatorControl control;
    private final PodTouch touch;
    private final Listener listener;
    private final Thread thread;
    private final Map<SlotId, Long> proven = new HashMap<>();

    public ReplicaLoader(
            Replica replica, PublishedSlots published, EvaluatorControl control, PodTouch touch, Listener listener) {
        this.replica = replica;
        this.published = published;
        this.control = control;
        this.touch = touch;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("load-" + replica.pod()).unstarted(this::run);
    }

    /** Begins; returns at once. */
    public ReplicaLoader start() {
        thread.start();
        return this;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            prove(published.missing(replica.group(), proven));
            while (true) {
                published.awaitMissing(replica.group(), proven, IDLE);
                load();
            }
        } catch (InterruptedException e) {
            LOG.debug("{} is gone", replica.pod());
        }
    }

    /** Until nothing is missing. */
    private void load() throws InterruptedException {
        long begun = System.nanoTime();
        long touchedFor = 0;
        Duration delay = FIRST_DELAY;
        boolean warned = false;
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException("closed");
            }
            List<Revision> missing = published.missing(replica.group(), proven);
            if (missing.isEmpty()) {
                return;
            }
            long newest = missing.stream().mapToLong(Revision::sequence).max().orElseThrow();
            if (newest > touchedFor) {
                touch(newest);
                touchedFor = newest;
                delay = FIRST_DELAY.multipliedBy(Math.min(missing.size(), WORTH_WAITING_FOR));
            }
            Thread.sleep(delay);
            delay = longer(delay);
            reload();
            prove(missing);
            if (!warned && System.nanoTime() - begun > WORTH_A_WARNING.toNanos()) {
                warned = true;
                LOG.warn("{} has not loaded {} after {} s", replica.pod(), missing, WORTH_A_WARNING.toSeconds());
            }
        }
    }

    private static Duration longer(Duration delay) {
        Duration next = delay.multipliedBy(3).dividedBy(2);
        return next.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : next;
    }

    private void touch(long sequence) {
        try {
            touch.touch(replica, Long.toString(sequence) + "-" + System.nanoTime());
        } catch (KubernetesClientException e) {
            LOG.warn("{} cannot be touched, the kubelet syncs it when it will: {}", replica.pod(), e.getMessage());
        }
    }

    private void reload() throws InterruptedException {
        try {
            control.reload(replica);
        } catch (IOException e) {
            LOG.debug("{} cannot be asked to reload: {}", replica.pod(), e.toString());
        }
    }

    private void prove(List<Revision> missing) throws InterruptedException {
        if (missing.isEmpty()) {
            return;
        }
        try {
            Set<String> loaded = control.loadedRevisions(
                    replica, missing.stream().map(Revision::name).toList());
            for (Revision revision : missing) {
                if (loaded.contains(revision.name())) {
                    proven.merge(revision.slot(), revision.sequence(), Math::max);
                    listener.proven(replica, revision);
                }
            }
        } catch (IOException e) {
            LOG.debug("{} cannot be asked what it has loaded: {}", replica.pod(), e.toString());
        }
    }
}
