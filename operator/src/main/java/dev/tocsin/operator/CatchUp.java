package dev.tocsin.operator;

import dev.tocsin.compile.GroupTimes;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.observe.SeenAlert;
import dev.tocsin.publish.ReadinessGate;
import dev.tocsin.publish.Replica;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a new evaluator replica count as ready once it does what the others of its shard do: it has loaded and evaluated all
 * rules, and shows their alerts as those replicas show them that have caught up before. Confined to the rule loop's
 * thread; the gate is asked and opened beside it.
 */
final class CatchUp {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
    private static final Duration RETRY = Duration.ofSeconds(10);

    private final EvaluatorFleet fleet;
    private final SlotContents contents;
    private final ReadinessGate gate;
    private final Duration longest;
    private final Clock clock;
    private final BiConsumer<Replica, Answer> answered;
    private final Map<Replica, Progress> replicas = new HashMap<>();

    /** What is known of a replica's gate. */
    enum Answer {
        Open,
        Closed,
        /** It could not be asked. */
        Unknown
    }

    private static final class Progress {
        final Instant since;
        Answer gate = Answer.Unknown;
        Instant askAfter = Instant.EPOCH;

        /** When it was first seen to have evaluated all rules. */
        @Nullable
        Instant evaluatedAt;

        Progress(Instant since) {
            this.since = since;
        }
    }

    /**
     * @param longest after which a replica that has loaded all rules counts as ready, whatever it shows
     * @param answered to be told of the gate's answers, from other threads; {@link #answered} takes them
     */
    CatchUp(
            EvaluatorFleet fleet,
            SlotContents contents,
            ReadinessGate gate,
            Duration longest,
            Clock clock,
            BiConsumer<Replica, Answer> answered) {
        this.fleet = fleet;
        this.contents = contents;
        this.gate = gate;
        this.longest = longest;
        this.clock = clock;
        this.answered = answered;
    }

    void appeared(Replica replica) {
        replicas.put(replica, new Progress(clock.instant()));
    }

    void disappeared(Replica replica) {
        replicas.remove(replica);
    }

    void answered(Replica replica, Answer answer) {
        Progress progress = replicas.get(replica);
        if (progress != null) {
            progress.gate = answer;
            progress.askAfter =
                    answer == Answer.Closed ? Instant.EPOCH : clock.instant().plus(RETRY);
        }
    }

    /** Looks how far each replica is that does not count as ready yet. */
    void follow() {
        Instant now = clock.instant();
        replicas.forEach((replica, progress) -> {
            if (progress.gate == Answer.Open || now.isBefore(progress.askAfter)) {
                return;
            }
            if (progress.gate == Answer.Unknown) {
                progress.askAfter = Instant.MAX;
                ask(replica);
            } else if (hasCaughtUp(replica, progress, now)) {
                progress.askAfter = Instant.MAX;
                open(replica);
            }
        });
    }

    private void ask(Replica replica) {
        Thread.ofVirtual().name("gate").start(() -> {
            try {
                answered.accept(replica, gate.isOpen(replica) ? Answer.Open : Answer.Closed);
            } catch (RuntimeException e) {
                LOG.warn("whether {} is ready cannot be read, it is tried again: {}", replica.pod(), e.getMessage());
                answered.accept(replica, Answer.Unknown);
            }
        });
    }

    private void open(Replica replica) {
        Thread.ofVirtual().name("gate").start(() -> {
            try {
                gate.open(replica);
                LOG.info("{} has caught up", replica.pod());
                answered.accept(replica, Answer.Open);
            } catch (RuntimeException e) {
                LOG.warn("{} cannot be made ready, it is tried again: {}", replica.pod(), e.getMessage());
                answered.accept(replica, Answer.Unknown);
            }
        });
    }

    private boolean hasCaughtUp(Replica replica, Progress progress, Instant now) {
        if (!fleet.hasLoadedAll(replica)) {
            return false;
        }
        if (now.isAfter(progress.since.plus(longest))) {
            LOG.warn(
                    "{} has not caught up after {} s and counts as ready all the same",
                    replica.pod(),
                    longest.toSeconds());
            return true;
        }
        List<Replica> others = replicas.keySet().stream()
                .filter(other -> !other.equals(replica) && other.group().equals(replica.group()))
                .toList();
        if (others.stream().anyMatch(other -> gateOf(other) == Answer.Unknown)) {
            return false;
        }
        List<Replica> models =
                others.stream().filter(other -> gateOf(other) == Answer.Open).toList();
        Collection<Home> homes = contents.homesIn(replica.group());
        List<ObjectKey> lacking = homes.stream()
                .filter(home -> !isEvaluated(replica, home)
                        && (models.isEmpty() || models.stream().anyMatch(model -> isEvaluated(model, home))))
                .map(home -> home.live.key())
                .toList();
        if (!lacking.isEmpty()) {
            fleet.await(replica, lacking);
            return false;
        }
        Instant evaluatedAt = Objects.requireNonNullElse(progress.evaluatedAt, now);
        progress.evaluatedAt = evaluatedAt;
        return homes.stream()
                .collect(Collectors.toMap(home -> home.live.key(), home -> home, (one, other) -> one))
                .values()
                .stream()
                .allMatch(home -> shows(replica, models, home, evaluatedAt));
    }

    private boolean isEvaluated(Replica replica, Home home) {
        return fleet.isEvaluated(replica, home.slot, home.live.key());
    }

    private Answer gateOf(Replica replica) {
        return Objects.requireNonNull(replicas.get(replica)).gate;
    }

    private boolean shows(Replica replica, List<Replica> models, Home home, Instant evaluatedAt) {
        List<SeenAlert> theirs = fleet.alertsOn(models, home.live.key());
        return theirs.isEmpty()
                || Handover.lacking(
                                theirs,
                                List.of(fleet.alertsOn(List.of(replica), home.live.key())),
                                evaluatedAt,
                                GroupTimes.of(home.live.group()).interval())
                        .isEmpty();
    }
}
