package dev.tocsin.place;

import dev.tocsin.compile.ObjectKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Which rule moves next, if any must. The heaviest rule that helps is taken, since the fewest moves do the same then.
 *
 * <p>Three causes: a shard that closes is emptied; a shard that is new is filled; a shard that is far above the mean is
 * relieved. Works on a copy of the loads that it keeps up to date, so that it can be asked for one move after the other.
 */
final class Balancer {
    /** A shard that is filled has at least this part of the mean load, and nobody gives more than what leaves it as much. */
    private static final double FILLED = 0.95;

    private static final double EPSILON = 1e-9;

    /** A rule that may move. */
    record Candidate(double cost, ObjectKey key) {
        private static final Comparator<Candidate> ORDER =
                Comparator.comparingDouble(Candidate::cost).thenComparing(Candidate::key);
    }

    /** The rule goes from that shard to that one. */
    record Step(Candidate rule, int from, int to) {}

    private final int open;
    private final double[] load;
    private final double mean;
    private final List<NavigableSet<Candidate>> rules = new ArrayList<>();

    /**
     * @param load of each shard, those that close behind those that are open
     * @param open number of shards that are open
     */
    Balancer(double[] load, int open) {
        this.open = open;
        this.load = load.clone();
        double sum = 0;
        for (double each : load) {
            sum += each;
            rules.add(new TreeSet<>(Candidate.ORDER));
        }
        this.mean = sum / open;
    }

    /** A rule of that shard may move. */
    void add(int shard, Candidate rule) {
        rules.get(shard).add(rule);
    }

    /** The rule cannot move after all. */
    void leave(Step step) {
        rules.get(step.from()).remove(step.rule());
    }

    /** The step is made. */
    void made(Step step) {
        rules.get(step.from()).remove(step.rule());
        load[step.from()] -= step.rule().cost();
        load[step.to()] += step.rule().cost();
    }

    /** Out of a shard that closes. */
    Optional<Step> emptying() {
        return IntStream.range(open, load.length)
                .filter(shard -> !rules.get(shard).isEmpty())
                .mapToObj(shard -> new Step(rules.get(shard).last(), shard, leastLoaded()))
                .max(HEAVIEST);
    }

    /** Into a shard that has less than it should. */
    Optional<Step> filling() {
        int to = leastLoaded();
        double lacking = mean - load[to];
        if (lacking <= (1 - FILLED) * mean) {
            return Optional.empty();
        }
        return IntStream.range(0, open)
                .filter(from -> from != to)
                .mapToObj(from -> heaviest(from, to, Math.min(lacking, load[from] - FILLED * mean)))
                .flatMap(Optional::stream)
                .max(HEAVIEST);
    }

    /**
     * Out of a shard that has far more than it should.
     *
     * @param most what a shard may have, in parts of the mean load
     */
    Optional<Step> relieving(double most) {
        int from = mostLoaded();
        int to = leastLoaded();
        if (load[from] <= most * mean) {
            return Optional.empty();
        }
        return heaviest(from, to, Math.min(load[from] - mean, (load[from] - load[to]) * (1 - 10 * EPSILON)));
    }

    /** The heaviest rule with at most that cost. */
    private Optional<Step> heaviest(int from, int to, double cost) {
        return Optional.ofNullable(rules.get(from).lower(new Candidate(cost + EPSILON * mean, new ObjectKey("", ""))))
                .map(rule -> new Step(rule, from, to));
    }

    private static final Comparator<Step> HEAVIEST = Comparator.comparing(Step::rule, Candidate.ORDER);

    private int leastLoaded() {
        return IntStream.range(0, open)
                .boxed()
                .min(Comparator.comparingDouble(shard -> load[shard]))
                .orElseThrow();
    }

    private int mostLoaded() {
        return IntStream.range(0, open)
                .boxed()
                .max(Comparator.comparingDouble(shard -> load[shard]))
                .orElseThrow();
    }
}
