package dev.tocsin.observe;

import java.time.Instant;

/**
 * One rule as one replica reports it.
 *
 * @param group the engine's id of the group, which its alerts name
 * @param lastEvaluation {@link Instant#EPOCH} when it was not evaluated yet
 * @param error the engine's own text, empty when the last evaluation succeeded
 * @param matchesNothing the selector fetched no series at all (VictoriaMetrics tells): the alert cannot fire
 * @param pace of its evaluations
 */
public record SeenRule(String group, Instant lastEvaluation, String error, boolean matchesNothing, Pace pace) {

    public boolean evaluatedSince(Instant time) {
        return lastEvaluation.isAfter(time);
    }
}
