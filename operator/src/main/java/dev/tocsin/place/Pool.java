package dev.tocsin.place;

import dev.tocsin.compile.ObjectKey;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The shards of one datasource: which rule lives in which slot, and how full each is.
 *
 * <p>A rule stays where it is. It moves only when its slot's shard is gone, or when it has outgrown its slot. A new
 * rule goes to the shard with the least load (evaluations per second, then bytes, then the lower number) and there to
 * the first slot with room, so that few slots are used and an edit rewrites a small one.
 *
 * <p>Deterministic: the same calls give the same placement. Not safe for several threads.
 */
public final class Pool {
    private final String datasource;
    private final int shards;
    private final int slotsPerShard;
    private final int slotBytes;
    private final int[][] usedBytes;
    private final double[] load;
    private final int[] ruleCount;
    private final Map<ObjectKey, Placed> placed = new HashMap<>();

    /**
     * @param slotBytes how many bytes of rules a slot may hold
     */
    public Pool(String datasource, int shards, int slotsPerShard, int slotBytes) {
        this.datasource = datasource;
        this.shards = shards;
        this.slotsPerShard = slotsPerShard;
        this.slotBytes = slotBytes;
        this.usedBytes = new int[shards][slotsPerShard];
        this.load = new double[shards];
        this.ruleCount = new int[shards];
    }

    /**
     * Where the rule lives from now on.
     *
     * @param bytes size of the rule's text
     * @param cost evaluations per second
     * @return empty when no slot has room: then the rule stays unplaced, or where it was
     */
    public Optional<SlotId> place(ObjectKey key, int bytes, double cost) {
        Placed before = placed.get(key);
        if (before != null) {
            remove(key);
            if (fits(before.slot(), bytes)) {
                return Optional.of(put(key, before.slot(), bytes, cost));
            }
        }
        Optional<SlotId> room = roomFor(bytes, before == null ? null : before.slot());
        if (room.isPresent()) {
            return Optional.of(put(key, room.get(), bytes, cost));
        }
        if (before != null) {
            put(key, before.slot(), before.bytes(), before.cost());
        }
        return Optional.empty();
    }

    /**
     * Records that a rule is published in a slot, as read back at start.
     *
     * @return false when the slot's shard is not one of this pool any more: the rule must be placed anew
     */
    public boolean adopt(ObjectKey key, SlotId slot, int bytes, double cost) {
        if (slot.shard() >= shards || slot.slot() >= slotsPerShard || placed.containsKey(key)) {
            return false;
        }
        put(key, slot, bytes, cost);
        return true;
    }

    /** The rule lives nowhere from now on. */
    public void remove(ObjectKey key) {
        Placed before = placed.remove(key);
        if (before != null) {
            account(before.slot(), -before.bytes(), -before.cost(), -1);
        }
    }

    /** Where the rule lives. */
    public Optional<SlotId> slotOf(ObjectKey key) {
        return Optional.ofNullable(placed.get(key)).map(Placed::slot);
    }

    public int shards() {
        return shards;
    }

    /** Summed evaluations per second of a shard. */
    public double load(int shard) {
        return load[shard];
    }

    /** Rules that live in a shard. */
    public int ruleCount(int shard) {
        return ruleCount[shard];
    }

    private SlotId put(ObjectKey key, SlotId slot, int bytes, double cost) {
        placed.put(key, new Placed(slot, bytes, cost));
        account(slot, bytes, cost, 1);
        return slot;
    }

    private void account(SlotId slot, int bytes, double cost, int rules) {
        usedBytes[slot.shard()][slot.slot()] += bytes;
        ruleCount[slot.shard()] += rules;
        load[slot.shard()] = ruleCount[slot.shard()] == 0 ? 0 : load[slot.shard()] + cost;
    }

    private boolean fits(SlotId slot, int bytes) {
        return usedBytes[slot.shard()][slot.slot()] + bytes <= slotBytes;
    }

    /** A rule that outgrew its slot stays in its shard where it can. */
    private Optional<SlotId> roomFor(int bytes, @Nullable SlotId before) {
        IntStream candidates = IntStream.range(0, shards)
                .boxed()
                .sorted((a, b) -> {
                    if (before != null && (a == before.shard()) != (b == before.shard())) {
                        return a == before.shard() ? -1 : 1;
                    }
                    int byLoad = Double.compare(load[a], load[b]);
                    if (byLoad != 0) {
                        return byLoad;
                    }
                    int byBytes = Integer.compare(
                            Arrays.stream(usedBytes[a]).sum(),
                            Arrays.stream(usedBytes[b]).sum());
                    return byBytes != 0 ? byBytes : Integer.compare(a, b);
                })
                .mapToInt(Integer::intValue);
        return candidates
                .mapToObj(shard -> firstSlotWithRoom(shard, bytes))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<SlotId> firstSlotWithRoom(int shard, int bytes) {
        return IntStream.range(0, slotsPerShard)
                .filter(slot -> usedBytes[shard][slot] + bytes <= slotBytes)
                .mapToObj(slot -> new SlotId(datasource, shard, slot))
                .findFirst();
    }

    private record Placed(SlotId slot, int bytes, double cost) {}
}
