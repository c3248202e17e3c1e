package dev.tocsin.operator;

import dev.tocsin.place.SlotId;
import dev.tocsin.publish.LiveRule;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A slot in which a rule stands, and how far that has come; confined to the loop's thread. */
final class Home {
    final SlotId slot;

    /** What stands there. */
    LiveRule live;

    /** Sequence of the revision with which it was published; 0 when the write is not confirmed yet. */
    long sequence;

    /** When all replicas were first proven to have loaded it. */
    @Nullable
    Instant loadedAt;

    /** When all replicas were first seen to have evaluated it since; looked at only while the rule moves. */
    @Nullable
    Instant evaluatedAt;

    Home(SlotId slot, LiveRule live) {
        this.slot = slot;
        this.live = live;
    }

    /** Something else stands there from now on. */
    void replace(LiveRule other) {
        live = other;
        sequence = 0;
        loadedAt = null;
        evaluatedAt = null;
    }
}
