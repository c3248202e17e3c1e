package dev.tocsin.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tocsin.compile.ObjectKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

class PoolProperties {
    private static final int SLOT_BYTES = 100;

    /** What can be asked of a pool. */
    sealed interface Call {
        record Place(ObjectKey key, int bytes, double cost) implements Call {}

        record Remove(ObjectKey key) implements Call {}
    }

    @Provide
    Arbitrary<List<Call>> calls() {
        Arbitrary<ObjectKey> keys = Arbitraries.integers().between(0, 25).map(PoolProperties::key);
        Arbitrary<Call> place = Combinators.combine(
                        keys, Arbitraries.integers().between(1, 110), Arbitraries.of(0.01, 0.1, 1.0))
                .as(Call.Place::new);
        return Arbitraries.frequencyOf(Tuple.of(4, place), Tuple.of(1, keys.map(Call.Remove::new)))
                .list()
                .ofMaxSize(80);
    }

    @Property
    void oneCallMovesNoOtherRuleAndOverfillsNoSlot(
            @ForAll("calls") List<Call> calls, @ForAll @IntRange(min = 1, max = 3) int shards) {
        Pool pool = new Pool("default", shards, 2, SLOT_BYTES);
        Map<ObjectKey, Call.Place> expected = new HashMap<>();

        for (Call call : calls) {
            Map<ObjectKey, SlotId> before = where(pool, expected);
            ObjectKey subject = make(pool, expected, call);
            Map<ObjectKey, SlotId> after = where(pool, expected);

            before.remove(subject);
            assertThat(after).as("after %s", call).containsAllEntriesOf(before);
            assertAccounts(pool, expected);
        }
    }

    /** Makes the call and checks its answer; the rule that it is about. */
    private static ObjectKey make(Pool pool, Map<ObjectKey, Call.Place> expected, Call call) {
        switch (call) {
            case Call.Remove(ObjectKey key) -> {
                pool.remove(key);
                expected.remove(key);
                assertThat(pool.slotOf(key)).isEmpty();
                return key;
            }
            case Call.Place place -> {
                Optional<SlotId> before = pool.slotOf(place.key());
                Map<SlotId, Integer> others = bytes(pool, without(expected, place.key()));
                boolean fitsWhereItWas =
                        before.isPresent() && others.getOrDefault(before.get(), 0) + place.bytes() <= SLOT_BYTES;

                Optional<SlotId> slot = pool.place(place.key(), place.bytes(), place.cost());

                pool.left(place.key());

                if (slot.isPresent()) {
                    expected.put(place.key(), place);
                    assertThat(pool.slotOf(place.key())).isEqualTo(slot);
                } else {
                    assertThat(pool.slotOf(place.key()))
                            .as("stays where it was")
                            .isEqualTo(before);
                    assertThat(IntStream.range(0, pool.shards())
                                    .boxed()
                                    .flatMap(shard -> IntStream.range(0, 2)
                                            .mapToObj(number -> new SlotId("default", shard, number))))
                            .as("refused only when nothing has room")
                            .allMatch(any -> others.getOrDefault(any, 0) + place.bytes() > SLOT_BYTES);
                }
                if (fitsWhereItWas) {
                    assertThat(slot).isEqualTo(before);
                }
                return place.key();
            }
        }
    }

    private static void assertAccounts(Pool pool, Map<ObjectKey, Call.Place> expected) {
        assertThat(bytes(pool, expected).values()).allMatch(bytes -> bytes <= SLOT_BYTES);
        for (int shard = 0; shard < pool.shards(); shard++) {
            int number = shard;
            List<Call.Place> here = expected.values().stream()
                    .filter(place -> pool.slotOf(place.key()).orElseThrow().shard() == number)
                    .toList();
            assertThat(pool.ruleCount(shard)).isEqualTo(here.size());
            assertThat(pool.load(shard))
                    .isCloseTo(here.stream().mapToDouble(Call.Place::cost).sum(), within(1e-9));
        }
    }

