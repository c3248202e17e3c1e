package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.compile.Compilation;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.Forecast;
import dev.tocsin.status.RuleFacts.Standing;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the rule loop remembers of one AlertRule; confined to the loop's thread. */
final class RuleEntry {
    final ObjectKey key;

    /** The object as last seen; null as long as only its published form is known. */
    @Nullable
    Seen seen;

    Standing standing = new Standing.Undecided();

    /** Where it lives; null when it stands in no slot. */
    @Nullable
    Home home;

    /** Where it lived, and runs until its home shows what is shown there; null when it does not move. */
    @Nullable
    Home former;

    /** How often it has gone to another slot. */
    int moves;

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

    /** What stands in a slot, and is told of in status: as long as both are the same, the one that has run for longer. */
    @Nullable
    Home shown() {
        return home != null
                        && former != null
                        && former.live.generation() == home.live.generation()
                        && former.live.group().equals(home.live.group())
                ? former
                : home;
    }

    /** When its object was created, as Kubernetes writes it. */
    String created() {
        return seen == null ? "" : seen.created();
    }

    /** The shards in which it runs. */
    Set<String> shards() {
        return Stream.of(home, former)
                .filter(Objects::nonNull)
                .map(each -> each.slot.shardName())
                .collect(Collectors.toSet());
    }

    /**
     * @param created when the object was, as Kubernetes writes it
     * @param compilation of this generation
     */
    record Seen(String uid, long generation, String created, Compilation compilation) {}
}
