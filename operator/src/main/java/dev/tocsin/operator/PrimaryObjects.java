package dev.tocsin.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one kind, and who is told that one is there or gone. What counts is the informer's cache, not the event.
 *
 * <p>JOSDK (5.3.2, EventProcessor) with triggerReconcilerOnAllEvents reconciles a deletion with the object that was made anew
 * under the same name, when that is in the cache by then; and with the end of that reconciliation it forgets all that it
 * was told of the name, so that nobody hears of an object that was made meanwhile. Hence each deletion is followed by
 * a second look.
 */
final class PrimaryObjects<T extends HasMetadata> {
    private static final Executor A_WHILE_LATER = CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS);

    private final Consumer<T> there;
    private final Consumer<T> gone;
    private volatile @Nullable IndexedResourceCache<T> cache;

    /**
     * @param there told of an object that is there; also again, with nothing changed
     * @param gone told of one that is not; also again
     */
    PrimaryObjects(Consumer<T> there, Consumer<T> gone) {
        this.there = there;
        this.gone = gone;
    }

    /** From now on objects are looked for there. */
    void readFrom(IndexedResourceCache<T> informer) {
        cache = informer;
    }

    /** All that are there; to be asked once the operator has started. */
    Stream<T> list() {
        return Objects.requireNonNull(cache).list();
    }

    /** Tells of an object that JOSDK has reconciled. */
    void reconcile(T object, Context<T> context) {
        if (!context.isPrimaryResourceDeleted()) {
            there.accept(object);
            return;
        }
        ResourceID id = ResourceID.fromResource(object);
        if (find(id).isEmpty()) {
            gone.accept(object);
        } else {
            look(id);
        }
        A_WHILE_LATER.execute(() -> look(id));
    }

    /** One that goes while it is told of is not left behind. */
    private void look(ResourceID id) {
        find(id).ifPresent(object -> {
            there.accept(object);
            if (find(id).isEmpty()) {
                gone.accept(object);
            }
        });
    }

    private Optional<T> find(ResourceID id) {
        return Objects.requireNonNull(cache).get(id);
    }
}
