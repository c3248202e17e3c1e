package dev.tocsin.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tocsin.compile.ObjectKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** How rules move when a pool gets another number of shards. */
class ElasticPoolProperties {
    private static final ShardCount AUTOMATIC = new ShardCount(1, 20, 100, 1e9);

    @Property(tries = 200)
    void inSmallStepsOrInOneTheSameRulesMove(
            @ForAll @IntRange(min = 1, max = 6) int before,
            @ForAll @IntRange(min = 1, max = 6) int after,
            @ForAll long seed) {
        Pool atOnce = filled(before, seed);
        Pool inSteps = filled(before, seed);

        atOnce.resize(after);
        List<Move> moves = atOnce.begin(Integer.MAX_VALUE);
        inSteps.resize(after);
        Set<ObjectKey> moved = new HashSet<>();
        List<Move> some = inSteps.begin(7);
        while (!some.isEmpty()) {
            some.forEach(move -> {
                assertThat(moved.add(move.key())).as("moves once").isTrue();
                inSteps.left(move.key());
            });
            some = inSteps.begin(7);
        }

        assertThat(moves.stream().map(Move::key).toList()).doesNotHaveDuplicates();
        for (int shard = after; shard < before; shard++) {
            assertThat(atOnce.ruleCount(shard)).isZero();
            assertThat(inSteps.isEmpty(shard)).isTrue();
        }
        assertThat(moved).hasSameSizeAs(moves);
        assertThat(IntStream.range(0, after).mapToDouble(inSteps::load).sum()).isCloseTo(atOnce.load(), within(1e-6));
    }

    @Property(tries = 200)
    void whatMovesIsCountedWhereItGoesAndItsRoomIsKeptWhereItWas(
            @ForAll @IntRange(min = 1, max = 5) int before,
            @ForAll @IntRange(min = 1, max = 5) int after,
            @ForAll long seed) {
        Pool pool = filled(before, seed);
        Map<ObjectKey, SlotId> was = where(pool);
        long bytes = pool.bytes();
        pool.resize(after);

        List<Move> moves = pool.begin(50);

        assertThat(moves).hasSizeLessThanOrEqualTo(50);
        assertThat(moves).allSatisfy(move -> {
            assertThat(move.from()).isEqualTo(was.get(move.key())).isNotEqualTo(move.to());
            assertThat(move.to().shard()).isLessThan(after);
            assertThat(pool.slotOf(move.key())).contains(move.to());
        });
        assertThat(pool.moving()).isEqualTo(moves.size());
        assertThat(pool.bytes()).isEqualTo(bytes + 300L * moves.size());
        Set<ObjectKey> moved = moves.stream().map(Move::key).collect(Collectors.toSet());
        assertThat(where(pool)).allSatisfy((key, slot) -> {
            if (!moved.contains(key)) {
                assertThat(slot).as("nothing else has moved").isEqualTo(was.get(key));
            }
        });
        moves.forEach(move -> pool.left(move.key()));
        assertThat(pool.bytes()).isEqualTo(bytes);
    }

    @Property(tries = 100)
    void nothingMovesUnlessItMust(@ForAll @IntRange(min = 1, max = 5) int shards, @ForAll long seed) {
        Pool pool = filled(shards, seed);
        assertThat(pool.imbalance()).isLessThanOrEqualTo(1.25);

        assertThat(pool.begin(Integer.MAX_VALUE)).isEmpty();
        pool.balance();
        if (pool.imbalance() <= 1.1) {
            assertThat(pool.begin(Integer.MAX_VALUE)).isEmpty();
        }
    }

    @Example
    void anImbalanceIsEvenedOutByFewMovesWhenThatIsAskedFor() {
        Pool pool = new Pool("default", 2, 4, 1_000_000);
        for (int i = 0; i < 100; i++) {
            pool.adopt(key(i), new SlotId("default", i < 90 ? 0 : 1, 0), 300, 1);
        }
        assertThat(pool.begin(100)).isEmpty();

        pool.balance();

        assertThat(pool.begin(100)).hasSize(35);
        assertThat(pool.imbalance()).isEqualTo(1.1);
    }

