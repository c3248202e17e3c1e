package dev.tocsin.place;

import dev.tocsin.compile.ObjectKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The shards of one datasource: which rule lives in which slot, and how full each is.
 *
 * <p>A rule stays where it is. It moves only when it has outgrown its slot, when its shard closes, when a new shard is to
 * be filled, or when the pool is to be balanced. A new rule goes to the shard with the least load (evaluations per second,
 * then bytes, then the lower number) and there to the first slot with room, so that few slots are used and an edit
 * rewrites a small one.
 *
 * <p>A rule that moves is counted as load where it goes to at once; the room that it takes where it was is free only when
 * it has left.
 *
 * <p>Deterministic: the same calls give the same placement. Not safe for several threads.
 */
public final class Pool {
    /** Load of the fullest shard, in parts of the mean, up to which nothing moves. */
    public static final double TOLERATED_IMBALANCE = 1.25;

    private static final double BALANCED = 1.1;

    private final String datasource;
    private final int slotsPerShard;
    private final int slotBytes;
    private final List<Shard> all = new ArrayList<>();
    private final Map<ObjectKey, Placed> homes = new HashMap<>();
    private final Map<ObjectKey, Placed> formerHomes = new HashMap<>();
    private int shards;
    private boolean filling;
    private double relievedTo = Double.MAX_VALUE;

    private record Placed(SlotId slot, int bytes, double cost) {}

    private static final class Shard {
        final int[] usedBytes;
        double load;
        int rules;

        Shard(int slots) {
            usedBytes = new int[slots];
        }

        int bytes() {
            return IntStream.of(usedBytes).sum();
        }
    }

    /**
     * @param shards how many shards take rules
     * @param slotBytes how many bytes of rules a slot may hold
     */
    public Pool(String datasource, int shards, int slotsPerShard, int slotBytes) {
        this.datasource = datasource;
        this.shards = shards;
        this.slotsPerShard = slotsPerShard;
        this.slotBytes = slotBytes;
    }

    // ---- rules ----

    /**
     * Where the rule lives from now on. If that is another slot than before, the one before is its former home until it
     * has {@link #left} that.
     *
     * @param bytes size of the rule's text
     * @param cost evaluations per second
     * @return empty when no slot has room: then the rule stays unplaced, or where it was
     */
    public Optional<SlotId> place(ObjectKey key, int bytes, double cost) {
        Placed before = homes.get(key);
        if (before == null) {
            return roomFor(bytes, null).map(slot -> settle(key, new Placed(slot, bytes, cost)));
        }
        if (staysWith(key, bytes)) {
            return Optional.of(settle(key, new Placed(before.slot(), bytes, cost)));
        }
        if (formerHomes.containsKey(key)) {
            return Optional.empty();
        }
        return roomFor(bytes, before.slot()).map(slot -> go(key, before, new Placed(slot, bytes, cost)));
    }

    /** Whether a rule that lives here has room in its slot with a text of so many bytes. */
    public boolean staysWith(ObjectKey key, int bytes) {
        Placed home = homes.get(key);
        return home != null && used(home.slot()) - home.bytes() + bytes <= slotBytes;
    }

    /**
     * Records that a rule is published in a slot, as read back at start.
     *
     * @return false when there can be no such slot any more, or the rule has a home already
     */
    public boolean adopt(ObjectKey key, SlotId slot, int bytes, double cost) {
        if (slot.slot() >= slotsPerShard || homes.containsKey(key)) {
            return false;
        }
        settle(key, new Placed(slot, bytes, cost));
        return true;
    }

    /**
     * Records that a rule is still published in the slot that it is leaving, as read back at start.
     *
     * @return false when there can be no such slot any more, or the rule has a former home already
     */
    public boolean adoptFormer(ObjectKey key, SlotId slot, int bytes) {
        if (slot.slot() >= slotsPerShard || formerHomes.containsKey(key)) {
            return false;
        }
        occupy(key, slot, bytes);
        return true;
    }