    @Property
    void theSameCallsGiveTheSamePlacement(@ForAll("calls") List<Call> calls) {
        Pool one = new Pool("default", 3, 2, SLOT_BYTES);
        Pool other = new Pool("default", 3, 2, SLOT_BYTES);

        for (Call call : calls) {
            switch (call) {
                case Call.Place(ObjectKey key, int bytes, double cost) ->
                    assertThat(one.place(key, bytes, cost)).isEqualTo(other.place(key, bytes, cost));
                case Call.Remove(ObjectKey key) -> {
                    one.remove(key);
                    other.remove(key);
                }
            }
        }
    }

    /** What is read back at start comes in any order, and then every object is seen again. */
    @Property
    void afterARestartNoRuleMoves(@ForAll("calls") List<Call> calls, @ForAll Random random) {
        Pool before = new Pool("default", 3, 2, SLOT_BYTES);
        Map<ObjectKey, Call.Place> rules = new HashMap<>();
        calls.forEach(call -> make(before, rules, call));
        List<Call.Place> shuffled = new ArrayList<>(rules.values());
        Collections.shuffle(shuffled, random);

        Pool after = new Pool("default", 3, 2, SLOT_BYTES);
        for (Call.Place rule : shuffled) {
            assertThat(after.adopt(rule.key(), before.slotOf(rule.key()).orElseThrow(), rule.bytes(), rule.cost()))
                    .isTrue();
        }
        Collections.shuffle(shuffled, random);
        shuffled.forEach(rule -> after.place(rule.key(), rule.bytes(), rule.cost()));

        assertThat(after.moving()).isZero();
        assertThat(where(after, rules)).isEqualTo(where(before, rules));
        assertAccounts(after, rules);
    }

    /** Slots of an earlier, larger bound are left as they are; only who is edited and does not fit has to move. */
    @Example
    void aSlotThatIsFullerThanTheBoundNowAllowsKeepsItsRules() {
        Pool pool = new Pool("default", 1, 2, SLOT_BYTES);
        SlotId slot = new SlotId("default", 0, 0);
        for (int i = 0; i < 4; i++) {
            pool.adopt(key(i), slot, 50, 1);
        }

        assertThat(pool.place(key(9), 10, 1)).as("a new one goes elsewhere").contains(new SlotId("default", 0, 1));
        assertThat(pool.place(key(0), 60, 1)).as("an edited one moves").contains(new SlotId("default", 0, 1));
        assertThat(pool.moving()).isEqualTo(1);
        assertThat(pool.slotOf(key(1))).contains(slot);
    }

    @Property(tries = 20)
    void tenThousandRulesOfUnequalCostAreSpreadEvenly(
            @ForAll @IntRange(min = 2, max = 10) int shards, @ForAll long seed) {
        Random random = new Random(seed);
        Pool pool = new Pool("default", shards, 32, 256 * 1024);

        for (int i = 0; i < 10_000; i++) {
            assertThat(pool.place(key(i), 200 + random.nextInt(400), cost(random, i % 100 == 50)))
                    .isPresent();
        }

        assertThat(imbalance(pool)).isLessThanOrEqualTo(1.25);
    }

    @Property(tries = 20)
    void churnDoesNotUnbalance(@ForAll @IntRange(min = 2, max = 10) int shards, @ForAll long seed) {
        Random random = new Random(seed);
        Pool pool = new Pool("default", shards, 32, 256 * 1024);
        for (int i = 0; i < 5_000; i++) {
            pool.place(key(i), 300, cost(random, i % 100 == 50));
        }

        for (int i = 0; i < 5_000; i++) {
            pool.remove(key(random.nextInt(5_000 + i)));
            pool.place(key(5_000 + i), 300, cost(random, i % 100 == 50));
        }

        assertThat(imbalance(pool)).isLessThanOrEqualTo(1.25);
    }

    /** Log-normal around one evaluation in 30 s, heavy ones thirty times as much, none above one a second. */
    private static double cost(Random random, boolean heavy) {
        return Math.min(1, Math.exp(random.nextGaussian()) / 30 * (heavy ? 30 : 1));
    }

    private static double imbalance(Pool pool) {
        double[] loads =
                IntStream.range(0, pool.shards()).mapToDouble(pool::load).toArray();
        double mean = IntStream.range(0, loads.length)
                .mapToDouble(i -> loads[i])
                .average()
                .orElseThrow();
        return IntStream.range(0, loads.length).mapToDouble(i -> loads[i]).max().orElseThrow() / mean;
    }

