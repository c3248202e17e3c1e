package dev.tocsin.status;

import dev.tocsin.api.v1alpha1.Condition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds the conditions of one object: a condition whose status did not change keeps its transition time, so that an
 * unchanged object gives an equal list.
 */
public final class Conditions {
    private static final int LONGEST_MESSAGE = 4096;

    private final List<Condition> previous;
    private final long generation;
    private final Instant now;
    private final List<Condition> conditions = new ArrayList<>();

    /**
     * @param previous the object's conditions so far
     * @param generation the generation to which the new ones refer
     */
    public Conditions(@Nullable List<Condition> previous, long generation, Instant now) {
        this.previous = previous == null ? List.of() : previous;
        this.generation = generation;
        this.now = now;
    }

    /** Whether something holds. */
    public enum Truth {
        True,
        False,
        Unknown
    }

    /**
     * Adds a condition.
     *
     * @param reason one word in CamelCase, for programs
     * @param message for people: what is so, where, and what to do about it
     */
    public Conditions add(String type, Truth truth, String reason, String message) {
        String time = find(previous, type)
                .filter(before -> before.status().equals(truth.name()))
                .map(Condition::lastTransitionTime)
                .orElseGet(() -> timestamp(now));
        conditions.add(
                new Condition(type, truth.name(), generation, time, reason, Cut.after(LONGEST_MESSAGE, message)));
        return this;
    }

    /** The conditions in the order in which they were added. */
    public List<Condition> list() {
        return List.copyOf(conditions);
    }

    /** The condition of that type. */
    public static Optional<Condition> find(@Nullable List<Condition> conditions, String type) {
        return conditions == null
                ? Optional.empty()
                : conditions.stream()
                        .filter(condition -> condition.type().equals(type))
                        .findFirst();
    }

    /** A time as Kubernetes writes it: RFC 3339, whole seconds, UTC. */
    public static String timestamp(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
