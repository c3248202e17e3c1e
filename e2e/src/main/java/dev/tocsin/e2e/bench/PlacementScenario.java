package dev.tocsin.e2e.bench;

import static dev.tocsin.e2e.bench.Goal.LOAD_MAX_OVER_MEAN;
import static dev.tocsin.e2e.bench.Goal.MOVES_EXCESS_PERCENT;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.place.Pool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Which rules move when 10,000 rules get one shard more or one less: traces of log-normal cost, one rule in a hundred
 * thirty times as heavy, none more than one evaluation a second. A pure computation. All placements are held against the
 * same number: the fewest moves that can do.
 */
final class PlacementScenario implements Scenario {
    private static final int VIRTUAL_NODES = 100;

    @Override
    public Set<Goal> goals() {
        return Set.of(LOAD_MAX_OVER_MEAN, MOVES_EXCESS_PERCENT);
    }

    /** Of one change of the number of shards: moves above the fewest in percent of those, and the load afterwards. */
    private record Outcome(double excessPercent, double maxOverMean) {}

    /** Says in which of so many shards each rule lives. */
    private interface Placement {
        int[] place(double[] costs, int shards);
    }

    @Override
    public void measure(Run run) {
        int traces = run.size(200, 4);
        int rules = run.size(10_000, 2_000);
        List<Outcome> ours = new ArrayList<>();
        Map<String, List<Outcome>> theirs = new TreeMap<>();
        Map<String, Placement> peers = Map.of(
                "modulo", PlacementScenario::modulo,
                "greedy", PlacementScenario::greedy,
                "consistent hashing", PlacementScenario::consistentHashing);
        for (long seed : LongStream.range(0, traces).toArray()) {
            double[] costs = costs(seed, rules);
            int shards = 1 + (int) (seed % 19);
            for (int change : new int[] {1, -1}) {
                int before = change > 0 ? shards : shards + 1;
                Pool pool = filled(before, costs);
                int fewest = change > 0 ? fewestToFill(pool, costs) : pool.ruleCount(before - 1);
                pool.resize(before + change);
                int moves = pool.begin(Integer.MAX_VALUE).size();
                ours.add(new Outcome(100.0 * (moves - fewest) / fewest, pool.imbalance()));
                peers.forEach((name, peer) -> theirs.computeIfAbsent(name, key -> new ArrayList<>())
                        .add(outcome(peer, costs, before, change, fewest)));
            }
        }
        run.report(
                MOVES_EXCESS_PERCENT,
                spread(ours, true).max(),
                new Figure.Peer(
                        "consistent hashing",
                        spread(theirs.getOrDefault("consistent hashing", List.of()), true)
                                .max()),
                "largest of %d changes; median %.2f, peers' medians: %s"
                        .formatted(ours.size(), spread(ours, true).median(), medians(theirs, true)));
        run.report(
                LOAD_MAX_OVER_MEAN,
                spread(ours, false).max(),
                new Figure.Peer(
                        "consistent hashing",
                        spread(theirs.getOrDefault("consistent hashing", List.of()), false)
                                .max()),
                "largest of %d changes; median %.3f, peers' medians: %s"
                        .formatted(ours.size(), spread(ours, false).median(), medians(theirs, false)));
    }

    private static Spread spread(List<Outcome> outcomes, boolean excess) {
        return new Spread(outcomes.stream()
                .map(outcome -> excess ? outcome.excessPercent() : outcome.maxOverMean())
                .toList());
    }

    private static String medians(Map<String, List<Outcome>> theirs, boolean excess) {
        List<String> result = new ArrayList<>();
        theirs.forEach((name, outcomes) -> result.add(String.format(
                Locale.ROOT, "%s %.3g", name, spread(outcomes, excess).median())));
        return String.join(", ", result);
    }