    @Example
    void aRuleThatIsAsHeavyAsAllOthersTogetherDoesNotGoToAndFro() {
        Pool pool = new Pool("default", 2, 4, 1_000_000);
        pool.adopt(key(1), new SlotId("default", 0, 0), 300, 3);
        pool.adopt(key(2), new SlotId("default", 1, 0), 300, 1);

        pool.balance();

        assertThat(pool.begin(100)).isEmpty();
    }

    @Example
    void aRuleStaysInAShardThatClosesAsLongAsNoOtherHasRoom() {
        Pool pool = new Pool("default", 2, 1, 100);
        pool.place(key(1), 60, 1);
        pool.place(key(2), 60, 1);

        pool.resize(1);

        assertThat(pool.begin(10)).isEmpty();
        assertThat(pool.isEmpty(1)).isFalse();
        pool.remove(key(1));
        assertThat(pool.begin(10))
                .containsExactly(new Move(key(2), new SlotId("default", 1, 0), new SlotId("default", 0, 0)));
    }

    @Example
    void aRuleThatOutgrowsItsSlotHasTwoHomesUntilItHasLeftTheFormer() {
        Pool pool = new Pool("default", 1, 2, 100);
        pool.place(key(1), 60, 1);
        pool.place(key(2), 40, 1);

        assertThat(pool.place(key(1), 70, 1)).contains(new SlotId("default", 0, 1));

        assertThat(pool.place(key(3), 40, 1)).as("the former home is occupied").isEmpty();
        pool.left(key(1));
        assertThat(pool.place(key(3), 40, 1)).contains(new SlotId("default", 0, 0));
    }

    @Property
    void theNumberOfShardsFollowsTheLoadAndThenStays(
            @ForAll @IntRange(min = 1, max = 20) int now, @ForAll @DoubleRange(min = 0, max = 5000) double load) {
        int next = AUTOMATIC.next(now, load, 0);

        assertThat(AUTOMATIC.next(next, load, 0)).as("it settles").isEqualTo(next);
        assertThat(next).isBetween(1, 20);
        assertThat(load / next <= 100 || next == 20)
                .as("no shard has more than its share")
                .isTrue();
        assertThat(next >= now || load / next <= 75).as("it shrinks late").isTrue();
    }

    @Property
    void aLoadThatMovesByATenthDoesNotMakeThePoolGrowAndShrink(
            @ForAll @DoubleRange(min = 1, max = 1500) double load, @ForAll @IntRange(min = 1, max = 20) int now) {
        int settled = AUTOMATIC.next(now, load, 0);

        int up = AUTOMATIC.next(settled, load * 1.1, 0);
        int down = AUTOMATIC.next(up, load, 0);

        assertThat(down).isEqualTo(up);
    }

    @Example
    void aPoolGrowsForTheRoomThatRulesTake() {
        assertThat(new ShardCount(1, 5, 100, 1000).next(1, 1, 2500)).isEqualTo(3);
        assertThat(new ShardCount(2, 2, 100, 1000).next(7, 1, 2500)).isEqualTo(2);
    }

    private static Pool filled(int shards, long seed) {
        Random random = new Random(seed);
        Pool pool = new Pool("default", shards, 32, 256 * 1024);
        for (int i = 0; i < 500; i++) {
            pool.place(key(i), 300, Math.min(1, Math.exp(random.nextGaussian()) / 30));
        }
        return pool;
    }

    private static Map<ObjectKey, SlotId> where(Pool pool) {
        Map<ObjectKey, SlotId> result = new HashMap<>();
        for (int i = 0; i < 500; i++) {
            result.put(key(i), pool.slotOf(key(i)).orElseThrow());
        }
        return result;
    }

    private static ObjectKey key(int i) {
        return new ObjectKey("shop", "rule-" + i);
    }
}
