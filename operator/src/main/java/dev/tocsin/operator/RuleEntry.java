package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.compile.Compilation;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.Forecast;
import dev.tocsin.place.SlotId;
import dev.tocsin.publish.LiveRule;
import dev.tocsin.status.RuleFacts.Standing;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the rule loop remembers of one AlertRule; confined to the loop's thread. */
final class RuleEntry {
    final ObjectKey key;

    /** The object as last seen; null as long as only its published form is known. */
    @Nullable
    Seen seen;

    Standing standing = new Standing.Undecided();

    /** What stands in a slot, and where; null when nothing does. */
    @Nullable
    LiveRule live;

    @Nullable
    SlotId slot;

    /** Sequence of the revision with which the live form was published; 0 when the write is not confirmed yet. */
    long sequence;

    /** When all replicas were first proven to have loaded the live form. */
    @Nullable
    Instant loadedAt;

    /** When the change that is not loaded yet came, by the monotonic clock; 0 when there is none. */
    long changedNanos;

    /** What is known of its alerts' labels before they fire; null when it never could run. */
    @Nullable
    Map<String, String> labels;

    /** Where its alerts would go; null when that is not worked out yet. */
    @Nullable
    Forecast forecast;

    /** Written last, or found on the object. */
    @Nullable
    AlertRuleStatus status;

    RuleEntry(ObjectKey key) {
        this.key = key;
    }

    /**
     * @param compilation of this generation
     */
    record Seen(String uid, long generation, Compilation compilation) {}
}
