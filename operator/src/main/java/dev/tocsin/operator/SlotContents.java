package dev.tocsin.operator;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.place.SlotId;
import dev.tocsin.publish.SlotFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What each slot holds, which of them have to be written, and which rules are not proven there yet. */
final class SlotContents {
    private final Map<SlotId, Map<ObjectKey, Home>> homes = new HashMap<>();
    private final Map<SlotId, Set<Home>> unproven = new HashMap<>();
    private final Set<SlotId> toWrite = new HashSet<>();

    /** There is such a slot. */
    void know(SlotId slot) {
        homes.computeIfAbsent(slot, id -> new HashMap<>());
    }

    /** The rule stands there, and was read from there. */
    void adopt(Home home) {
        homes.computeIfAbsent(home.slot, slot -> new HashMap<>()).put(home.live.key(), home);
        unproven.computeIfAbsent(home.slot, slot -> new HashSet<>()).add(home);
    }

    /** The rule is to stand there, or something else of it than before. */
    void put(Home home) {
        adopt(home);
        toWrite.add(home.slot);
    }

    /** The rule is not to stand there any more. */
    void take(Home home) {
        of(home.slot).remove(home.live.key());
        proven(home);
        toWrite.add(home.slot);
    }

    /** The slot is to be written, though nothing of it has changed. */
    void rewrite(SlotId slot) {
        toWrite.add(slot);
    }

    /** The slot is not there any more. */
    void forget(SlotId slot) {
        homes.remove(slot);
        unproven.remove(slot);
        toWrite.remove(slot);
    }

    Collection<SlotId> slots() {
        return homes.keySet();
    }

    Map<ObjectKey, Home> of(SlotId slot) {
        return homes.getOrDefault(slot, new HashMap<>());
    }

    SlotFile file(SlotId slot) {
        return SlotFile.of(
                slot, of(slot).values().stream().map(home -> home.live).toList());
    }

    boolean isToBeWritten(SlotId slot) {
        return toWrite.contains(slot);
    }

    boolean isWritten() {
        return toWrite.isEmpty();
    }

    /** What has to be written, which then counts as written. */
    Map<SlotId, SlotFile> takeToWrite() {
        Map<SlotId, SlotFile> files = new TreeMap<>();
        toWrite.forEach(slot -> files.put(slot, file(slot)));
        toWrite.clear();
        return files;
    }

    /** Rules of that slot that are not proven to be loaded on all replicas yet. */
    List<Home> unproven(SlotId slot) {
        return new ArrayList<>(unproven.getOrDefault(slot, Set.of()));
    }

    void proven(Home home) {
        Set<Home> waiting = unproven.get(home.slot);
        if (waiting != null) {
            waiting.remove(home);
        }
    }

    /** Whether every rule is proven where it stands. */
    boolean isProven() {
        return unproven.values().stream().allMatch(Set::isEmpty);
    }

    /** The rules that stand in the slots of a shard. */
    Set<ObjectKey> rulesIn(String shard) {
        Set<ObjectKey> result = new HashSet<>();
        homes.forEach((slot, content) -> {
            if (slot.shardName().equals(shard)) {
                result.addAll(content.keySet());
            }
        });
        return result;
    }

    /** What stands in the slots of a shard. */
    List<Home> homesIn(String shard) {
        List<Home> result = new ArrayList<>();
        homes.forEach((slot, content) -> {
            if (slot.shardName().equals(shard)) {
                result.addAll(content.values());
            }
        });
        return result;
    }

    List<SlotId> slots(Predicate<SlotId> which) {
        return homes.keySet().stream().filter(which).sorted().toList();
    }
}
