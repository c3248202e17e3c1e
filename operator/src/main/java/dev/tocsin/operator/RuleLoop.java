package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.compile.Compilation;
import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.delivery.Forecast;
import dev.tocsin.compile.delivery.Routing;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.configuration.OperatorConfiguration.Datasource;
import dev.tocsin.observe.SeenAlert;
import dev.tocsin.observe.SeenRule;
import dev.tocsin.observe.SentTo;
import dev.tocsin.place.Pool;
import dev.tocsin.place.SlotId;
import dev.tocsin.publish.LiveRule;
import dev.tocsin.publish.PublishedSlots;
import dev.tocsin.publish.PublishedSlots.Revision;
import dev.tocsin.publish.Replica;
import dev.tocsin.publish.RuleSlots;
import dev.tocsin.publish.SlotFile;
import dev.tocsin.publish.StoredSlot;
import dev.tocsin.status.AlertRuleStatusFactory;
import dev.tocsin.status.EventWriter;
import dev.tocsin.status.RuleEvents;
import dev.tocsin.status.RuleFacts;
import dev.tocsin.status.RuleFacts.Standing;
import dev.tocsin.status.StatusWriter;
import dev.tocsin.vet.RuleVetter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries rules from their objects to the evaluators, and what the evaluators say back into the objects' status.
 *
 * <p>One thread owns all state and only decides; whatever waits for something outside (the engine's verdict, the
 * Kubernetes API) runs beside it and comes back as an event. At most one publication is on its way at a time, so that
 * changes which come meanwhile are published together.
 */
