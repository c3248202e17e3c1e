package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.compile.Compilation;
import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.delivery.Routing;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.observe.RuleInSlot;
import dev.tocsin.observe.SeenAlert;
import dev.tocsin.observe.SeenRule;
import dev.tocsin.observe.SentTo;
import dev.tocsin.place.Move;
import dev.tocsin.place.Quotas;
import dev.tocsin.place.SlotId;
import dev.tocsin.publish.AlertmanagerAlerts.Alert;
import dev.tocsin.publish.EvaluatorShards;
import dev.tocsin.publish.PublishedSlots;
import dev.tocsin.publish.PublishedSlots.Revision;
import dev.tocsin.publish.Replica;
import dev.tocsin.publish.RuleSlots;
import dev.tocsin.publish.SlotFile;
import dev.tocsin.publish.StoredSlot;
import dev.tocsin.status.AlertRuleStatusFactory;
import dev.tocsin.status.EventWriter;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
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

    private static final Comparator<RuleEntry> OLDEST_FIRST =
            Comparator.comparing(RuleEntry::created).thenComparing(entry -> entry.key);

    /** With quotas, all objects are looked at before any new one goes live: the oldest first, whichever is told first. */
    private static final Duration LONGEST_WAIT_FOR_ALL = Duration.ofSeconds(20);

    private final RuleVetter vetter;
    private final RuleSlots slots;
    private final PublishedSlots published;
    private final EvaluatorFleet fleet;
    private final EvaluatorShards cluster;
    private final Clock clock;
    private final Timer vetTime;
    private final Timer publishTime;
    private final Timer propagationTime;

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.ofPlatform().name("rules").unstarted(this::run);
    private final AtomicBoolean loaded = new AtomicBoolean();

    // Confined to the thread from here on.
    private final Map<ObjectKey, RuleEntry> entries = new HashMap<>();
    private final Shards shards;
    private final ShardMetrics shardMetrics;
    private final SlotContents contents = new SlotContents();
    private final Quotas quotas;
    private final QuotaMetrics quotaMetrics;
    private final Homes homes;
    private final CatchUp catchUp;
    private final Set<ObjectKey> withoutRoom = new LinkedHashSet<>();
    private final Set<ObjectKey> toVet = new LinkedHashSet<>();
    private final Set<SlotId> damaged = new HashSet<>();
    private final Set<SlotId> obsolete = new HashSet<>();
    private final RuleFailures failures;
    private final RuleReporter reporter;
    private final Coalescer coalescer = new Coalescer();
    private volatile Supplier<Set<ObjectKey>> objects = Set::of;
    private final boolean startsInOrder;
    private final Set<ObjectKey> unseen = new HashSet<>();
    private long unseenUntil;
    private boolean publishing;
    private boolean scaling;
    private Map<String, Integer> running = Map.of();
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

        record Scaled(Map<String, Integer> running, boolean done) implements Event {}

        record ReplicaAppeared(Replica replica) implements Event {}

        record ReplicaGone(Replica replica) implements Event {}

        record Proven(Replica replica, Revision revision) implements Event {}

        record AlertsSeen(Replica replica, Map<ObjectKey, List<SeenAlert>> alerts) implements Event {}

        record RulesSeen(Replica replica, Map<RuleInSlot, SeenRule> rules, boolean complete) implements Event {}

        record Silent(Replica replica, String why) implements Event {}

        record GateAnswered(Replica replica, CatchUp.Answer answer) implements Event {}

        record Sent(Map<ObjectKey, SentTo> sentTo) implements Event {}

        record Routes(Routing routing) implements Event {}

        record Fading(List<Alert> alerts) implements Event {}
    }

    public RuleLoop(
            OperatorConfiguration configuration,
            RuleVetter vetter,
            RuleSlots slots,
            PublishedSlots published,
            EvaluatorFleet.Engines engines,
            StatusWriter statusWriter,
            EventWriter eventWriter,
            EvaluatorShards cluster,
            MeterRegistry metrics,
            Clock clock) {
        this.vetter = vetter;
        this.slots = slots;
        this.published = published;
        this.cluster = cluster;
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
            public void rulesSeen(Replica replica, Map<RuleInSlot, SeenRule> rules, boolean complete) {
                events.add(new Event.RulesSeen(replica, rules, complete));
            }

            @Override
            public void silent(Replica replica, String why) {
                events.add(new Event.Silent(replica, why));
            }
        });
        this.failures = new RuleFailures(entries, fleet);
        this.reporter = new RuleReporter(entries, fleet, failures, statusWriter, eventWriter, clock);
        this.shards = new Shards(configuration);
        this.quotas = new Quotas(configuration.quotas()::of);
        this.homes = new Homes(shards, quotas, contents, fleet, clock);
        this.catchUp = new CatchUp(
                fleet,
                contents,
                engines.gate(),
                Duration.ofSeconds(configuration.evaluators().catchUpSeconds()),
                clock,
                (replica, answer) -> events.add(new Event.GateAnswered(replica, answer)));
        this.shardMetrics = new ShardMetrics(metrics);
        this.quotaMetrics = new QuotaMetrics(metrics);
        this.startsInOrder = configuration.quotas().limitAnything();
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
     * @param objects the keys of all AlertRules that there are: what is published of another is taken out
     */
    public void start(Supplier<Set<ObjectKey>> objects) {
        this.objects = objects;
        thread.start();
    }

    /** Has this listener told of rules that fail; to be called before the start. */
    public void tellFailures(FailureListener listener) {
        failures.tellTo(listener);
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
                        rule.getMetadata().getUid(),
                        rule.getMetadata().getGeneration(),
                        Objects.requireNonNullElse(rule.getMetadata().getCreationTimestamp(), ""),
                        compilation),
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

    @Override
    public void fading(List<Alert> alerts) {
        events.add(new Event.Fading(alerts));
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
                admit();
                publishWhatIsDue();
                reporter.report();
            }
        } catch (InterruptedException e) {
            LOG.info("rule loop stops");
        }
    }

    private long nanosToWait(long nextTick) {
        long now = System.nanoTime();
        long untilDue = publishing || waitsForAll(now)
                ? Long.MAX_VALUE
                : Math.max(coalescer.nanosUntilDue(now), retryNanos - now);
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
            case Event.Scaled(var now, var done) -> scaled(now, done);
            case Event.ReplicaAppeared(var replica) -> {
                fleet.appeared(replica);
                catchUp.appeared(replica);
                touchShard(replica.group());
            }
            case Event.ReplicaGone(var replica) -> {
                fleet.disappeared(replica);
                catchUp.disappeared(replica);
                touchShard(replica.group());
            }
            case Event.Proven(var replica, var revision) -> proven(replica, revision);
            case Event.AlertsSeen(var replica, var alerts) -> {
                boolean wasComplete = fleet.isComplete(replica);
                reporter.touch(fleet.seeAlerts(replica, alerts));
                touchIfNowComplete(replica, wasComplete);
            }
            case Event.RulesSeen(var replica, var rules, var complete) -> {
                boolean wasComplete = fleet.isComplete(replica);
                reporter.touch(fleet.seeRules(replica, rules, complete));
                rules.forEach((where, rule) -> stopAwaiting(replica, where, rule));
                touchIfNowComplete(replica, wasComplete);
            }
            case Event.Silent(var replica, var why) -> fleet.silent(replica, why);
            case Event.GateAnswered(var replica, var answer) -> catchUp.answered(replica, answer);
            case Event.Sent(var now) -> reporter.follow(now);
            case Event.Routes(var now) -> reporter.follow(now);
            case Event.Fading(var alerts) -> failures.keepUnattended(alerts);
        }
    }

    // ---- start ----

    /**
     * Before any event is handled: a change that is weighed against slots which are not read yet would look new, and its
     * rule be placed anew.
     */
    private void readPublished() throws InterruptedException {
        Map<SlotId, StoredSlot> found = readSlots();
        Map<ObjectKey, List<Home>> whereabouts = new HashMap<>();
        found.forEach((slot, stored) -> {
            if (!shards.has(slot)) {
                obsolete.add(slot);
            } else {
                contents.know(slot);
                stored.rules()
                        .forEach(rule -> whereabouts
                                .computeIfAbsent(rule.key(), key -> new ArrayList<>())
                                .add(new Home(slot, rule)));
            }
        });
        whereabouts.forEach((key, where) -> homes.adopt(entry(key), where));
        shards.begin(found.keySet());
        found.forEach((slot, stored) -> {
            if (obsolete.contains(slot)) {
                return;
            }
            Revision revision = published.published(slot, contents.file(slot).revision());
            contents.of(slot).values().forEach(home -> home.sequence = revision.sequence());
            if (!revision.name().equals(stored.revision())) {
                markForWriting(slot);
            }
        });
        Set<ObjectKey> there = objects.get();
        entries.keySet().stream().filter(key -> !there.contains(key)).toList().forEach(this::delete);
        if (startsInOrder) {
            unseen.addAll(there);
            unseenUntil = System.nanoTime() + LONGEST_WAIT_FOR_ALL.toNanos();
        }
        LOG.info("{} rules are published in {} slots, {} of them move", entries.size(), found.size(), homes.moving());
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

    // ---- objects ----

    private void change(ObjectKey key, RuleEntry.Seen seen, @Nullable AlertRuleStatus status) {
        unseen.remove(key);
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
            reporter.foresee(entry);
        }
        switch (seen.compilation()) {
            case Compilation.Runnable(var rule) -> run(entry, rule);
            case Compilation.Paused() -> {
                entry.standing = new Standing.Paused();
                takeOut(entry);
            }
            case Compilation.Refused(var verdict) -> refuse(entry, verdict);
        }
        reporter.touch(key);
    }

    private void run(RuleEntry entry, CompiledRule rule) {
        Home home = entry.home;
        if (home != null
                && home.slot.datasource().equals(rule.datasource())
                && home.live.uid().equals(rule.uid())
                && home.live.generation() == rule.generation()
                && home.live.group().equals(rule.group())) {
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
        Home shown = entry.shown();
        if (shown != null
                && shown.loadedAt == null
                && AlertRuleStatusFactory.saysLoaded(entry.status, shown.live.generation())) {
            shown.loadedAt = clock.instant();
        }
    }

    /** What was published of the same object stays; what another object of that name left behind does not. */
    private void refuse(RuleEntry entry, Verdict.Refused verdict) {
        entry.standing = new Standing.Refused(verdict);
        entry.changedNanos = 0;
        quotas.waitsNoMore(entry.key);
        if (entry.home != null && entry.seen != null && !entry.home.live.uid().equals(entry.seen.uid())) {
            takeOut(entry);
        }
        reporter.touch(entry.key);
    }

    private void delete(ObjectKey key) {
        unseen.remove(key);
        failures.forget(key);
        RuleEntry entry = entries.remove(key);
        if (entry != null) {
            takeOut(entry);
        }
        toVet.remove(key);
        withoutRoom.remove(key);
        reporter.forget(key);
    }

    private void takeOut(RuleEntry entry) {
        if (homes.takeOut(entry)) {
            coalescer.changed(System.nanoTime());
        }
        entry.changedNanos = 0;
        tryAgain();
    }

    /** There is room now for rules that had none. */
    private void tryAgain() {
        if (!withoutRoom.isEmpty()) {
            toVet.addAll(withoutRoom);
            withoutRoom.clear();
            coalescer.changed(System.nanoTime());
        }
    }

    /** There is room in their quotas now for rules that waited for it. */
    private void admit() {
        List<ObjectKey> admitted = quotas.admissible();
        if (!admitted.isEmpty()) {
            toVet.addAll(admitted);
            coalescer.changed(System.nanoTime());
        }
    }

    // ---- publication ----

    private void markForWriting(SlotId slot) {
        contents.rewrite(slot);
        coalescer.changed(System.nanoTime());
    }

    private void repair(SlotId slot) {
        if (!contents.of(slot).isEmpty()) {
            LOG.warn("slot {} was deleted or edited by someone else, it is written again", slot);
            damaged.add(slot);
            markForWriting(slot);
        }
    }

    private void publishWhatIsDue() {
        long now = System.nanoTime();
        if (publishing || !loaded.get() || waitsForAll(now) || now < retryNanos || coalescer.nanosUntilDue(now) > 0) {
            return;
        }
        coalescer.taken();
        publishing = true;
        List<CompiledRule> rules =
                toVet.stream().map(this::runnable).flatMap(Optional::stream).toList();
        toVet.clear();
        Thread.ofVirtual().name("vet").start(() -> events.add(new Event.Vetted(vet(rules))));
    }

    private boolean waitsForAll(long now) {
        return !unseen.isEmpty() && now < unseenUntil;
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
                .flatMap(judged -> awaiting(judged.getKey()).map(entry -> Map.entry(entry, judged)).stream())
                .sorted(Map.Entry.comparingByKey(OLDEST_FIRST))
                .forEach(found -> {
                    RuleEntry entry = found.getKey();
                    CompiledRule rule = found.getValue().getKey();
                    switch (found.getValue().getValue()) {
                        case Verdict.Accepted() ->
                            quotas.refusal(rule.key(), rule.cost())
                                    .ifPresentOrElse(
                                            refused -> makeWait(entry, rule, refused), () -> putIn(entry, rule));
                        case Verdict.Refused refused -> refuse(entry, refused);
                    }
                });
        write();
    }

    /** The entry to which a verdict belongs, unless there is another generation or another object by now. */
    private Optional<RuleEntry> awaiting(CompiledRule rule) {
        return Optional.ofNullable(entries.get(rule.key()))
                .filter(entry -> entry.seen != null
                        && entry.seen.generation() == rule.generation()
                        && entry.seen.uid().equals(rule.uid()));
    }

    /** Only after the refusal it waits: that may take out what another object of its name left behind. */
    private void makeWait(RuleEntry entry, CompiledRule rule, Verdict.Refused verdict) {
        refuse(entry, verdict);
        quotas.waitsFor(entry.key, entry.created(), rule.cost());
    }

    private void putIn(RuleEntry entry, CompiledRule rule) {
        if (!homes.put(entry, rule)) {
            withoutRoom.add(entry.key);
            refuse(
                    entry,
                    new Verdict.Refused(
                            Verdict.Reason.NoCapacity,
                            "the evaluators of datasource \"" + rule.datasource()
                                    + "\" have no room for this rule; raise datasources[].shards or evaluators.slots"
                                    + " in the operator's configuration"));
            return;
        }
        withoutRoom.remove(entry.key);
        entry.standing = new Standing.Accepted();
        reporter.touch(entry.key);
    }

    private void write() {
        Map<SlotId, SlotFile> files = contents.takeToWrite();
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
            contents.of(slot).values().forEach(home -> {
                if (home.sequence == 0 && !contents.isToBeWritten(slot)) {
                    home.sequence = revision.sequence();
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
        for (Home home : contents.unproven(revision.slot())) {
            RuleEntry entry = entries.get(home.live.key());
            if (entry == null || home.sequence == 0) {
                continue;
            }
            reporter.touch(entry.key);
            if (fleet.loadedOn(home.slot, home.sequence) >= fleet.expected()) {
                contents.proven(home);
                home.loadedAt = clock.instant();
                fleet.await(home.slot.shardName(), entry.key);
                if (entry.changedNanos != 0 && home.equals(entry.shown())) {
                    propagationTime.record(System.nanoTime() - entry.changedNanos, TimeUnit.NANOSECONDS);
                    entry.changedNanos = 0;
                }
            }
        }
    }

    private void stopAwaiting(Replica replica, RuleInSlot where, SeenRule rule) {
        RuleEntry entry = entries.get(where.key());
        Home home = entry == null ? null : entry.home;
        if (home == null
                || !home.slot.shardName().equals(replica.group())
                || (home.slot.slot() == where.slot()
                        && (home.loadedAt == null || rule.evaluatedSince(home.loadedAt)))) {
            fleet.settled(replica, where.key());
        }
    }

    private void touchIfNowComplete(Replica replica, boolean wasComplete) {
        if (!wasComplete && fleet.isComplete(replica)) {
            touchShard(replica.group());
        }
    }

    private void touchShard(String shard) {
        reporter.touch(contents.rulesIn(shard));
    }

    private void tick() {
        reporter.touchUntold();
        fleet.shardsWithNewHealth().forEach(this::touchShard);
        if (!scaling && shards.follow(fleet::isUp, clock.instant())) {
            tryAgain();
        }
        move();
        scale();
        catchUp.follow();
        shardMetrics.tell(fleet.health());
        quotas.newUsage().ifPresent(quotaMetrics::tell);
    }

    // ---- moves and shards ----

    private void move() {
        for (Move move : shards.moves()) {
            RuleEntry entry = entries.get(move.key());
            if (entry != null) {
                homes.begin(entry, move);
                coalescer.changed(System.nanoTime());
            }
        }
        List<RuleEntry> ended = homes.endMoves();
        if (!ended.isEmpty()) {
            ended.forEach(entry -> reporter.touch(entry.key));
            coalescer.changed(System.nanoTime());
            tryAgain();
        }
    }

    /** Brings shards up that are needed, and takes away those that are not, once they are empty. */
    private void scale() {
        Map<String, Integer> now = shards.running();
        boolean settled = !publishing && contents.isWritten() && toVet.isEmpty();
        boolean mayRetire = settled && (obsolete.isEmpty() || contents.isProven());
        List<SlotId> former =
                new ArrayList<>(contents.slots(slot -> slot.shard() >= now.getOrDefault(slot.datasource(), 0)));
        former.addAll(obsolete);
        boolean retires = mayRetire && !former.isEmpty();
        if (scaling || (now.equals(running) && !retires)) {
            return;
        }
        scaling = true;
        if (retires) {
            LOG.info("these slots are empty and their shards go: {}", former);
            former.forEach(slot -> {
                contents.forget(slot);
                published.retired(slot);
            });
            obsolete.clear();
        }
        Thread.ofVirtual().name("scale").start(() -> events.add(scale(now, retires ? former : List.of())));
    }

    private Event.Scaled scale(Map<String, Integer> now, List<SlotId> former) {
        try {
            cluster.apply(now);
            if (!former.isEmpty()) {
                cluster.retireAllBut(now);
                former.forEach(slots::delete);
            }
            return new Event.Scaled(now, true);
        } catch (RuntimeException e) {
            LOG.error("the evaluators cannot be brought to {}, it is tried again: {}", now, e.getMessage());
            return new Event.Scaled(now, false);
        }
    }

    private void scaled(Map<String, Integer> now, boolean done) {
        scaling = false;
        if (done) {
            running = now;
            fleet.expect(Shards.names(now));
            shardMetrics.tell(shards, now);
        }
    }

    // ---- look-ups ----

    private RuleEntry entry(ObjectKey key) {
        return entries.computeIfAbsent(key, RuleEntry::new);
    }

    /** For tests: what waits to be published. */
    Collection<ObjectKey> waiting() {
        return List.copyOf(toVet);
    }
}
