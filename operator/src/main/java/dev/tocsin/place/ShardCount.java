package dev.tocsin.place;

/**
 * How many shards a pool should have: as many as the load needs, between two bounds. It grows as soon as a shard would
 * have more than its share, and shrinks only when the fewer shards would be three quarters full at most, so that a load
 * that moves a little does not change the number.
 *
 * @param min the fewest shards
 * @param max the most shards; with as many as {@code min} the number is fixed
 * @param evaluationsPerSecond load of a full shard
 * @param bytes room of a full shard
 */
public record ShardCount(int min, int max, double evaluationsPerSecond, double bytes) {
    private static final double SHRINK_TO = 0.75;

    /**
     * The number that the pool should have, given the number that it has.
     *
     * @param load summed evaluations per second of all rules
     * @param usedBytes summed size of all rules
     */
    public int next(int now, double load, double usedBytes) {
        int needed = shardsFor(load, usedBytes, 1);
        int roomy = shardsFor(load, usedBytes, SHRINK_TO);
        int wanted = now < needed ? needed : Math.min(now, roomy);
        return Math.clamp(wanted, min, max);
    }

    /** Shards of which none is fuller than that part. */
    private int shardsFor(double load, double usedBytes, double fullness) {
        double shards = Math.max(load / evaluationsPerSecond, usedBytes / bytes) / fullness;
        return (int) Math.ceil(Math.min(shards, max));
    }
}
