package dev.tocsin.publish;

import dev.tocsin.publish.PublishedConfiguration.Revision;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps every Alertmanager member at the published configuration, and knows which of them have it. */
public final class AlertmanagerMembers implements ReplicaWatch.Listener, MemberLoader.Listener, AutoCloseable {
    private final int expected;
    private final PublishedConfiguration published;
    private final AlertmanagerControl control;
    private final PodTouch touch;
    private final Duration firstDelay;
    private final Runnable onChange;
    private final Map<Replica, Member> members = new HashMap<>();
    private long provenEverywhere;

    private static final class Member {
        private final MemberLoader loader;
        private long proven;
        private long refusedSequence;
        private String refusal = "";
        private boolean reachable = true;

        Member(MemberLoader loader) {
            this.loader = loader;
        }
    }

    /**
     * How far the published configuration has come.
     *
     * @param expected members that there should be
     * @param provenEverywhere the newest sequence that all of them were seen to work with; it never goes back, since a
     *     member that restarts begins with the newest file
     * @param proven the sequence that each member works with, by pod
     * @param unreachable pods that do not answer
     * @param refusal why a member refuses what is published
     */
    public record Rollout(
            int expected,
            long provenEverywhere,
            Map<String, Long> proven,
            List<String> unreachable,
            Optional<Refusal> refusal) {

        /** How many members work with this sequence or a later one. */
        public long loadedBy(long sequence) {
            return proven.values().stream().filter(loaded -> loaded >= sequence).count();
        }
    }

    /** A member's words against a revision. */
    public record Refusal(long sequence, String pod, String reason) {}

    /**
     * @param expected members that there should be
     * @param firstDelay how long the kubelet usually needs to bring a changed file into a pod
     * @param onChange called whenever {@link #rollout} has changed, from any thread
     */
    public AlertmanagerMembers(
            int expected,
            PublishedConfiguration published,
            AlertmanagerControl control,
            PodTouch touch,
            Duration firstDelay,
            Runnable onChange) {
        this.expected = expected;
        this.published = published;
        this.control = control;
        this.touch = touch;
        this.firstDelay = firstDelay;
        this.onChange = onChange;
    }

    public synchronized Rollout rollout() {
        Map<String, Long> proven = new HashMap<>();
        members.forEach((member, state) -> proven.put(member.pod(), state.proven));
        List<String> unreachable = members.entrySet().stream()
                .filter(entry -> !entry.getValue().reachable)
                .map(entry -> entry.getKey().pod())
                .sorted()
                .toList();
        Optional<Refusal> refusal = members.entrySet().stream()
                .filter(entry -> entry.getValue().refusedSequence > entry.getValue().proven)
                .map(entry -> new Refusal(
                        entry.getValue().refusedSequence, entry.getKey().pod(), entry.getValue().refusal))
                .min(Comparator.comparing(Refusal::pod));
        return new Rollout(expected, provenEverywhere, proven, unreachable, refusal);
    }

    /** How many members work with what is published. */
    public synchronized long upToDate() {
        long newest = published.latestSequence();
        return members.values().stream().filter(state -> state.proven >= newest).count();
    }

    /** The members that run now. */
    public synchronized List<Replica> replicas() {
        return List.copyOf(members.keySet());
    }

    @Override
    public void appeared(Replica replica) {
        synchronized (this) {
            MemberLoader loader = new MemberLoader(replica, published, control, touch, firstDelay, this);
            members.put(replica, new Member(loader));
            loader.start();
        }
        onChange.run();
    }

    @Override
    public void disappeared(Replica replica) {
        synchronized (this) {
            Member member = members.remove(replica);
            if (member != null) {
                member.loader.close();
            }
        }
        onChange.run();
    }

    @Override
    public void proven(Replica replica, Revision revision) {
        synchronized (this) {
            Member member = members.get(replica);
            if (member == null || (member.proven == revision.sequence() && member.reachable)) {
                return;
            }
            member.proven = revision.sequence();
            member.reachable = true;
            if (members.size() >= expected) {
                long everywhere = members.values().stream()
                        .mapToLong(state -> state.proven)
                        .min()
                        .orElse(0);
                provenEverywhere = Math.max(provenEverywhere, everywhere);
            }
        }
        onChange.run();
    }

    @Override
    public void refused(Replica replica, Revision revision, String reason) {
        synchronized (this) {
            Member member = members.get(replica);
            if (member == null) {
                return;
            }
            member.refusedSequence = revision.sequence();
            member.refusal = reason;
            member.reachable = true;
        }
        onChange.run();
    }

    @Override
    public void unreachable(Replica replica) {
        synchronized (this) {
            Member member = members.get(replica);
            if (member == null || !member.reachable) {
                return;
            }
            member.reachable = false;
        }
        onChange.run();
    }

    @Override
    public synchronized void close() {
        members.values().forEach(member -> member.loader.close());
        members.clear();
    }
}