    /** The text of a rule in its former home has another size now: true when that fits. */
    public boolean resizeFormer(ObjectKey key, int bytes) {
        Placed former = formerHomes.get(key);
        if (former == null || used(former.slot()) - former.bytes() + bytes > slotBytes) {
            return false;
        }
        left(key);
        occupy(key, former.slot(), bytes);
        return true;
    }

    /** The rule is out of its former home. */
    public void left(ObjectKey key) {
        Placed former = formerHomes.remove(key);
        if (former != null) {
            shard(former.slot()).usedBytes[former.slot().slot()] -= former.bytes();
        }
    }

    /** The rule lives nowhere from now on. */
    public void remove(ObjectKey key) {
        Placed home = homes.remove(key);
        if (home != null) {
            account(home, -1);
        }
        left(key);
    }

    /**
     * The rule has no home in this pool any more. The slot where it was is occupied until it has {@link #left} that; if
     * it was going from one slot to another, that is the one from where it came.
     */
    public void leave(ObjectKey key) {
        Placed home = homes.remove(key);
        if (home != null) {
            account(home, -1);
            if (!formerHomes.containsKey(key)) {
                occupy(key, home.slot(), home.bytes());
            }
        }
    }

    /** Where the rule lives. */
    public Optional<SlotId> slotOf(ObjectKey key) {
        return Optional.ofNullable(homes.get(key)).map(Placed::slot);
    }

    // ---- shards ----

    /** Shards that take rules. */
    public int shards() {
        return shards;
    }

    /** Sets how many shards take rules, without a reason to move any but those of shards behind that number. */
    public void open(int number) {
        shards = number;
    }

    /** Shards that have, or had, rules; those behind {@link #shards} take none. */
    public int knownShards() {
        return all.size();
    }

    /** Changes how many shards take rules; {@link #begin} then tells which rules move. */
    public void resize(int number) {
        filling |= number > shards;
        relievedTo = Math.min(relievedTo, TOLERATED_IMBALANCE);
        shards = number;
    }

    /** Evens out an imbalance: {@link #begin} then tells which rules move. */
    public void balance() {
        relievedTo = BALANCED;
    }

    /** Load of the fullest shard that takes rules, in parts of the mean; 1 when there is none. */
    public double imbalance() {
        double max = IntStream.range(0, shards).mapToDouble(this::load).max().orElse(0);
        double sum = load();
        return sum == 0 ? 1 : max / (sum / shards);
    }

    /** Summed evaluations per second of all shards. */
    public double load() {
        return all.stream().mapToDouble(shard -> shard.load).sum();
    }

    /** Summed evaluations per second of a shard. */
    public double load(int shard) {
        return shard < all.size() ? all.get(shard).load : 0;
    }

    /** Rules that live in a shard. */
    public int ruleCount(int shard) {
        return shard < all.size() ? all.get(shard).rules : 0;
    }

    /** Summed size of all rules. */
    public long bytes() {
        return all.stream().mapToLong(Shard::bytes).sum();
    }

    /** Whether no rule lives in a shard, nor is about to leave it. */
    public boolean isEmpty(int shard) {
        return shard >= all.size()
                || (all.get(shard).rules == 0 && all.get(shard).bytes() == 0);
    }

    /** Rules that live in one slot and have not left another. */
    public int moving() {
        return formerHomes.size();
    }

    /**
     * Decides the next moves. From now on the rules live where they go to; where they were is occupied until they have
     * {@link #left}. A rule that moves already is not moved further.
     *
     * @param atMost this many
     */
    public List<Move> begin(int atMost) {
        boolean closing = IntStream.range(shards, all.size()).anyMatch(shard -> ruleCount(shard) > 0);
        if (atMost <= 0 || !(closing || filling || relievedTo < Double.MAX_VALUE)) {
            return List.of();
        }
        Balancer balancer = balancer();
        List<Move> moves = new ArrayList<>();
        make(balancer, balancer::emptying, atMost, moves);
        if (filling && moves.size() < atMost) {
            filling = make(balancer, balancer::filling, atMost, moves);
        }
        if (moves.size() < atMost && !make(balancer, () -> balancer.relieving(relievedTo), atMost, moves)) {
            relievedTo = Double.MAX_VALUE;
        }
        return moves;
    }