public final class RuleLoop implements RouteListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RuleLoop.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final OperatorConfiguration configuration;
    private final RuleVetter vetter;
    private final RuleSlots slots;
    private final PublishedSlots published;
    private final EvaluatorFleet fleet;
    private final StatusWriter statusWriter;
    private final EventWriter eventWriter;
    private final Runnable retireObsoleteShards;
    private final Clock clock;
    private final Timer vetTime;
    private final Timer publishTime;
    private final Timer propagationTime;

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.ofPlatform().name("rules").unstarted(this::run);
    private final AtomicBoolean loaded = new AtomicBoolean();

    // Confined to the thread from here on.
    private final Map<ObjectKey, RuleEntry> entries = new HashMap<>();
    private final Map<String, Pool> pools = new TreeMap<>();
    private final Map<SlotId, Map<ObjectKey, LiveRule>> contents = new HashMap<>();
    private final Map<String, Set<ObjectKey>> unloaded = new HashMap<>();
    private final Set<ObjectKey> toVet = new LinkedHashSet<>();
    private final Set<SlotId> toWrite = new HashSet<>();
    private final Set<SlotId> damaged = new HashSet<>();
    private final Set<SlotId> obsolete = new HashSet<>();
    private final Set<ObjectKey> touched = new LinkedHashSet<>();
    private final Coalescer coalescer = new Coalescer();
    private Map<ObjectKey, SentTo> sentTo = Map.of();
    private boolean sentToKnown;
    private @Nullable Routing routing;
    private volatile Predicate<ObjectKey> exists = key -> true;
    private boolean publishing;
    private long retryNanos;

    /** What can happen. */
    private sealed interface Event {
        record Changed(
                ObjectKey key,
                RuleEntry.Seen seen,
                @Nullable AlertRuleStatus status) implements Event {}

        record Deleted(ObjectKey key) implements Event {}

        record Vetted(Map<CompiledRule, Verdict> verdicts) implements Event {}

        record Written(Map<SlotId, SlotFile> written, Set<SlotId> failed) implements Event {}

        record SlotDamaged(SlotId slot) implements Event {}

        record ReplicaAppeared(Replica replica) implements Event {}

        record ReplicaGone(Replica replica) implements Event {}

        record Proven(Replica replica, Revision revision) implements Event {}

        record AlertsSeen(Replica replica, Map<ObjectKey, List<SeenAlert>> alerts) implements Event {}

        record RulesSeen(Replica replica, Map<ObjectKey, SeenRule> rules, boolean complete) implements Event {}

        record Silent(Replica replica, String why) implements Event {}

        record Sent(Map<ObjectKey, SentTo> sentTo) implements Event {}

        record Routes(Routing routing) implements Event {}
    }

    public RuleLoop(
            OperatorConfiguration configuration,
            RuleVetter vetter,
            RuleSlots slots,
            PublishedSlots published,
            EvaluatorFleet.Engines engines,
            StatusWriter statusWriter,
            EventWriter eventWriter,
            Runnable retireObsoleteShards,
            MeterRegistry metrics,
            Clock clock) {
        this.configuration = configuration;
        this.vetter = vetter;
        this.slots = slots;
        this.published = published;
        this.statusWriter = statusWriter;
        this.eventWriter = eventWriter;
        this.retireObsoleteShards = retireObsoleteShards;
        this.clock = clock;
        this.fleet = new EvaluatorFleet(configuration, published, engines, clock, new EvaluatorFleet.Listener() {
            @Override
            public void proven(Replica replica, Revision revision) {
                events.add(new Event.Proven(replica, revision));
            }

            @Override
            public void alertsSeen(Replica replica, Map<ObjectKey, List<SeenAlert>> alerts) {
                events.add(new Event.AlertsSeen(replica, alerts));
            }

            @Override
            public void rulesSeen(Replica replica, Map<ObjectKey, SeenRule> rules, boolean complete) {
                events.add(new Event.RulesSeen(replica, rules, complete));
            }

            @Override
            public void silent(Replica replica, String why) {
                events.add(new Event.Silent(replica, why));
            }
        });
        for (Datasource datasource : configuration.datasources()) {
            Pool pool = new Pool(
                    datasource.name(),
                    datasource.shards(),
                    configuration.evaluators().slots(),
                    configuration.evaluators().slotBytes());
            pools.put(datasource.name(), pool);
            for (int shard = 0; shard < datasource.shards(); shard++) {
                ShardMetrics.register(metrics, pool, datasource.name(), shard);
            }
        }
        this.vetTime = timer(metrics, "tocsin.vet", "Time that the engine takes for its verdicts on one batch");
        this.publishTime = timer(metrics, "tocsin.publish", "Time to write the slots of one publication");
        this.propagationTime = timer(
                metrics, "tocsin.propagation", "Time from the change of an AlertRule to its proof on all replicas");
    }

    private static Timer timer(MeterRegistry metrics, String name, String description) {
        return Timer.builder(name)
                .description(description)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(10))
                .maximumExpectedValue(Duration.ofMinutes(2))
                .register(metrics);
    }

    /**
     * Begins: reads what is published, then takes events; returns at once.
     *
     * @param exists whether there is an AlertRule of that key: what is published without one is taken out
     */
    public void start(Predicate<ObjectKey> exists) {
        this.exists = exists;
        thread.start();
    }

    /** Whether what is published has been read, so that changes are worked on. */
    public boolean isWorking() {
        return loaded.get() && thread.isAlive();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        fleet.close();
    }

    /** An AlertRule is there, or has another generation. */
    public void changed(AlertRule rule, Compilation compilation) {
        events.add(new Event.Changed(
                new ObjectKey(
                        rule.getMetadata().getNamespace(), rule.getMetadata().getName()),
                new RuleEntry.Seen(
                        rule.getMetadata().getUid(), rule.getMetadata().getGeneration(), compilation),
                rule.getStatus()));
    }

    /** An AlertRule is gone. */
    public void deleted(ObjectKey key) {
        events.add(new Event.Deleted(key));
    }

    /** An evaluator pod runs. */
    public void appeared(Replica replica) {
        events.add(new Event.ReplicaAppeared(replica));
    }

    /** An evaluator pod is going. */
    public void disappeared(Replica replica) {
        events.add(new Event.ReplicaGone(replica));
    }

    @Override
    public void sent(Map<ObjectKey, SentTo> now) {
        events.add(new Event.Sent(now));
    }

    @Override
    public void routes(Routing now) {
        events.add(new Event.Routes(now));
    }

    /** A slot is not, or no more, as this loop wrote it. */
    public void damaged(SlotId slot) {
        events.add(new Event.SlotDamaged(slot));
    }

    private void run() {
        try {
            readPublished();
            long nextTick = System.nanoTime();
            while (true) {
                List<Event> batch = new ArrayList<>();
                Event first = events.poll(nanosToWait(nextTick), TimeUnit.NANOSECONDS);
                if (first != null) {
                    batch.add(first);
                    events.drainTo(batch);
                }
                batch.forEach(this::handleSafely);
                if (System.nanoTime() >= nextTick) {
                    nextTick = System.nanoTime() + TICK.toNanos();
                    tick();
                }
                publishWhatIsDue();
                report();
            }
        } catch (InterruptedException e) {
            LOG.info("rule loop stops");
        }
    }

    private long nanosToWait(long nextTick) {
        long now = System.nanoTime();
        long untilDue = publishing ? Long.MAX_VALUE : Math.max(coalescer.nanosUntilDue(now), retryNanos - now);
        return Math.max(0, Math.min(nextTick - now, untilDue));
    }

    /** One event that cannot be handled must not end the loop for all others. */
    private void handleSafely(Event event) {
        try {
            handle(event);
        } catch (RuntimeException e) {
            LOG.error("an event could not be handled: {}", event, e);
        }
    }

    private void handle(Event event) {
        switch (event) {
            case Event.Changed(var key, var seen, var status) -> change(key, seen, status);
            case Event.Deleted(var key) -> delete(key);
            case Event.Vetted(var verdicts) -> judge(verdicts);
            case Event.Written(var written, var failed) -> confirm(written, failed);
            case Event.SlotDamaged(var slot) -> repair(slot);
            case Event.ReplicaAppeared(var replica) -> {
                fleet.appeared(replica);
                touchShard(replica.group());
            }
            case Event.ReplicaGone(var replica) -> {
                fleet.disappeared(replica);
                touchShard(replica.group());
            }
            case Event.Proven(var replica, var revision) -> proven(replica, revision);
            case Event.AlertsSeen(var replica, var alerts) -> {
                boolean wasComplete = fleet.isComplete(replica);
                touched.addAll(fleet.seeAlerts(replica, alerts));
                touchIfNowComplete(replica, wasComplete);
            }
            case Event.RulesSeen(var replica, var rules, var complete) -> {
                boolean wasComplete = fleet.isComplete(replica);
                touched.addAll(fleet.seeRules(replica, rules, complete));
                rules.forEach((key, rule) -> stopAwaiting(replica, key, rule));
                touchIfNowComplete(replica, wasComplete);
            }
            case Event.Silent(var replica, var why) -> fleet.silent(replica, why);
            case Event.Sent(var now) -> follow(now);
            case Event.Routes(var now) -> follow(now);
        }
    }

    // ---- start ----

    /**
     * Before any event is handled: a change that is weighed against slots which are not read yet would look new, and its
     * rule be placed anew.
     */
    private void readPublished() throws InterruptedException {
        Map<SlotId, StoredSlot> found = readSlots();
        found.forEach((slot, stored) -> {
            if (isObsolete(slot)) {
                obsolete.add(slot);
                return;
            }
            Map<ObjectKey, LiveRule> content = contents.computeIfAbsent(slot, id -> new HashMap<>());
            for (LiveRule rule : stored.rules()) {
                adopt(slot, rule, content);
            }
            Revision revision = published.published(
                    slot, SlotFile.of(slot, content.values()).revision());
            content.keySet().forEach(key -> entry(key).sequence = revision.sequence());
            if (!revision.name().equals(stored.revision())) {
                markForWriting(slot);
            }
        });
        entries.keySet().stream().filter(key -> !exists.test(key)).toList().forEach(this::delete);
        LOG.info("{} rules are published in {} slots", entries.size(), contents.size());
        loaded.set(true);
    }

    private Map<SlotId, StoredSlot> readSlots() throws InterruptedException {
        while (true) {
            try {
                return slots.readAll();
            } catch (RuntimeException e) {
                LOG.error("what is published cannot be read, it is tried again: {}", e.getMessage());
                Thread.sleep(RETRY);
            }
        }
    }

    private boolean isObsolete(SlotId slot) {
        Pool pool = pools.get(slot.datasource());
        return pool == null
                || slot.shard() >= pool.shards()
                || slot.slot() >= configuration.evaluators().slots();
    }

    private void adopt(SlotId slot, LiveRule rule, Map<ObjectKey, LiveRule> content) {
        boolean first = !entries.containsKey(rule.key());
        if (first && pool(slot).adopt(rule.key(), slot, rule.bytes(), rule.cost())) {
            RuleEntry entry = entry(rule.key());
            entry.live = rule;
            entry.slot = slot;
            content.put(rule.key(), rule);
            unloaded(slot.shardName()).add(rule.key());
        }
    }

    // ---- objects ----

    private void change(ObjectKey key, RuleEntry.Seen seen, @Nullable AlertRuleStatus status) {
        RuleEntry entry = entry(key);
        RuleEntry.Seen before = entry.seen;
        boolean otherObject = before == null || !before.uid().equals(seen.uid());
        if (before != null && !otherObject && before.generation() >= seen.generation()) {
            return;
        }
        if (otherObject) {
            entry.status = status;
        }
        entry.seen = seen;
        if (seen.compilation() instanceof Compilation.Runnable(CompiledRule rule)) {
            entry.labels = rule.labels();
            foresee(entry);
        }
        switch (seen.compilation()) {
            case Compilation.Runnable(var rule) -> run(entry, rule);
            case Compilation.Paused() -> {
                entry.standing = new Standing.Paused();
                takeOut(entry);
            }
            case Compilation.Refused(var verdict) -> refuse(entry, verdict);
        }
        touched.add(key);
    }

    private void run(RuleEntry entry, CompiledRule rule) {
        if (entry.live != null
                && entry.slot != null
                && entry.slot.datasource().equals(rule.datasource())
                && entry.live.uid().equals(rule.uid())
                && entry.live.generation() == rule.generation()
                && entry.live.group().equals(rule.group())) {
            entry.standing = new Standing.Accepted();
            rememberLoaded(entry);
            return;
        }
        entry.standing = new Standing.Undecided();
        if (entry.changedNanos == 0) {
            entry.changedNanos = System.nanoTime();
        }
        toVet.add(entry.key);
        coalescer.changed(System.nanoTime());
    }

    /** A replica that happens to be away while the operator starts does not undo what was proven before. */
    private void rememberLoaded(RuleEntry entry) {
        if (entry.loadedAt == null
                && entry.live != null
                && AlertRuleStatusFactory.saysLoaded(entry.status, entry.live.generation())) {
            entry.loadedAt = clock.instant();
        }
    }

    /** What was published of the same object stays; what another object of that name left behind does not. */
    private void refuse(RuleEntry entry, Verdict.Refused verdict) {
        entry.standing = new Standing.Refused(verdict);
        entry.changedNanos = 0;
        if (entry.live != null && entry.seen != null && !entry.live.uid().equals(entry.seen.uid())) {
            takeOut(entry);
        }
        touched.add(entry.key);
    }

    private void delete(ObjectKey key) {
        RuleEntry entry = entries.remove(key);
        if (entry != null) {
            takeOut(entry);
        }
        toVet.remove(key);
        touched.remove(key);
    }

    private void takeOut(RuleEntry entry) {
        SlotId slot = entry.slot;
        if (slot != null) {
            pool(slot).remove(entry.key);
            content(slot).remove(entry.key);
            unloaded(slot.shardName()).remove(entry.key);
            markForWriting(slot);
        }
        entry.live = null;
        entry.slot = null;
        entry.loadedAt = null;
        entry.sequence = 0;
        entry.changedNanos = 0;
    }

    // ---- publication ----

    private void markForWriting(SlotId slot) {
        toWrite.add(slot);
        coalescer.changed(System.nanoTime());
    }

    private void repair(SlotId slot) {
        if (!contents.getOrDefault(slot, Map.of()).isEmpty()) {
            LOG.warn("slot {} was deleted or edited by someone else, it is written again", slot);
            damaged.add(slot);
            markForWriting(slot);
        }
    }

    private void publishWhatIsDue() {
        long now = System.nanoTime();
        if (publishing || !loaded.get() || now < retryNanos || coalescer.nanosUntilDue(now) > 0) {
            return;
        }
        coalescer.taken();
        publishing = true;
        List<CompiledRule> rules =
                toVet.stream().map(this::runnable).flatMap(Optional::stream).toList();
        toVet.clear();
        Thread.ofVirtual().name("vet").start(() -> events.add(new Event.Vetted(vet(rules))));
    }

    private Optional<CompiledRule> runnable(ObjectKey key) {
        RuleEntry entry = entries.get(key);
        return entry != null
                        && entry.seen != null
                        && entry.seen.compilation() instanceof Compilation.Runnable(CompiledRule rule)
                ? Optional.of(rule)
                : Optional.empty();
    }

    /** If the engine cannot be asked, rules go live unjudged: a bad one still harms itself only. */
    private Map<CompiledRule, Verdict> vet(List<CompiledRule> rules) {
        long begun = System.nanoTime();
        try {
            return vetter.vet(rules);
        } catch (RuntimeException e) {
            LOG.error("rules go live without a verdict ahead: {}", e.getMessage(), e);
            Map<CompiledRule, Verdict> unjudged = new HashMap<>();
            rules.forEach(rule -> unjudged.put(rule, new Verdict.Accepted()));
            return unjudged;
        } finally {
            vetTime.record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
        }
    }

    private void judge(Map<CompiledRule, Verdict> verdicts) {
        verdicts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparing(CompiledRule::key)))
                .forEach(judged -> {
                    RuleEntry entry = entries.get(judged.getKey().key());
                    if (entry == null
                            || entry.seen == null
                            || entry.seen.generation() != judged.getKey().generation()
                            || !entry.seen.uid().equals(judged.getKey().uid())) {
                        return;
                    }
                    switch (judged.getValue()) {
                        case Verdict.Accepted() -> putIn(entry, judged.getKey());
                        case Verdict.Refused refused -> refuse(entry, refused);
                    }
                });
        write();
    }

    private void putIn(RuleEntry entry, CompiledRule rule) {
        Pool pool = Objects.requireNonNull(pools.get(rule.datasource()));
        SlotId before = entry.slot;
        Optional<SlotId> slot = pool.place(rule.key(), LiveRule.of(rule).bytes(), rule.cost());
        if (slot.isEmpty()) {
            refuse(
                    entry,
                    new Verdict.Refused(
                            Verdict.Reason.NoCapacity,
                            "the evaluators of datasource \"" + rule.datasource()
                                    + "\" have no room for this rule; raise datasources[].shards or evaluators.slots"
                                    + " in the operator's configuration"));
            return;
        }
        if (before != null && !before.equals(slot.get())) {
            if (!before.datasource().equals(rule.datasource())) {
                pool(before).remove(rule.key());
            }
            content(before).remove(rule.key());
            unloaded(before.shardName()).remove(rule.key());
            toWrite.add(before);
        }
        entry.live = LiveRule.of(rule);
        entry.slot = slot.get();
        entry.sequence = 0;
        entry.loadedAt = null;
        entry.standing = new Standing.Accepted();
        content(slot.get()).put(rule.key(), entry.live);
        unloaded(slot.get().shardName()).add(rule.key());
        toWrite.add(slot.get());
        touched.add(entry.key);
    }

    private void write() {
        Map<SlotId, SlotFile> files = new TreeMap<>();
        toWrite.forEach(slot -> files.put(slot, SlotFile.of(slot, content(slot).values())));
        toWrite.clear();
        Thread.ofVirtual().name("publish").start(() -> events.add(write(files)));
    }

    private Event.Written write(Map<SlotId, SlotFile> files) {
        long begun = System.nanoTime();
        Map<SlotId, SlotFile> written = new HashMap<>();
        Set<SlotId> failed = new HashSet<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<SlotId, Future<?>> writes = new HashMap<>();
            files.forEach((slot, file) -> writes.put(slot, executor.submit(() -> slots.write(slot, file))));
            writes.forEach((slot, write) -> {
                try {
                    write.get();
                    written.put(slot, files.get(slot));
                } catch (ExecutionException e) {
                    LOG.error(
                            "slot {} could not be written, it is tried again: {}", slot, String.valueOf(e.getCause()));
                    failed.add(slot);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    failed.add(slot);
                }
            });
        }
        if (!files.isEmpty()) {
            publishTime.record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
        }
        return new Event.Written(written, failed);
    }

    private void confirm(Map<SlotId, SlotFile> written, Set<SlotId> failed) {
        publishing = false;
        written.forEach((slot, file) -> {
            Revision revision = damaged.remove(slot)
                    ? published.restored(slot, file.revision())
                    : published.published(slot, file.revision());
            content(slot).forEach((key, rule) -> {
                RuleEntry entry = entries.get(key);
                if (entry != null && entry.sequence == 0 && !toWrite.contains(slot)) {
                    entry.sequence = revision.sequence();
                }
            });
        });
        if (!failed.isEmpty()) {
            failed.forEach(this::markForWriting);
            retryNanos = System.nanoTime() + RETRY.toNanos();
        }
    }

    // ---- proof and observation ----

    private void proven(Replica replica, Revision revision) {
        fleet.proven(replica, revision);
        Set<ObjectKey> waiting = unloaded(replica.group());
        for (ObjectKey key : List.copyOf(waiting)) {
            RuleEntry entry = entries.get(key);
            if (entry == null) {
                waiting.remove(key);
                continue;
            }
            if (!revision.slot().equals(entry.slot) || entry.sequence == 0) {
                continue;
            }
            touched.add(key);
            if (fleet.loadedOn(revision.slot(), entry.sequence) >= fleet.expected()) {
                waiting.remove(key);
                entry.loadedAt = clock.instant();
                fleet.await(revision.slot().shardName(), key);
                if (entry.changedNanos != 0) {
                    propagationTime.record(System.nanoTime() - entry.changedNanos, TimeUnit.NANOSECONDS);
                    entry.changedNanos = 0;
                }
            }
        }
    }

    private void stopAwaiting(Replica replica, ObjectKey key, SeenRule rule) {
        RuleEntry entry = entries.get(key);
        if (entry == null || entry.loadedAt == null || rule.evaluatedSince(entry.loadedAt)) {
            fleet.settled(replica, key);
        }
    }

    private void touchIfNowComplete(Replica replica, boolean wasComplete) {
        if (!wasComplete && fleet.isComplete(replica)) {
            touchShard(replica.group());
        }
    }

    private void touchShard(String shard) {
        contents.forEach((slot, content) -> {
            if (slot.shardName().equals(shard)) {
                touched.addAll(content.keySet());
            }
        });
    }

    private void follow(Map<ObjectKey, SentTo> now) {
        if (!sentToKnown) {
            touched.addAll(entries.keySet());
        }
        for (Map<ObjectKey, SentTo> side : List.of(now, sentTo)) {
            side.keySet().stream()
                    .filter(key -> !Objects.equals(now.get(key), sentTo.get(key)))
                    .forEach(touched::add);
        }
        sentTo = now;
        sentToKnown = true;
    }

    private void follow(Routing now) {
        routing = now;
        entries.values().forEach(this::foresee);
    }

    /** Works out where a rule's alerts would go. */
    private void foresee(RuleEntry entry) {
        if (routing == null || entry.labels == null) {
            return;
        }
        Forecast forecast = routing.forecast(entry.labels);
        if (!forecast.equals(entry.forecast)) {
            entry.forecast = forecast;
            touched.add(entry.key);
        }
    }

    private void tick() {
        fleet.shardsWithNewHealth().forEach(this::touchShard);
        boolean settled = loaded.get() && !publishing && toVet.isEmpty() && toWrite.isEmpty();
        if (settled && !obsolete.isEmpty() && unloaded.values().stream().allMatch(Set::isEmpty)) {
            LOG.info("every rule runs in its new place; slots of former shards are removed: {}", obsolete);
            List<SlotId> former = List.copyOf(obsolete);
            obsolete.clear();
            Thread.ofVirtual().name("retire").start(() -> {
                retireObsoleteShards.run();
                former.forEach(slots::delete);
            });
        }
    }

    // ---- report ----

    private void report() {
        if (touched.isEmpty()) {
            return;
        }
        List<ObjectKey> later = new ArrayList<>();
        for (ObjectKey key : touched) {
            RuleEntry entry = entries.get(key);
            if (entry == null || entry.seen == null) {
                continue;
            }
            if (entry.status != null && entry.slot != null && !fleet.isKnown(entry.slot.shardName())) {
                later.add(key);
                continue;
            }
            report(entry, entry.seen);
        }
        touched.clear();
        touched.addAll(later);
    }

    private void report(RuleEntry entry, RuleEntry.Seen seen) {
        if (entry.standing instanceof Standing.Undecided && entry.status != null) {
            return;
        }
        AlertRuleStatus before = entry.status;
        AlertRuleStatus status = AlertRuleStatusFactory.status(facts(entry, seen), before, clock.instant());
        if (status.equals(before)) {
            return;
        }
        entry.status = status;
        boolean newlyFiring =
                status.state() == AlertRuleState.Firing && (before == null || before.state() != AlertRuleState.Firing);
        statusWriter.offer(AlertRule.class, entry.key.namespace(), entry.key.name(), seen.uid(), status, newlyFiring);
        RuleEvents.between(entry.key, seen.uid(), before, status).forEach(eventWriter::offer);
    }

    private RuleFacts facts(RuleEntry entry, RuleEntry.Seen seen) {
        LiveRule live = entry.live;
        SlotId slot = entry.slot;
        if (live == null || slot == null) {
            return new RuleFacts(
                    seen.generation(),
                    entry.standing,
                    null,
                    new RuleFacts.Evaluation(false, "", false, 0, fleet.expected()),
                    List.of(),
                    List.of(),
                    entry.forecast,
                    null);
        }
        List<SeenAlert> alerts = fleet.alerts(slot.shardName(), entry.key);
        int loadedOn = entry.sequence == 0 ? 0 : fleet.loadedOn(slot, entry.sequence);
        return new RuleFacts(
                seen.generation(),
                entry.standing,
                new RuleFacts.Live(
                        live.generation(), slot.shardName(), loadedOn, fleet.expected(), entry.loadedAt != null),
                fleet.evaluation(slot.shardName(), entry.key),
                alerts,
                contactPoints(entry, alerts),
                entry.forecast,
                sentTo.get(entry.key));
    }

    /** Before Alertmanager has spoken to this process, what was reported last is the best that is known. */
    private List<String> contactPoints(RuleEntry entry, List<SeenAlert> alerts) {
        boolean mayBeSent = !alerts.isEmpty();
        if (!sentToKnown && mayBeSent && entry.status != null && entry.status.contactPoints() != null) {
            return entry.status.contactPoints();
        }
        SentTo sent = sentTo.get(entry.key);
        return sent == null ? List.of() : sent.contactPoints();
    }

    // ---- look-ups ----

    private RuleEntry entry(ObjectKey key) {
        return entries.computeIfAbsent(key, RuleEntry::new);
    }

    private Pool pool(SlotId slot) {
        return Objects.requireNonNull(pools.get(slot.datasource()));
    }

    private Map<ObjectKey, LiveRule> content(SlotId slot) {
        return contents.computeIfAbsent(slot, id -> new HashMap<>());
    }

    private Set<ObjectKey> unloaded(String shard) {
        return unloaded.computeIfAbsent(shard, name -> new HashSet<>());
    }

    /** For tests: what waits to be published. */
    Collection<ObjectKey> waiting() {
        return List.copyOf(toVet);
    }
}
