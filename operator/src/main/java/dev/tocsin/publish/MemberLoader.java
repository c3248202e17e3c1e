package dev.tocsin.publish;

import dev.tocsin.publish.PublishedConfiguration.Revision;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one Alertmanager member to the published configuration, and proves it, for as long as the member lives.
 *
 * <p>A reload rebuilds all groups of Alertmanager and can flush them early, also when the file is still the old one.
 * So a member that has the configuration already is left alone, and one that lacks it is asked to reload only after the
 * kubelet has had the time that it usually takes.
 */
public final class MemberLoader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemberLoader.class);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);
    private static final Duration WORTH_A_WARNING = Duration.ofSeconds(30);

    /** How long a file may need to reach the member: until then a refusal may be about the file before. */
    private static final Duration FILE_HAS_ARRIVED = Duration.ofSeconds(3);

    /** Told of what becomes of each revision. */
    public interface Listener {

        /** The member works with this revision. */
        void proven(Replica member, Revision revision);

        /** The member refuses this revision and works with an earlier one. */
        void refused(Replica member, Revision revision, String reason);

        /** The member does not answer. */
        void unreachable(Replica member);
    }

    private final Replica member;
    private final PublishedConfiguration published;
    private final AlertmanagerControl control;
    private final PodTouch touch;
    private final Duration firstDelay;
    private final Listener listener;
    private final Thread thread;

    /**
     * Whether the file that the member had before the newest one is known to be good: then a refusal is about the
     * newest. Confined to this loader's thread.
     */
    private boolean fileBeforeIsGood;

    /** @param firstDelay how long the kubelet usually needs to bring a changed file into the pod */
    public MemberLoader(
            Replica member,
            PublishedConfiguration published,
            AlertmanagerControl control,
            PodTouch touch,
            Duration firstDelay,
            Listener listener) {
        this.member = member;
        this.published = published;
        this.control = control;
        this.touch = touch;
        this.firstDelay = firstDelay;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("load-" + member.pod()).unstarted(this::run);
    }

    /** Begins; returns at once. */
    public MemberLoader start() {
        thread.start();
        return this;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            long proven = 0;
            while (true) {
                Revision wanted = published.await(proven, IDLE);
                if (wanted != null) {
                    proven = load(wanted);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("{} is gone", member.pod());
        }
    }

    /**
     * Until the member works with what is published.
     *
     * @return the sequence that it works with
     */
    private long load(Revision first) throws InterruptedException {
        Revision wanted = first;
        long begun = System.nanoTime();
        boolean warned = false;
        if (isLoaded(wanted)) {
            return wanted.sequence();
        }
        touch(wanted);
        Duration delay = firstDelay;
        while (true) {
            Revision newer = published.await(wanted.sequence(), delay);
            if (newer != null && newer.sequence() > wanted.sequence()) {
                fileBeforeIsGood = false;
                wanted = newer;
                begun = System.nanoTime();
                touch(wanted);
                delay = firstDelay;
                continue;
            }
            Optional<String> refusal = reload();
            if (isLoaded(wanted)) {
                fileBeforeIsGood = refusal.isEmpty();
                return wanted.sequence();
            }
            Duration spent = Duration.ofNanos(System.nanoTime() - begun);
            if (refusal.isPresent() && (fileBeforeIsGood || spent.compareTo(FILE_HAS_ARRIVED) > 0)) {
                listener.refused(member, wanted, refusal.get());
            }
            if (!warned && spent.compareTo(WORTH_A_WARNING) > 0) {
                warned = true;
                LOG.warn(
                        "{} has not loaded the configuration after {} s{}",
                        member.pod(),
                        spent.toSeconds(),
                        refusal.isPresent() ? ", it refuses it: its log says why" : "");
            }
            delay = longer(delay);
        }
    }

    private static Duration longer(Duration delay) {
        Duration next = delay.multipliedBy(3).dividedBy(2);
        return next.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : next;
    }

    private void touch(Revision revision) {
        try {
            touch.touch(member, revision.sequence() + "-" + System.nanoTime());
        } catch (KubernetesClientException e) {
            LOG.warn("{} cannot be touched, the kubelet syncs it when it will: {}", member.pod(), e.getMessage());
        }
    }

    private Optional<String> reload() throws InterruptedException {
        try {
            return control.reload(member);
        } catch (IOException e) {
            LOG.debug("{} cannot be asked to reload: {}", member.pod(), e.toString());
            return Optional.empty();
        }
    }

    private boolean isLoaded(Revision revision) throws InterruptedException {
        try {
            boolean loaded = control.loaded(member).hash() == revision.hash();
            if (loaded) {
                listener.proven(member, revision);
            }
            return loaded;
        } catch (IOException e) {
            LOG.debug("{} cannot be asked what it has loaded: {}", member.pod(), e.toString());
            listener.unreachable(member);
            return false;
        }
    }
}
