package dev.tocsin.place;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.compile.ObjectKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a pool of 10,000 rules costs when it gets one shard more or one less. Costs are log-normal, one rule in a hundred
 * weighs thirty times as much, and none more than one evaluation a second.
 */
class PlacementTracesTest {
    private static final int RULES = 10_000;

    /**
     * One trace.
     *
     * @param moved rules that moved, in parts of all
     * @param excess moves above the fewest that can do, in parts of those
     * @param imbalance load of the fullest shard in parts of the mean
     */
    private record Outcome(double moved, double excess, double imbalance) {}

    @Test
    void aPoolGrowsAndShrinksWithFewMovesAndStaysEven() {
        judge(25);
    }

    @Test
    @Tag("integration")
    void aThousandPoolsGrowAndShrinkWithFewMovesAndStayEven() {
        judge(1_000);
    }

    private static void judge(int traces) {
        List<Outcome> grown = LongStream.range(0, traces)
                .parallel()
                .mapToObj(seed -> grow(1 + (int) (seed % 19), seed))
                .toList();
        List<Outcome> shrunk = LongStream.range(0, traces)
                .parallel()
                .mapToObj(seed -> shrink(2 + (int) (seed % 19), seed))
                .toList();
        print("n -> n+1", grown);
        print("n+1 -> n", shrunk);

        for (List<Outcome> outcomes : List.of(grown, shrunk)) {
            assertThat(outcomes).hasSize(traces).allSatisfy(outcome -> {
                assertThat(outcome.imbalance()).isLessThanOrEqualTo(1.25);
                assertThat(outcome.excess()).isLessThanOrEqualTo(0.05);
            });
        }
    }

    private static Outcome grow(int shards, long seed) {
        double[] costs = costs(seed);
        Pool pool = filled(shards, costs);
        int fewest = fewestToFill(pool, costs);

        pool.resize(shards + 1);
        return outcome(pool, fewest);
    }

    /**
     * Fewer cannot do: the new shard needs 95 % of its share, no shard gives so much that less remains to it, and each
     * gives its heaviest rules as if they could be cut to size.
     */
    private static int fewestToFill(Pool pool, double[] costs) {
        double share = 0.95 * pool.load() / (pool.shards() + 1);
        List<Double> gains = new ArrayList<>();
        for (int shard = 0; shard < pool.shards(); shard++) {
            double surplus = pool.load(shard) - share;
            double given = 0;
            for (double cost : heaviestFirst(pool, shard, costs)) {
                if (cost <= surplus && given < surplus) {
                    gains.add(Math.min(cost, surplus - given));
                    given += cost;
                }
            }
        }
        gains.sort(Comparator.reverseOrder());
        int fewest = 0;
        for (double sum = 0; sum < share; fewest++) {
            sum += gains.get(fewest);
        }
        return fewest;
    }

    private static double[] heaviestFirst(Pool pool, int shard, double[] costs) {
        return IntStream.range(0, costs.length)
                .filter(i -> pool.slotOf(key(i)).orElseThrow().shard() == shard)
                .mapToDouble(i -> -costs[i])
                .sorted()
                .map(cost -> -cost)
                .toArray();
    }

    /** The fewest: all rules of the shard that closes. */
    private static Outcome shrink(int shards, long seed) {
        Pool pool = filled(shards, costs(seed));
        int fewest = pool.ruleCount(shards - 1);

        pool.resize(shards - 1);
        return outcome(pool, fewest);
    }

    private static Outcome outcome(Pool pool, int fewest) {
        int moves = pool.begin(Integer.MAX_VALUE).size();
        return new Outcome((double) moves / RULES, (double) (moves - fewest) / fewest, pool.imbalance());
    }

    private static double[] costs(long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, RULES)
                .mapToDouble(i -> Math.min(1, Math.exp(random.nextGaussian()) / 30 * (i % 100 == 50 ? 30 : 1)))
                .toArray();
    }

    private static Pool filled(int shards, double[] costs) {
        Pool pool = new Pool("default", shards, 32, 256 * 1024);
        for (int i = 0; i < costs.length; i++) {
            pool.place(key(i), 400, costs[i]);
        }
        return pool;
    }

    private static ObjectKey key(int i) {
        return new ObjectKey("shop", "rule-" + i);
    }

    private static void print(String what, List<Outcome> outcomes) {
        DoubleSummaryStatistics moved =
                outcomes.stream().mapToDouble(Outcome::moved).summaryStatistics();
        DoubleSummaryStatistics excess =
                outcomes.stream().mapToDouble(Outcome::excess).summaryStatistics();
        DoubleSummaryStatistics imbalance =
                outcomes.stream().mapToDouble(Outcome::imbalance).summaryStatistics();
        System.out.printf(
                "%s, %d traces: moved %.1f %% of the rules (at most %.1f), above the fewest %.2f %% (at most %.2f),"
                        + " max/mean load %.3f (at most %.3f)%n",
                what,
                outcomes.size(),
                100 * moved.getAverage(),
                100 * moved.getMax(),
                100 * excess.getAverage(),
                100 * excess.getMax(),
                imbalance.getAverage(),
                imbalance.getMax());
    }
}
