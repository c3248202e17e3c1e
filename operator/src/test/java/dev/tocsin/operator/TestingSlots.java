package dev.tocsin.operator;

import dev.tocsin.place.SlotId;
import dev.tocsin.publish.LiveRule;
import dev.tocsin.publish.RuleSlots;
import dev.tocsin.publish.SlotFile;
import dev.tocsin.publish.StoredSlot;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Slots in memory: some are there already, and reading or writing may fail for a while. */
final class TestingSlots implements RuleSlots {
    private final Map<SlotId, StoredSlot> present;
    private final Map<SlotId, SlotFile> written = new ConcurrentHashMap<>();
    private final AtomicInteger readFailures = new AtomicInteger();
    private final AtomicInteger writeFailures = new AtomicInteger();

    /** With no slot yet. */
    TestingSlots() {
        this.present = Map.of();
    }

    /** With one slot that this version has written. */
    TestingSlots(SlotId slot, LiveRule rule) {
        this(slot, SlotFile.of(slot, List.of(rule)).revision(), rule);
    }

    /** With one slot whose file names that revision. */
    TestingSlots(SlotId slot, String revision, LiveRule rule) {
        this.present = Map.of(slot, new StoredSlot(revision, List.of(rule)));
    }

    /** The next reads fail. */
    void failToRead(int times) {
        readFailures.set(times);
    }

    /** The next writes fail. */
    void failToWrite(int times) {
        writeFailures.set(times);
    }

    @Override
    public Map<SlotId, StoredSlot> readAll() {
        if (readFailures.getAndDecrement() > 0) {
            throw new IllegalStateException("the API server is away");
        }
        return present;
    }

    @Override
    public void write(SlotId slot, SlotFile content) {
        if (writeFailures.getAndDecrement() > 0) {
            throw new IllegalStateException("the namespace is being terminated");
        }
        written.put(slot, content);
    }

    @Override
    public void delete(SlotId slot) {
        written.remove(slot);
    }

    /** What was written since. */
    Map<SlotId, SlotFile> written() {
        return written;
    }

    /** Whether a slot that was written holds the rule, given as namespace/name. */
    boolean holds(String rule) {
        return written.values().stream().anyMatch(file -> file.rules().contains("\"" + rule + "\""));
    }
}
