package dev.tocsin.publish;

import dev.tocsin.place.SlotId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What each shard should have loaded: the revisions of its slots, in the order in which they were published. Those who
 * load replicas wait here for news.
 */
public final class PublishedSlots {
    private static final int REMEMBERED_REVISIONS = 8;

    private final Map<String, Map<SlotId, Deque<Revision>>> shards = new HashMap<>();
    private long lastSequence;

    /**
     * One content of one slot.
     *
     * @param sequence grows with every publication of any slot
     */
    public record Revision(SlotId slot, String name, long sequence) {}

    /**
     * Records that a slot has been written.
     *
     * @return the revision with its sequence number; the last one if the slot's content is the same as before
     */
    public synchronized Revision published(SlotId slot, String revision) {
        Deque<Revision> history = shards.computeIfAbsent(slot.shardName(), name -> new TreeMap<>())
                .computeIfAbsent(slot, id -> new ArrayDeque<>());
        Revision latest = history.peekLast();
        if (latest != null && latest.name().equals(revision)) {
            return latest;
        }
        Revision next = new Revision(slot, revision, ++lastSequence);
        history.addLast(next);
        if (history.size() > REMEMBERED_REVISIONS) {
            history.removeFirst();
        }
        notifyAll();
        return next;
    }

    /**
     * Records that a slot has been written again because someone had damaged it: a replica may have loaded the damage,
     * so that what it was proven to have counts no more.
     *
     * @return the revision with a sequence number of its own
     */
    public synchronized Revision restored(SlotId slot, String revision) {
        Map<SlotId, Deque<Revision>> slots = shards.get(slot.shardName());
        if (slots != null) {
            slots.remove(slot);
        }
        return published(slot, revision);
    }

    /** Forgets a slot that is no more. */
    public synchronized void retired(SlotId slot) {
        Map<SlotId, Deque<Revision>> slots = shards.get(slot.shardName());
        if (slots != null) {
            slots.remove(slot);
        }
    }

    /**
     * The revisions of a shard's slots that a replica does not have yet, oldest first per slot; any of them that shows
     * is progress, the last one of each slot is the goal.
     *
     * @param proven the sequence that the replica is known to have loaded, per slot
     */
    public synchronized List<Revision> missing(String shard, Map<SlotId, Long> proven) {
        List<Revision> result = new ArrayList<>();
        shards.getOrDefault(shard, Map.of())
                .forEach((slot, history) -> history.stream()
                        .filter(revision -> revision.sequence() > proven.getOrDefault(slot, 0L))
                        .forEach(result::add));
        return result;
    }

    /** Waits until a shard has something that the replica lacks, or until the time has passed. */
    public synchronized void awaitMissing(String shard, Map<SlotId, Long> proven, Duration atMost)
            throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (missing(shard, proven).isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return;
            }
            wait(Math.max(1, left / 1_000_000));
        }
    }
}
