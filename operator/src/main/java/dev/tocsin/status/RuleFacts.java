package dev.tocsin.status;

import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.delivery.Forecast;
import dev.tocsin.observe.SeenAlert;
import dev.tocsin.observe.SentTo;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that the status of an AlertRule is made from.
 *
 * @param generation the object's newest generation
 * @param standing what has been decided of that generation
 * @param live what the evaluators should be running now, null when nothing
 * @param evaluation what the shard's replicas say
 * @param alerts the rule's active alerts, replicas merged
 * @param alertmanagerHasSpoken whether it is known where firing alerts go: not just after a start
 * @param forecast where its alerts would go; null when that is not worked out yet
 * @param sentTo where its firing alerts go, as Alertmanager says; null when it has none of them
 */
public record RuleFacts(
        long generation,
        Standing standing,
        @Nullable Live live,
        Evaluation evaluation,
        List<SeenAlert> alerts,
        boolean alertmanagerHasSpoken,
        @Nullable Forecast forecast,
        @Nullable SentTo sentTo) {

    /** What has been decided of a generation. */
    public sealed interface Standing {
        /** Nothing yet: it waits for the engine's verdict. */
        record Undecided() implements Standing {}

        /** It may run. */
        record Accepted() implements Standing {}

        /** It was accepted, and is to be out of the evaluators. */
        record Paused() implements Standing {}

        /** It may not run. */
        record Refused(Verdict.Refused verdict) implements Standing {}
    }

    /**
     * What was published last.
     *
     * @param generation from which it was compiled
     * @param loadedOn replicas that are proven to have loaded it
     * @param replicas how many there should be
     * @param wasLoaded whether all of them have been proven at some time: a replica that comes later does not undo it
     */
    public record Live(long generation, String shard, int loadedOn, int replicas, boolean wasLoaded) {}

    /**
     * What the replicas say of the rule.
     *
     * @param evaluated whether it has been evaluated at all
     * @param error the engine's text, empty when there is none
     * @param matchesNothing the expression selects no series
     * @param lag how evaluations do not keep up with the interval, on the replica where they do best; empty when they do
     * @param answering replicas that answer
     * @param replicas replicas that should
     */
    public record Evaluation(
            boolean evaluated, String error, boolean matchesNothing, Optional<Lag> lag, int answering, int replicas) {

        /** Of a rule that keeps up. */
        public Evaluation(boolean evaluated, String error, boolean matchesNothing, int answering, int replicas) {
            this(evaluated, error, matchesNothing, Optional.empty(), answering, replicas);
        }
    }

    /**
     * How evaluations do not keep up.
     *
     * @param overdue nothing is evaluated any more, rather than less often than it should
     * @param interval seconds
     * @param took seconds that an evaluation takes
     */
    public record Lag(boolean overdue, double interval, double took) {}
}
