package dev.tocsin.operator;

import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.GroupTimes;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.observe.SeenAlert;
import dev.tocsin.place.Move;
import dev.tocsin.place.Pool;
import dev.tocsin.place.Quotas;
import dev.tocsin.place.SlotId;
import dev.tocsin.publish.LiveRule;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where rules live, and how they go from one slot to another without anybody noticing: a rule runs in both until its new
 * home shows what its former one shows. Decides what is to stand in the slots; confined to the rule loop's thread.
 */
final class Homes {
    private static final Logger LOG = LoggerFactory.getLogger(Homes.class);

    private final Shards shards;
    private final SlotContents contents;
    private final EvaluatorFleet fleet;
    private final Clock clock;
    private final Quotas quotas;
    private final Set<RuleEntry> moving = new LinkedHashSet<>();

    Homes(Shards shards, Quotas quotas, SlotContents contents, EvaluatorFleet fleet, Clock clock) {
        this.shards = shards;
        this.quotas = quotas;
        this.contents = contents;
        this.fleet = fleet;
        this.clock = clock;
    }

    /**
     * Takes over where a rule was found. One that stands in several slots is on its way from where it went first to where
     * it went last.
     *
     * @param found at least one
     */
    void adopt(RuleEntry entry, List<Home> found) {
        List<Home> homes = found.stream()
                .sorted(Comparator.comparingInt((Home home) -> home.live.moves())
                        .thenComparing(home -> home.slot))
                .toList();
        Home home = homes.getLast();
        Home former = homes.getFirst();
        entry.moves = home.live.moves();
        entry.home = home;
        pool(home).adopt(entry.key, home.slot, home.live.bytes(), home.live.cost());
        contents.adopt(home);
        quotas.live(entry.key, home.live.cost());
        if (homes.size() > 1) {
            entry.former = former;
            pool(former).adoptFormer(entry.key, former.slot, former.live.bytes());
            contents.adopt(former);
            moving.add(entry);
        }
    }

    /** How many rules are on their way. */
    int moving() {
        return moving.size();
    }

    /**
     * Puts a new rule, or an edited one, into a slot.
     *
     * @return false when no slot has room: then it stays where it was, or nowhere
     */
    boolean put(RuleEntry entry, CompiledRule rule) {
        Pool pool = shards.pool(rule.datasource()).orElseThrow();
        LiveRule live = LiveRule.of(rule).at(entry.moves);
        if (entry.former != null && entry.home != null && !staysAt(entry.home, pool, live)) {
            cutShort(entry, entry.home, entry.former);
        }
        Optional<SlotId> slot = pool.place(rule.key(), live.bytes(), rule.cost());
        slot.ifPresent(found -> {
            settle(entry, live, found);
            quotas.live(entry.key, live.cost());
        });
        return slot.isPresent();
    }

    /**
     * Takes a rule out of wherever it stands.
     *
     * @return whether it stood anywhere
     */
    boolean takeOut(RuleEntry entry) {
        List<Home> homes =
                Stream.of(entry.home, entry.former).filter(Objects::nonNull).toList();
        for (Home home : homes) {
            pool(home).remove(entry.key);
            contents.take(home);
        }
        entry.home = null;
        entry.former = null;
        moving.remove(entry);
        quotas.gone(entry.key);
        return !homes.isEmpty();
    }

    /** Begins a move that its pool has decided. */
    void begin(RuleEntry entry, Move move) {
        if (entry.home != null) {
            LOG.debug("{} goes from {} to {}", move.key(), move.from(), move.to());
            go(entry, move.to(), entry.home.live);
        }
    }

    /** Ends the moves of the rules that are seen to be the same in both of their places; those rules. */
    List<RuleEntry> endMoves() {
        List<RuleEntry> ended = new ArrayList<>();
        for (RuleEntry entry : moving) {
            if (entry.home != null && entry.former != null && isHandedOver(entry.key, entry.home, entry.former)) {
                LOG.debug("{} has gone from {} to {}", entry.key, entry.former.slot, entry.home.slot);
                pool(entry.former).left(entry.key);
                contents.take(entry.former);
                entry.former = null;
                ended.add(entry);
            }
        }
        ended.forEach(moving::remove);
        return ended;
    }

    /** An edit of a rule that moves is made in both of its places, so that it still does what an edit in one place does. */
    private void settle(RuleEntry entry, LiveRule live, SlotId slot) {
        Home home = entry.home;
        if (home == null || !home.slot.equals(slot)) {
            if (home != null && !home.slot.datasource().equals(slot.datasource())) {
                pool(home).leave(entry.key);
            }
            go(entry, slot, live);
            return;
        }
        home.replace(live);
        contents.put(home);
        Home former = entry.former;
        if (former != null
                && former.slot.datasource().equals(slot.datasource())
                && pool(former).resizeFormer(entry.key, live.bytes())) {
            former.replace(live.at(former.live.moves()));
            contents.put(former);
        }
    }

    /** The rule lives in that slot from now on; where it lived, it runs until it is seen to be the same here. */
    private void go(RuleEntry entry, SlotId slot, LiveRule live) {
        entry.former = entry.home;
        if (entry.former != null) {
            entry.moves++;
            moving.add(entry);
        }
        entry.home = new Home(slot, live.at(entry.moves));
        contents.put(entry.home);
    }

    private boolean staysAt(Home home, Pool pool, LiveRule live) {
        return pool.equals(pool(home)) && pool.staysWith(live.key(), live.bytes());
    }

    /** The rule stays where it was: there it has run all the time. A third home would be one too many to end a move. */
    private void cutShort(RuleEntry entry, Home home, Home former) {
        pool(home).remove(entry.key);
        pool(former).remove(entry.key);
        pool(former).adopt(entry.key, former.slot, former.live.bytes(), former.live.cost());
        contents.take(home);
        entry.home = former;
        entry.former = null;
        moving.remove(entry);
        quotas.live(entry.key, former.live.cost());
    }

    /**
     * Whether the rule can be taken out of its former home. A rule that is not the same in both, because it was edited,
     * may have other alerts here than there: it is given the time to show them.
     */
    private boolean isHandedOver(ObjectKey key, Home home, Home former) {
        if (home.loadedAt == null) {
            return false;
        }
        Optional<List<List<SeenAlert>>> gaining = fleet.gaining(home.slot, key, home.loadedAt);
        if (gaining.isEmpty()) {
            home.evaluatedAt = null;
            return false;
        }
        Instant now = clock.instant();
        home.evaluatedAt = Objects.requireNonNullElse(home.evaluatedAt, now);
        Optional<List<SeenAlert>> losing = fleet.losing(former.slot, home.slot, key);
        if (losing.isEmpty()) {
            return false;
        }
        GroupTimes times = GroupTimes.of(home.live.group());
        boolean same = home.live.group().equals(former.live.group())
                && home.slot.datasource().equals(former.slot.datasource());
        return Handover.lacking(losing.get(), gaining.get(), home.evaluatedAt, times.interval())
                        .isEmpty()
                || (!same
                        && now.isAfter(home.evaluatedAt
                                .plus(times.longestFor())
                                .plus(times.interval().multipliedBy(2))));
    }

    private Pool pool(Home home) {
        return shards.pool(home.slot.datasource()).orElseThrow();
    }
}
