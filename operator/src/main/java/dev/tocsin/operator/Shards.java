package dev.tocsin.operator;

import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.configuration.OperatorConfiguration.Datasource;
import dev.tocsin.place.Move;
import dev.tocsin.place.Pool;
import dev.tocsin.place.ShardCount;
import dev.tocsin.place.SlotId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools of all datasources, and how many shards each has: as many as its load needs. A new shard takes rules once it
 * is up; one that is not needed any more takes none, and goes once it is empty. Confined to the rule loop's thread.
 */
final class Shards {
    private static final Logger LOG = LoggerFactory.getLogger(Shards.class);
    private static final Duration LASTING = Duration.ofMinutes(10);

    private final Map<String, Sized> pools = new TreeMap<>();
    private final int movesAtOnce;
    private final int slotsPerShard;

    private static final class Sized {
        final Pool pool;
        final ShardCount count;
        int needed;

        @Nullable
        Instant unevenSince;

        Sized(Pool pool, ShardCount count) {
            this.pool = pool;
            this.count = count;
            this.needed = count.min();
        }

        int running() {
            int number = needed;
            for (int shard = needed; shard < pool.knownShards(); shard++) {
                if (!pool.isEmpty(shard)) {
                    number = shard + 1;
                }
            }
            return number;
        }
    }

    Shards(OperatorConfiguration configuration) {
        OperatorConfiguration.Evaluators evaluators = configuration.evaluators();
        this.movesAtOnce = evaluators.movesAtOnce();
        this.slotsPerShard = evaluators.slots();
        for (Datasource datasource : configuration.datasources()) {
            Pool pool = new Pool(datasource.name(), datasource.minShards(), evaluators.slots(), evaluators.slotBytes());
            ShardCount count = new ShardCount(
                    datasource.minShards(),
                    datasource.maxShards(),
                    datasource.fullShard(),
                    (double) evaluators.slots() * evaluators.slotBytes());
            pools.put(datasource.name(), new Sized(pool, count));
        }
    }

    /** The pool of a datasource, if the configuration has it. */
    Optional<Pool> pool(String datasource) {
        return Optional.ofNullable(pools.get(datasource)).map(sized -> sized.pool);
    }

    /** Whether the configuration has room for that slot. */
    boolean has(SlotId slot) {
        return pools.containsKey(slot.datasource()) && slot.slot() < slotsPerShard;
    }

    /** Begins with the shards that are published, once their rules are in the pools. */
    void begin(Iterable<SlotId> published) {
        Map<String, Integer> present = new TreeMap<>();
        published.forEach(slot -> present.merge(slot.datasource(), slot.shard() + 1, Math::max));
        pools.forEach((datasource, sized) -> {
            int number = present.getOrDefault(datasource, 0);
            sized.needed = sized.count.next(Math.max(1, number), sized.pool.load(), (double) sized.pool.bytes());
            sized.pool.open(number == 0 ? sized.needed : Math.min(number, sized.needed));
        });
    }

    /**
     * Follows the load.
     *
     * @param isUp whether all replicas of a shard run
     * @return whether rules that found no room may find some now
     */
    boolean follow(Predicate<String> isUp, Instant now) {
        boolean grown = false;
        for (Map.Entry<String, Sized> entry : pools.entrySet()) {
            Sized sized = entry.getValue();
            Pool pool = sized.pool;
            int needed = sized.count.next(sized.needed, pool.load(), (double) pool.bytes());
            if (needed != sized.needed) {
                LOG.info("datasource {} needs {} shards, it has {}", entry.getKey(), needed, sized.needed);
                sized.needed = needed;
            }
            int open = Math.min(pool.shards(), needed);
            while (open < needed && isUp.test(new SlotId(entry.getKey(), open, 0).shardName())) {
                open++;
            }
            if (open != pool.shards()) {
                LOG.info(
                        "{} shards of datasource {} take rules, before it was {}", open, entry.getKey(), pool.shards());
                grown |= open > pool.shards();
                pool.resize(open);
            }
            evenOut(sized, now);
        }
        return grown;
    }

    private static void evenOut(Sized sized, Instant now) {
        if (sized.pool.imbalance() <= Pool.TOLERATED_IMBALANCE) {
            sized.unevenSince = null;
        } else if (sized.unevenSince == null) {
            sized.unevenSince = now;
        } else if (sized.unevenSince.isBefore(now.minus(LASTING))) {
            sized.pool.balance();
            sized.unevenSince = null;
        }
    }

    /** The moves that begin now. */
    List<Move> moves() {
        List<Move> result = new ArrayList<>();
        pools.values().forEach(sized -> result.addAll(sized.pool.begin(movesAtOnce - sized.pool.moving())));
        return result;
    }

    /** How many shards of each datasource have to run: those that are needed, and those that are not empty yet. */
    Map<String, Integer> running() {
        Map<String, Integer> result = new TreeMap<>();
        pools.forEach((datasource, sized) -> result.put(datasource, sized.running()));
        return result;
    }

    /** Their names. */
    static List<String> names(Map<String, Integer> shards) {
        List<String> result = new ArrayList<>();
        shards.forEach((datasource, number) -> {
            for (int shard = 0; shard < number; shard++) {
                result.add(new SlotId(datasource, shard, 0).shardName());
            }
        });
        return result;
    }
}
