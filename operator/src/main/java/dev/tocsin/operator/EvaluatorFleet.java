package dev.tocsin.operator;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.observe.EvaluatorState;
import dev.tocsin.observe.Pace;
import dev.tocsin.observe.ReplicaObserver;
import dev.tocsin.observe.ReplicaView;
import dev.tocsin.observe.ReplicaView.PaceOfAll;
import dev.tocsin.observe.RuleInSlot;
import dev.tocsin.observe.SeenAlert;
import dev.tocsin.observe.SeenRule;
import dev.tocsin.place.SlotId;
import dev.tocsin.publish.EvaluatorControl;
import dev.tocsin.publish.PodTouch;
import dev.tocsin.publish.PublishedSlots;
import dev.tocsin.publish.PublishedSlots.Revision;
import dev.tocsin.publish.ReadinessGate;
import dev.tocsin.publish.Replica;
import dev.tocsin.publish.ReplicaLoader;
import dev.tocsin.status.RuleFacts.Evaluation;
import dev.tocsin.status.RuleFacts.Lag;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The evaluator replicas that run now: what each has loaded and what each says, and the picture of a rule merged over
 * the replicas of its shard. Confined to the rule loop's thread; its loaders and observers report through the listener.
 */
public final class EvaluatorFleet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EvaluatorFleet.class);

    /** A replica may be away this long, for a restart, before anyone is told. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** After a start nothing is reported of a shard before its replicas have spoken, but no longer than this. */
    private static final Duration LONGEST_SILENCE_AT_START = Duration.ofSeconds(20);

    /** What is told by loaders and observers, on their own threads. */
    public interface Listener extends ReplicaLoader.Listener, ReplicaObserver.Listener {}

    /** The ways to the engines. */
    public record Engines(EvaluatorControl control, EvaluatorState state, PodTouch touch, ReadinessGate gate) {}

    private record Member(ReplicaView view, Map<SlotId, Long> proven, ReplicaLoader loader, ReplicaObserver observer) {}

    private final OperatorConfiguration configuration;
    private final PublishedSlots published;
    private final Engines engines;
    private final Clock clock;
    private final Listener listener;
    private final Instant started;
    private final Map<String, Map<Replica, Member>> shards = new HashMap<>();
    private final Map<String, Instant> shortSince = new HashMap<>();
    private final Map<String, Integer> reportedAnswering = new HashMap<>();
    private final Set<String> known = new HashSet<>();
    private Set<String> running = Set.of();

    EvaluatorFleet(
            OperatorConfiguration configuration,
            PublishedSlots published,
            Engines engines,
            Clock clock,
            Listener listener) {
        this.configuration = configuration;
        this.published = published;
        this.engines = engines;
        this.clock = clock;
        this.listener = listener;
        this.started = clock.instant();
    }

    /** Replicas that each shard should have. */
    int expected() {
        return Objects.requireNonNull(configuration.evaluators().replicas());
    }

    /** The shards that should run. */
    void expect(Collection<String> shards) {
        running = new TreeSet<>(shards);
        reportedAnswering.keySet().retainAll(running);
        shortSince.keySet().retainAll(running);
    }

    void appeared(Replica replica) {
        LOG.info("replica {} of {} appeared at {}", replica.pod(), replica.group(), replica.url());
        OperatorConfiguration.Observation observation = Objects.requireNonNull(configuration.observation());
        Member member = new Member(
                new ReplicaView(replica),
                new HashMap<>(),
                new ReplicaLoader(replica, published, engines.control(), engines.touch(), listener).start(),
                new ReplicaObserver(
                                replica,
                                engines.state(),
                                Duration.ofSeconds(Objects.requireNonNull(observation.alertsSeconds())),
                                Duration.ofSeconds(Objects.requireNonNull(observation.rulesSeconds())),
                                listener)
                        .start());
        close(members(replica.group()).put(replica, member));
    }

    void disappeared(Replica replica) {
        LOG.info("replica {} of {} is going", replica.pod(), replica.group());
        close(members(replica.group()).remove(replica));
    }

    @Override
    public void close() {
        shards.values().forEach(members -> members.values().forEach(EvaluatorFleet::close));
    }

    private static void close(@Nullable Member member) {
        if (member != null) {
            member.loader().close();
            member.observer().close();
        }
    }

    // ---- what replicas report ----

    void proven(Replica replica, Revision revision) {
        Member member = members(replica.group()).get(replica);
        if (member != null) {
            member.proven().merge(revision.slot(), revision.sequence(), Math::max);
        }
    }

    Set<ObjectKey> seeAlerts(Replica replica, Map<ObjectKey, List<SeenAlert>> alerts) {
        Member member = members(replica.group()).get(replica);
        return member == null ? Set.of() : member.view().seeAlerts(alerts);
    }

    Set<ObjectKey> seeRules(Replica replica, Map<RuleInSlot, SeenRule> rules, boolean complete) {
        Member member = members(replica.group()).get(replica);
        return member == null ? Set.of() : member.view().seeRules(rules, complete);
    }

    void silent(Replica replica, String why) {
        Member member = members(replica.group()).get(replica);
        if (member != null) {
            LOG.debug("{} does not answer: {}", replica.pod(), why);
            member.view().silent(clock.instant());
        }
    }

    /** Looks at this rule often until it has been evaluated. */
    void await(String shard, ObjectKey key) {
        members(shard).values().forEach(member -> member.observer().await(List.of(key)));
    }

    /** Looks at these rules often on this replica until they have been evaluated. */
    void await(Replica replica, Collection<ObjectKey> keys) {
        Member member = members(replica.group()).get(replica);
        if (member != null) {
            member.observer().await(keys);
        }
    }

    /** This replica has shown the rule as it should be. */
    void settled(Replica replica, ObjectKey key) {
        Member member = members(replica.group()).get(replica);
        if (member != null) {
            member.observer().settled(key);
        }
    }

    // ---- what is known ----

    boolean isComplete(Replica replica) {
        Member member = members(replica.group()).get(replica);
        return member != null && member.view().complete();
    }

    /** Replicas that are proven to have loaded that revision of the slot, or a later one. */
    int loadedOn(SlotId slot, long sequence) {
        return (int) members(slot.shardName()).values().stream()
                .filter(member -> member.proven().getOrDefault(slot, 0L) >= sequence)
                .count();
    }

    /** Whether enough is known of a shard to report on its rules. */
    boolean isKnown(String shard) {
        if (known.contains(shard)) {
            return true;
        }
        Collection<Member> members = members(shard).values();
        boolean now = (members.size() >= expected()
                        && members.stream().allMatch(member -> member.view().complete() && hasAll(shard, member)))
                || clock.instant().isAfter(started.plus(LONGEST_SILENCE_AT_START));
        if (now) {
            known.add(shard);
        }
        return now;
    }

    /** Whether all replicas of a shard run, answer, and have loaded what they should. */
    boolean isUp(String shard) {
        Collection<Member> members = members(shard).values();
        return members.size() >= expected()
                && members.stream().allMatch(member -> member.view().complete() && hasAll(shard, member));
    }

    /** Whether a replica answers and has loaded what it should. */
    boolean hasLoadedAll(Replica replica) {
        Member member = members(replica.group()).get(replica);
        return member != null && member.view().complete() && hasAll(replica.group(), member);
    }

    /** Whether a replica has evaluated the rule in that slot. */
    boolean isEvaluated(Replica replica, SlotId slot, ObjectKey key) {
        Member member = members(replica.group()).get(replica);
        SeenRule rule = member == null ? null : member.view().rule(key, slot.slot());
        return rule != null && !rule.lastEvaluation().equals(Instant.EPOCH);
    }

    /** The rule's alerts on some replicas, merged. */
    List<SeenAlert> alertsOn(Collection<Replica> replicas, ObjectKey key) {
        Map<Map<String, String>, SeenAlert> merged = new LinkedHashMap<>();
        for (Replica replica : replicas) {
            Member member = members(replica.group()).get(replica);
            if (member != null) {
                merge(member.view().alerts(key), merged);
            }
        }
        return new ArrayList<>(merged.values());
    }

    private boolean hasAll(String shard, Member member) {
        return published.missing(shard, member.proven()).isEmpty();
    }

    /** The rule's alerts, replicas merged: firing wins, and the earliest beginning. */
    List<SeenAlert> alerts(Collection<String> shards, ObjectKey key) {
        Map<Map<String, String>, SeenAlert> merged = new LinkedHashMap<>();
        for (String shard : shards) {
            for (Member member : members(shard).values()) {
                merge(member.view().alerts(key), merged);
            }
        }
        return new ArrayList<>(merged.values());
    }

    /**
     * The alerts of a rule in the slot that it leaves, replicas merged; empty while they are not known. A shard without
     * replicas has no alerts once it had time enough to come back.
     *
     * @param gaining the slot that it goes to, which may be one of the same shard
     */
    Optional<List<SeenAlert>> losing(SlotId slot, SlotId gaining, ObjectKey key) {
        boolean sameShard = slot.shardName().equals(gaining.shardName());
        Instant graceBegan = clock.instant().minus(GRACE);
        Collection<Member> members = members(slot.shardName()).values();
        if (members.isEmpty()) {
            Instant since = shortSince.get(slot.shardName());
            return since != null && since.isBefore(graceBegan) ? Optional.of(List.of()) : Optional.empty();
        }
        if (!isKnown(slot.shardName())) {
            return Optional.empty();
        }
        Map<Map<String, String>, SeenAlert> merged = new LinkedHashMap<>();
        for (Member member : members) {
            if (!member.view().complete() && !member.view().silentSince(graceBegan)) {
                return Optional.empty();
            }
            merge(
                    sameShard
                            ? member.view().alertsBut(key, gaining.slot())
                            : member.view().alerts(key),
                    merged);
        }
        return Optional.of(new ArrayList<>(merged.values()));
    }

    /**
     * The alerts of a rule in the slot that it goes to, of each replica; empty as long as not all replicas are there and
     * have evaluated it.
     *
     * @param since evaluations before that do not count
     */
    Optional<List<List<SeenAlert>>> gaining(SlotId slot, ObjectKey key, Instant since) {
        List<List<SeenAlert>> result = new ArrayList<>();
        for (Member member : members(slot.shardName()).values()) {
            SeenRule rule = member.view().rule(key, slot.slot());
            if (rule == null || !rule.evaluatedSince(since)) {
                return Optional.empty();
            }
            result.add(member.view().alertsOf(key, slot.slot()));
        }
        return result.size() < expected() ? Optional.empty() : Optional.of(result);
    }

    private static void merge(List<SeenAlert> alerts, Map<Map<String, String>, SeenAlert> merged) {
        alerts.forEach(alert -> merged.merge(alert.labels(), alert, EvaluatorFleet::merge));
    }

    private static SeenAlert merge(SeenAlert one, SeenAlert other) {
        SeenAlert leading = one.firing() || !other.firing() ? one : other;
        Instant activeAt = one.activeAt().isBefore(other.activeAt()) ? one.activeAt() : other.activeAt();
        return new SeenAlert(leading.firing(), leading.labels(), leading.value(), activeAt, leading.group());
    }

    /** The error of each replica that has evaluated the rule, empty where there is none. */
    List<String> errors(SlotId slot, ObjectKey key) {
        return members(slot.shardName()).values().stream()
                .map(member -> member.view().rule(key, slot.slot()))
                .filter(rule -> rule != null && !rule.lastEvaluation().equals(Instant.EPOCH))
                .map(SeenRule::error)
                .toList();
    }

    /** What the replicas say of the rule's evaluation. */
    Evaluation evaluation(SlotId slot, ObjectKey key) {
        String shard = slot.shardName();
        boolean evaluated = false;
        boolean matchesNothing = true;
        String error = "";
        Instant errorAt = Instant.EPOCH;
        Pace.Grade best = Pace.Grade.Overdue;
        Pace pace = Pace.NONE;
        for (Member member : members(shard).values()) {
            SeenRule rule = member.view().rule(key, slot.slot());
            if (rule != null && !rule.lastEvaluation().equals(Instant.EPOCH)) {
                Pace.Grade grade = member.view().grade(key, slot.slot());
                if (!evaluated || grade.compareTo(best) < 0) {
                    best = grade;
                    pace = rule.pace();
                }
                evaluated = true;
                matchesNothing &= rule.matchesNothing();
                if (!rule.error().isEmpty() && rule.lastEvaluation().isAfter(errorAt)) {
                    error = rule.error();
                    errorAt = rule.lastEvaluation();
                }
            }
        }
        Optional<Lag> lag = !evaluated || best == Pace.Grade.InTime
                ? Optional.empty()
                : Optional.of(new Lag(best == Pace.Grade.Overdue, pace.interval(), pace.took()));
        return new Evaluation(evaluated, error, evaluated && matchesNothing, lag, answering(shard), expected());
    }

    /**
     * How the shards do.
     *
     * @param answering replicas that answer
     * @param replicas how many there should be
     * @param pace of the replica that does worst, one figure at a time
     */
    record Health(int answering, int replicas, PaceOfAll pace) {}

    /** How each running shard does, by its name. */
    Map<String, Health> health() {
        Map<String, Health> result = new TreeMap<>();
        for (String shard : running) {
            PaceOfAll worst = members(shard).values().stream()
                    .map(member -> member.view().paceOfAll())
                    .reduce(
                            new PaceOfAll(0, 0, 0),
                            (one, other) -> new PaceOfAll(
                                    Math.max(one.late(), other.late()),
                                    Math.max(one.slowest(), other.slowest()),
                                    Math.max(one.atOnce(), other.atOnce())));
            result.put(shard, new Health(answering(shard), expected(), worst));
        }
        return result;
    }

    /** Replicas that answer; one that is away for a short time counts as there. */
    private int answering(String shard) {
        return reportedAnswering.getOrDefault(shard, expected());
    }

    /** The shards of which more or fewer replicas answer than at the last call. */
    List<String> shardsWithNewHealth() {
        Instant now = clock.instant();
        List<String> result = new ArrayList<>();
        for (String shard : running) {
            int answering = answering(shard, now);
            if (answering != answering(shard)) {
                LOG.info("{} of {} replicas of {} answer", answering, expected(), shard);
                reportedAnswering.put(shard, answering);
                result.add(shard);
            }
        }
        return result;
    }

    private int answering(String shard, Instant now) {
        Collection<Member> members = members(shard).values();
        int answering = (int) members.stream()
                .filter(member -> !member.view().silentSince(now.minus(GRACE)))
                .count();
        if (members.size() >= expected()) {
            shortSince.remove(shard);
        } else if (shortSince.computeIfAbsent(shard, name -> now).isAfter(now.minus(GRACE))) {
            answering += expected() - members.size();
        }
        return Math.min(answering, expected());
    }

    private Map<Replica, Member> members(String shard) {
        return shards.computeIfAbsent(shard, name -> new HashMap<>());
    }
}