    private static Outcome outcome(Placement placement, double[] costs, int before, int change, int fewest) {
        int[] was = placement.place(costs, before);
        int[] is = placement.place(costs, before + change);
        int moves = (int)
                IntStream.range(0, costs.length).filter(i -> was[i] != is[i]).count();
        double[] load = new double[before + change];
        for (int i = 0; i < costs.length; i++) {
            load[is[i]] += costs[i];
        }
        double mean = Arrays.stream(load).average().orElseThrow();
        return new Outcome(
                100.0 * (moves - fewest) / fewest, Arrays.stream(load).max().orElseThrow() / mean);
    }

    private static int[] modulo(double[] costs, int shards) {
        return IntStream.range(0, costs.length)
                .map(i -> Math.floorMod(hash(key(i).toString()), shards))
                .toArray();
    }

    /** The heaviest first, each to the shard with the least load. */
    private static int[] greedy(double[] costs, int shards) {
        int[] result = new int[costs.length];
        double[] load = new double[shards];
        IntStream.range(0, costs.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -costs[i]))
                .forEach(i -> {
                    int emptiest = 0;
                    for (int shard = 1; shard < shards; shard++) {
                        emptiest = load[shard] < load[emptiest] ? shard : emptiest;
                    }
                    result[i] = emptiest;
                    load[emptiest] += costs[i];
                });
        return result;
    }

    /** A ring with a hundred points for each shard. */
    private static int[] consistentHashing(double[] costs, int shards) {
        TreeMap<Integer, Integer> ring = new TreeMap<>();
        for (int shard = 0; shard < shards; shard++) {
            for (int node = 0; node < VIRTUAL_NODES; node++) {
                ring.put(hash("shard-" + shard + "#" + node), shard);
            }
        }
        return IntStream.range(0, costs.length)
                .map(i -> {
                    Map.Entry<Integer, Integer> next = ring.ceilingEntry(hash(key(i).toString()));
                    return (next == null ? ring.firstEntry() : next).getValue();
                })
                .toArray();
    }

    /** The finalizer of MurmurHash3 over Java's hash: names that differ in a digit are far apart. */
    private static int hash(String text) {
        int hash = text.hashCode();
        hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
        return hash ^ (hash >>> 16);
    }

    /**
     * Fewer cannot do: the new shard needs 95 % of its share, no shard gives so much that less remains to it, and each
     * gives its heaviest rules as if they could be cut to size.
     */
    private static int fewestToFill(Pool pool, double[] costs) {
        double share = 0.95 * pool.load() / (pool.shards() + 1);
        List<Double> gains = new ArrayList<>();
        List<List<Double>> byShard = new ArrayList<>();
        IntStream.range(0, pool.shards()).forEach(shard -> byShard.add(new ArrayList<>()));
        for (int i = 0; i < costs.length; i++) {
            byShard.get(pool.slotOf(key(i)).orElseThrow().shard()).add(costs[i]);
        }
        for (int shard = 0; shard < pool.shards(); shard++) {
            double surplus = pool.load(shard) - share;
            double given = 0;
            List<Double> heaviestFirst = byShard.get(shard);
            heaviestFirst.sort(Comparator.reverseOrder());
            for (double cost : heaviestFirst) {
                if (cost <= surplus && given < surplus) {
                    gains.add(Math.min(cost, surplus - given));
                    given += cost;
                }
            }
        }
        gains.sort(Comparator.reverseOrder());
        int fewest = 0;
        for (double sum = 0; sum < share && fewest < gains.size(); fewest++) {
            sum += gains.get(fewest);
        }
        return Math.max(1, fewest);
    }

    /** Evaluations per second of each rule. */
    static double[] costs(long seed, int rules) {
        Random random = new Random(seed);
        return IntStream.range(0, rules)
                .mapToDouble(i -> Math.min(1, Math.exp(random.nextGaussian()) / 30 * (i % 100 == 50 ? 30 : 1)))
                .toArray();
    }

    static Pool filled(int shards, double[] costs) {
        Pool pool = new Pool("default", shards, 32, 256 * 1024);
        for (int i = 0; i < costs.length; i++) {
            pool.place(key(i), 400, costs[i]);
        }
        return pool;
    }

    private static ObjectKey key(int number) {
        return new ObjectKey(Rig.TEAM, Rules.name(number));
    }
}
