package dev.tocsin.place;

/**
 * A slot: one ConfigMap that one shard mounts.
 *
 * @param datasource the pool's datasource
 * @param shard number of the shard in its pool, from 0
 * @param slot number of the slot in its shard, from 0
 */
public record SlotId(String datasource, int shard, int slot) implements Comparable<SlotId> {

    /** Name of the shard as status and logs show it, for example default-2. */
    public String shardName() {
        return datasource + "-" + shard;
    }

    @Override
    public int compareTo(SlotId other) {
        int byDatasource = datasource.compareTo(other.datasource);
        if (byDatasource != 0) {
            return byDatasource;
        }
        int byShard = Integer.compare(shard, other.shard);
        return byShard != 0 ? byShard : Integer.compare(slot, other.slot);
    }
}
