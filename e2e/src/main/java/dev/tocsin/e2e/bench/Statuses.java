package dev.tocsin.e2e.bench;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.api.v1alpha1.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The statuses of all AlertRules as a watch brings them, with the time at which each fact was first seen. */
final class Statuses implements Watcher<AlertRule>, AutoCloseable {
    private final Map<String, Seen> rules = new HashMap<>();
    private final Watch watch;

    /**
     * One rule's status.
     *
     * @param loadedGeneration the newest generation that was shown with Loaded=True; 0 for none
     * @param loadedNanos when that was first shown, by the monotonic clock
     * @param stateNanos when the state was first shown, by the monotonic clock
     * @param stateAt the same by the clock
     * @param activeAt since when its oldest alert is active; null without alerts
     * @param shard that evaluates it; null while none does
     */
    record Seen(
            long loadedGeneration,
            long loadedNanos,
            @Nullable AlertRuleState state,
            long stateNanos,
            Instant stateAt,
            @Nullable Instant activeAt,
            @Nullable String shard) {}

    private static final Seen NOTHING = new Seen(0, 0, null, 0, Instant.EPOCH, null, null);

    Statuses(KubernetesClient client) {
        this.watch = client.resources(AlertRule.class).inNamespace(Rig.TEAM).watch(this);
    }

    @Override
    public synchronized void eventReceived(Action action, AlertRule rule) {
        String name = rule.getMetadata().getName();
        if (action == Action.DELETED) {
            rules.remove(name);
        } else if (rule.getStatus() != null) {
            rules.put(name, next(rules.getOrDefault(name, NOTHING), rule.getStatus()));
        }
        notifyAll();
    }

    private static Seen next(Seen before, AlertRuleStatus status) {
        long now = System.nanoTime();
        long loaded = loadedGeneration(status);
        boolean newlyLoaded = loaded > before.loadedGeneration();
        boolean newState = status.state() != before.state();
        return new Seen(
                newlyLoaded ? loaded : before.loadedGeneration(),
                newlyLoaded ? now : before.loadedNanos(),
                status.state(),
                newState ? now : before.stateNanos(),
                newState ? Instant.now() : before.stateAt(),
                status.alerts() == null || status.alerts().isEmpty()
                        ? null
                        : Instant.parse(Objects.requireNonNull(
                                status.alerts().getFirst().activeAt())),
                status.evaluator() == null ? null : status.evaluator().shard());
    }

    private static long loadedGeneration(AlertRuleStatus status) {
        return Objects.requireNonNullElse(status.conditions(), List.<Condition>of()).stream()
                .filter(condition ->
                        condition.type().equals("Loaded") && condition.status().equals("True"))
                .mapToLong(condition -> Objects.requireNonNullElse(condition.observedGeneration(), 0L))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void onClose(WatcherException cause) {
        System.err.println("the watch of AlertRules ended: " + cause.getMessage());
    }

    /** Waits until so many rules are as wanted; their statuses. */
    synchronized Collection<Seen> await(int count, String what, Duration atMost, Predicate<Seen> wanted)
            throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            List<Seen> found = rules.values().stream().filter(wanted).toList();
            if (found.size() >= count) {
                return found;
            }
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new IllegalStateException(
                        "only %d of %d rules within %d s: %s".formatted(found.size(), count, atMost.toSeconds(), what));
            }
            // Not at every event: looking at all of them costs more than it brings.
            wait(Math.min(left, 100));
            if (count > 1) {
                wait(Math.min(left, 50));
            }
        }
    }

    /** Waits until so many rules are loaded everywhere; when the last of them was seen to be, by the monotonic clock. */
    long awaitLoaded(int count, Duration atMost) throws InterruptedException {
        return await(count, "Loaded=True", atMost, seen -> seen.loadedGeneration() > 0).stream()
                .mapToLong(Seen::loadedNanos)
                .max()
                .orElseThrow();
    }

    /** Waits until this generation of one rule is loaded everywhere; when that was seen, by the monotonic clock. */
    synchronized long awaitLoaded(String name, long generation, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (rules.getOrDefault(name, NOTHING).loadedGeneration() < generation) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new IllegalStateException("generation %d of %s was not loaded within %d s: %s"
                        .formatted(generation, name, atMost.toSeconds(), rules.get(name)));
            }
            wait(left);
        }
        return rules.getOrDefault(name, NOTHING).loadedNanos();
    }

    /** By the name of each rule, the shard that evaluates it; rules that none evaluates are left out. */
    synchronized Map<String, String> shards() {
        Map<String, String> result = new HashMap<>();
        rules.forEach((name, seen) -> {
            if (seen.shard() != null) {
                result.put(name, seen.shard());
            }
        });
        return result;
    }

    synchronized int count() {
        return rules.size();
    }

    synchronized @Nullable Seen get(String name) {
        return rules.get(name);
    }

    @Override
    public void close() {
        watch.close();
    }
}