    private Balancer balancer() {
        double[] loads = IntStream.range(0, Math.max(all.size(), shards))
                .mapToDouble(this::load)
                .toArray();
        Balancer balancer = new Balancer(loads, shards);
        homes.forEach((key, home) -> {
            if (!formerHomes.containsKey(key)) {
                balancer.add(home.slot().shard(), new Balancer.Candidate(home.cost(), key));
            }
        });
        return balancer;
    }

    /** Makes moves until there is none to make or enough are; true when there may be more. */
    private boolean make(Balancer balancer, Supplier<Optional<Balancer.Step>> next, int atMost, List<Move> moves) {
        while (moves.size() < atMost) {
            Optional<Balancer.Step> step = next.get();
            if (step.isEmpty()) {
                return false;
            }
            ObjectKey key = step.get().rule().key();
            Placed before = Objects.requireNonNull(homes.get(key));
            Optional<SlotId> slot = roomIn(step.get().to(), before.bytes());
            if (slot.isEmpty() && before.slot().shard() >= shards) {
                slot = roomFor(before.bytes(), null);
            }
            if (slot.isEmpty()) {
                balancer.leave(step.get());
                continue;
            }
            balancer.made(new Balancer.Step(
                    step.get().rule(), step.get().from(), slot.get().shard()));
            go(key, before, new Placed(slot.get(), before.bytes(), before.cost()));
            moves.add(new Move(key, before.slot(), slot.get()));
        }
        return true;
    }

    // ---- accounts ----

    private SlotId settle(ObjectKey key, Placed home) {
        Placed before = homes.put(key, home);
        if (before != null) {
            account(before, -1);
        }
        account(home, 1);
        return home.slot();
    }

    private SlotId go(ObjectKey key, Placed before, Placed home) {
        settle(key, home);
        occupy(key, before.slot(), before.bytes());
        return home.slot();
    }

    private void occupy(ObjectKey key, SlotId slot, int bytes) {
        formerHomes.put(key, new Placed(slot, bytes, 0));
        shard(slot).usedBytes[slot.slot()] += bytes;
    }

    private void account(Placed home, int sign) {
        Shard shard = shard(home.slot());
        shard.usedBytes[home.slot().slot()] += sign * home.bytes();
        shard.rules += sign;
        shard.load = shard.rules == 0 ? 0 : shard.load + sign * home.cost();
    }

    private Shard shard(SlotId slot) {
        while (all.size() <= slot.shard()) {
            all.add(new Shard(slotsPerShard));
        }
        return all.get(slot.shard());
    }

    private int used(SlotId slot) {
        return shard(slot).usedBytes[slot.slot()];
    }

    /** A rule that outgrew its slot stays in its shard where it can. */
    private Optional<SlotId> roomFor(int bytes, @Nullable SlotId before) {
        if (before != null && before.shard() < shards) {
            Optional<SlotId> near = roomIn(before.shard(), bytes);
            if (near.isPresent()) {
                return near;
            }
        }
        SlotId best = null;
        for (int shard = 0; shard < shards; shard++) {
            if (best == null || isLess(shard, best.shard())) {
                best = roomIn(shard, bytes).orElse(best);
            }
        }
        return Optional.ofNullable(best);
    }

    private boolean isLess(int shard, int other) {
        int byLoad = Double.compare(load(shard), load(other));
        return byLoad < 0 || (byLoad == 0 && usedIn(shard) < usedIn(other));
    }

    private int usedIn(int shard) {
        return shard < all.size() ? all.get(shard).bytes() : 0;
    }

    private Optional<SlotId> roomIn(int shard, int bytes) {
        return IntStream.range(0, slotsPerShard)
                .mapToObj(slot -> new SlotId(datasource, shard, slot))
                .filter(slot -> used(slot) + bytes <= slotBytes)
                .findFirst();
    }
}