    @Example
    void whatIsRemovedMakesRoom() {
        Pool pool = new Pool("default", 1, 1, SLOT_BYTES);
        pool.place(key(1), 60, 1);
        assertThat(pool.place(key(2), 60, 1)).isEmpty();

        pool.remove(key(1));

        assertThat(pool.place(key(2), 60, 1)).contains(new SlotId("default", 0, 0));
    }

    @Example
    void aRefusedEditLeavesWhatWas() {
        Pool pool = new Pool("default", 1, 1, SLOT_BYTES);
        pool.place(key(1), 40, 1);
        pool.place(key(2), 40, 2);

        Optional<SlotId> refused = pool.place(key(1), 70, 9);

        assertThat(refused).isEmpty();
        assertThat(pool.slotOf(key(1))).contains(new SlotId("default", 0, 0));
        assertThat(pool.load(0)).isEqualTo(3);
        assertThat(pool.place(key(3), 20, 1)).as("its old size counts").isPresent();
    }

    @Example
    void aRuleThatOutgrowsItsSlotStaysInItsShard() {
        Pool pool = new Pool("default", 2, 2, SLOT_BYTES);
        pool.place(key(1), 60, 5);
        pool.place(key(2), 10, 1);
        pool.place(key(3), 35, 4.5);
        pool.place(key(4), 35, 4);
        SlotId before = pool.slotOf(key(1)).orElseThrow();

        SlotId after = pool.place(key(1), 100, 5).orElseThrow();

        assertThat(after.shard()).isEqualTo(before.shard());
    }

    @Example
    void aNewRuleGoesToTheShardWithTheLeastLoad() {
        Pool pool = new Pool("default", 3, 1, SLOT_BYTES);
        pool.place(key(1), 1, 3);
        pool.place(key(2), 90, 1);
        pool.place(key(3), 1, 2);

        assertThat(pool.place(key(4), 1, 1)).contains(new SlotId("default", 1, 0));
        assertThat(pool.place(key(5), 20, 1)).as("where there is room").contains(new SlotId("default", 2, 0));
    }

    @Example
    void whatIsReadBackIsAdoptedWhereItIs() {
        Pool pool = new Pool("default", 2, 2, SLOT_BYTES);
        List<Boolean> adopted = new ArrayList<>();

        adopted.add(pool.adopt(key(1), new SlotId("default", 1, 1), 500, 7));
        adopted.add(pool.adopt(key(1), new SlotId("default", 0, 0), 5, 7));
        adopted.add(pool.adopt(key(2), new SlotId("default", 2, 0), 5, 1));
        adopted.add(pool.adopt(key(3), new SlotId("default", 0, 2), 5, 1));

        assertThat(adopted).containsExactly(true, false, true, false);
        assertThat(pool.slotOf(key(1))).contains(new SlotId("default", 1, 1));
        assertThat(pool.slotOf(key(2))).as("a shard that closes").contains(new SlotId("default", 2, 0));
        assertThat(pool.slotOf(key(3))).as("no such slot any more").isEmpty();
        assertThat(pool.load(1)).isEqualTo(7);
        assertThat(pool.place(key(4), 5, 1)).contains(new SlotId("default", 0, 0));
    }

    private static Map<ObjectKey, SlotId> where(Pool pool, Map<ObjectKey, Call.Place> rules) {
        Map<ObjectKey, SlotId> result = new HashMap<>();
        rules.keySet().forEach(key -> result.put(key, pool.slotOf(key).orElseThrow()));
        return result;
    }

    private static Map<SlotId, Integer> bytes(Pool pool, Map<ObjectKey, Call.Place> rules) {
        Map<SlotId, Integer> result = new HashMap<>();
        rules.values()
                .forEach(place -> result.merge(pool.slotOf(place.key()).orElseThrow(), place.bytes(), Integer::sum));
        return result;
    }

    private static Map<ObjectKey, Call.Place> without(Map<ObjectKey, Call.Place> rules, ObjectKey key) {
        Map<ObjectKey, Call.Place> result = new HashMap<>(rules);
        result.remove(key);
        return result;
    }

    private static ObjectKey key(int i) {
        return new ObjectKey("shop", "rule-" + i);
    }
}
