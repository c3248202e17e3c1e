package dev.tocsin.status;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which write is next: what is offered replaces what waits for the same target; urgent ones go first, then the oldest. One
 * that failed comes again later each time, unless something newer is there; meanwhile it holds up no other.
 *
 * <p>All times are of {@link System#nanoTime()}. Not safe for use by several threads at once.
 *
 * @param <T> what is written to
 * @param <C> what is written
 */
final class WriteQueue<T, C> {
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Duration firstPause;
    private final SequencedMap<T, Write<T, C>> urgent = new LinkedHashMap<>();
    private final SequencedMap<T, Write<T, C>> waiting = new LinkedHashMap<>();
    private final Map<T, Later<T, C>> later = new HashMap<>();
    private long nextLater;
    private final Set<T> underWay = new HashSet<>();

    /**
     * One write.
     *
     * @param urgent whether it goes before what waits already
     * @param failures how often it has failed
     */
    record Write<T, C>(T target, C content, boolean urgent, int failures) {

        private Write<T, C> asUrgent() {
            return new Write<>(target, content, true, failures);
        }

        private Write<T, C> again() {
            return new Write<>(target, content, urgent, failures + 1);
        }
    }

    /** A failed write that is tried again, and when. */
    private record Later<T, C>(Write<T, C> write, long due) {}

    /** @param firstPause before a failed write comes again; each further one is twice as long */
    WriteQueue(Duration firstPause) {
        this.firstPause = firstPause;
    }

    /** Takes the place of what waits for the target; what it replaces was urgent, so it is too. */
    void offer(T target, C content, boolean isUrgent) {
        Write<T, C> write = new Write<>(target, content, isUrgent, 0);
        Later<T, C> failedBefore = later.remove(target);
        if (isUrgent
                || urgent.containsKey(target)
                || (failedBefore != null && failedBefore.write().urgent())) {
            waiting.remove(target);
            urgent.put(target, write.asUrgent());
        } else {
            waiting.put(target, write);
        }
    }

    /**
     * Takes the next one, which is under way from now on; null when none may go. No target is written twice at the same
     * time: what is later would be overtaken by what is earlier.
     */
    @Nullable
    Write<T, C> next(long now) {
        bringBack(now);
        for (Map<T, Write<T, C>> queue : List.of(urgent, waiting)) {
            for (T target : queue.keySet()) {
                if (underWay.add(target)) {
                    return queue.remove(target);
                }
            }
        }
        return null;
    }

    /** Until the first of those that have failed and are not due comes again. */
    long nanosToLater(long now) {
        bringBack(now);
        return later.isEmpty() ? Long.MAX_VALUE : nextLater - now;
    }

    /** It is under way no more. */
    void isDone(Write<T, C> write) {
        underWay.remove(write.target());
    }

    /** One that is done without success is the next one again, unless there is something newer. */
    void putBack(Write<T, C> write) {
        if (!givesWayToNewer(write)) {
            queueOf(write).putFirst(write.target(), write);
        }
    }

    /**
     * One that is done without success comes again later, unless there is something newer.
     *
     * @param pause the least time until then
     */
    void repeat(Write<T, C> write, long now, Duration pause) {
        if (givesWayToNewer(write)) {
            return;
        }
        long own = Math.min(firstPause.toNanos() << Math.min(write.failures(), 10), LONGEST_PAUSE.toNanos());
        long due = now + Math.max(pause.toNanos(), own);
        nextLater = later.isEmpty() || due - nextLater < 0 ? due : nextLater;
        later.put(write.target(), new Later<>(write.again(), due));
    }

    int underWay() {
        return underWay.size();
    }

    /** Writes that wait or are under way. */
    int size() {
        return urgent.size() + waiting.size() + later.size() + underWay.size();
    }

    /** Has those wait again whose pause is over. */
    private void bringBack(long now) {
        if (later.isEmpty() || nextLater - now > 0) {
            return;
        }
        List<Later<T, C>> due =
                later.values().stream().filter(one -> one.due() - now <= 0).toList();
        for (Later<T, C> one : due) {
            later.remove(one.write().target());
            queueOf(one.write()).put(one.write().target(), one.write());
        }
        nextLater = now
                + later.values().stream()
                        .mapToLong(one -> one.due() - now)
                        .min()
                        .orElse(0);
    }

    /** What was offered meanwhile is as urgent as what it replaces. */
    private boolean givesWayToNewer(Write<T, C> write) {
        Write<T, C> newer = waiting.get(write.target());
        if (write.urgent() && newer != null) {
            waiting.remove(write.target());
            urgent.put(write.target(), newer.asUrgent());
        }
        return urgent.containsKey(write.target()) || waiting.containsKey(write.target());
    }

    private SequencedMap<T, Write<T, C>> queueOf(Write<T, C> write) {
        return write.urgent() ? urgent : waiting;
    }
}
