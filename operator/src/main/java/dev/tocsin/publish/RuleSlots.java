package dev.tocsin.publish;

import dev.tocsin.place.SlotId;
import java.util.Map;

/** Where slots are kept, and from where the evaluators mount them. */
public interface RuleSlots {

    /** Every slot there is. */
    Map<SlotId, StoredSlot> readAll();

    /** Replaces a slot's content, or creates the slot. */
    void write(SlotId slot, SlotFile content);

    /** Removes a slot; nothing happens when there is none. */
    void delete(SlotId slot);
}
