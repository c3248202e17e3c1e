package dev.tocsin.observe;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.publish.Replica;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls one evaluator replica for as long as it lives: its active alerts often, in between the rules that were published
 * just now, until they have been evaluated, those that fail or fail no more, and some of those that are late; its complete
 * rule list the more rarely the longer it is, so that rules which do nothing cost next to nothing.
 */
public final class ReplicaObserver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaObserver.class);
    private static final int MOST_RULES_BY_NAME = 100;
    private static final Duration ALL_AGAIN = Duration.ofSeconds(3);

    /** For each of its rules, how long a list is not asked for again: reading it then costs the same for any number. */
    private static final Duration PER_RULE = Duration.ofMillis(20);

    private static final Duration PER_RULE_WHILE_MANY_ARE_NEW = Duration.ofMillis(2);
    private static final Duration PER_FAILING_RULE = Duration.ofMillis(5);

    /** 5,000 alerts are 3 MB that are written and read in a tenth of a second. */
    private static final Duration PER_ALERT = Duration.ofNanos(400_000);

    /** Told of what a replica says. */
    public interface Listener {

        /** These, and no others, are the replica's active alerts. */
        void alertsSeen(Replica replica, Map<ObjectKey, List<SeenAlert>> alerts);

        /**
         * The state of rules.
         *
         * @param complete whether these are all rules of the replica
         */
        void rulesSeen(Replica replica, Map<RuleInSlot, SeenRule> rules, boolean complete);

        /** The replica did not answer. */
        void silent(Replica replica, String why);
    }

    private final Replica replica;
    private final EvaluatorState state;
    private final Duration alertsInterval;
    private final Duration rulesInterval;
    private final Listener listener;
    private final Set<ObjectKey> awaited = ConcurrentHashMap.newKeySet();
    private final Thread thread;

    // Confined to the thread.
    private Set<ObjectKey> failing = new HashSet<>();
    private final LateRules late = new LateRules(MOST_RULES_BY_NAME);
    private long fullListDue = System.nanoTime();
    private long fullListAllowed = fullListDue;
    private long failingDue = fullListDue;

    /**
     * @param alertsInterval time between two polls of the alerts
     * @param rulesInterval the shortest time between two polls of the complete rule list, or of the failing rules
     */
    public ReplicaObserver(
            Replica replica, EvaluatorState state, Duration alertsInterval, Duration rulesInterval, Listener listener) {
        this.replica = replica;
        this.state = state;
        this.alertsInterval = alertsInterval;
        this.rulesInterval = rulesInterval;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("observe-" + replica.pod()).unstarted(this::run);
    }

    /** Begins; returns at once. */
    public ReplicaObserver start() {
        thread.start();
        return this;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    /** Looks at these rules at every poll from now on. */
    public void await(Collection<ObjectKey> keys) {
        awaited.addAll(keys);
    }

    /** These rules have been seen as they should be. */
    public void settled(ObjectKey key) {
        awaited.remove(key);
    }

    private void run() {
        try {
            while (true) {
                int alerts = poll();
                Thread.sleep(atLeast(alertsInterval, PER_ALERT, alerts));
            }
        } catch (InterruptedException e) {
            LOG.debug("{} is gone", replica.pod());
        }
    }

    /**
     * Alerts are asked for after rules and told before them: a rule that is seen to be evaluated is thus never without the
     * alerts of that evaluation.
     *
     * @return how many alerts there are, as far as is known
     */
    private int poll() throws InterruptedException {
        try {
            long now = System.nanoTime();
            List<ObjectKey> named = List.copyOf(awaited);
            boolean many = named.size() > MOST_RULES_BY_NAME;
            boolean complete = now - (many ? fullListAllowed : fullListDue) >= 0;
            Map<RuleInSlot, SeenRule> rules = Map.of();
            if (complete) {
                rules = state.rules(replica);
            } else if (!named.isEmpty()) {
                rules = state.rules(replica, named.subList(0, Math.min(named.size(), MOST_RULES_BY_NAME)));
            }
            boolean askForFailing = !complete && now - failingDue >= 0;
            Map<RuleInSlot, SeenRule> failingNow = askForFailing ? state.failing(replica) : Map.of();
            List<ObjectKey> lateBefore = askForFailing ? late.keys() : List.of();
            Map<RuleInSlot, SeenRule> lateNow = lateBefore.isEmpty() ? Map.of() : state.rules(replica, lateBefore);
            Map<ObjectKey, List<SeenAlert>> alerts = state.alerts(replica);
            listener.alertsSeen(replica, alerts);
            if (complete || !rules.isEmpty()) {
                listener.rulesSeen(replica, rules, complete);
            }
            if (!lateNow.isEmpty()) {
                listener.rulesSeen(replica, lateNow, false);
            }
            late.lookedAt(lateBefore, lateNow);
            late.see(rules);
            if (complete) {
                fullListDue = now + spread(atLeast(rulesInterval, PER_RULE, rules.size()));
                fullListAllowed = now + spread(atLeast(ALL_AGAIN, PER_RULE_WHILE_MANY_ARE_NEW, rules.size()));
            }
            if (askForFailing) {
                follow(failingNow);
                failingDue = now + spread(atLeast(rulesInterval, PER_FAILING_RULE, failingNow.size()));
            }
            return alerts.values().stream().mapToInt(List::size).sum();
        } catch (IOException | RuntimeException e) {
            listener.silent(replica, String.valueOf(e.getMessage() == null ? e : e.getMessage()));
            return 0;
        }
    }

    private static Set<ObjectKey> keys(Map<RuleInSlot, SeenRule> rules) {
        return rules.keySet().stream().map(RuleInSlot::key).collect(Collectors.toSet());
    }

    /** A rule that fails no more is looked at by its name. */
    private void follow(Map<RuleInSlot, SeenRule> failingNow) {
        if (!failingNow.isEmpty()) {
            listener.rulesSeen(replica, failingNow, false);
        }
        Set<ObjectKey> keys = keys(failingNow);
        failing.removeAll(keys);
        awaited.addAll(failing);
        failing = keys;
    }

    private static Duration atLeast(Duration interval, Duration perItem, int items) {
        Duration forAll = perItem.multipliedBy(items);
        return forAll.compareTo(interval) > 0 ? forAll : interval;
    }

    /** Replicas are not all asked for their long lists at the same moment. */
    private static long spread(Duration interval) {
        return (long) (interval.toNanos() * ThreadLocalRandom.current().nextDouble(0.9, 1.1));
    }
}
