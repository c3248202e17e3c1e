package dev.tocsin.observe;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.publish.Replica;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls one evaluator replica for as long as it lives: its active alerts often, its complete rule list rarely, and the
 * rules that were published just now in between, until they have been evaluated.
 */
public final class ReplicaObserver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaObserver.class);
    private static final int MOST_RULES_BY_NAME = 100;
    private static final Duration FULL_LIST_WHILE_MANY_ARE_NEW = Duration.ofSeconds(3);

    /** Told of what a replica says. */
    public interface Listener {

        /** These, and no others, are the replica's active alerts. */
        void alertsSeen(Replica replica, Map<ObjectKey, List<SeenAlert>> alerts);

        /**
         * The state of rules.
         *
         * @param complete whether these are all rules of the replica
         */
        void rulesSeen(Replica replica, Map<ObjectKey, SeenRule> rules, boolean complete);

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

    /**
     * @param alertsInterval time between two polls of the alerts
     * @param rulesInterval time between two polls of the complete rule list
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
            long nextFullList = System.nanoTime();
            while (true) {
                nextFullList = poll(nextFullList);
                Thread.sleep(alertsInterval);
            }
        } catch (InterruptedException e) {
            LOG.debug("{} is gone", replica.pod());
        }
    }

    /**
     * Returns when the complete list is due next. Alerts are asked for after rules and told before them: a rule that is
     * seen to be evaluated is thus never without the alerts of that evaluation.
     */
    private long poll(long fullListDue) throws InterruptedException {
        try {
            long now = System.nanoTime();
            List<ObjectKey> named = List.copyOf(awaited);
            boolean many = named.size() > MOST_RULES_BY_NAME;
            boolean complete = now >= fullListDue;
            Map<ObjectKey, SeenRule> rules = Map.of();
            if (complete) {
                rules = state.rules(replica);
            } else if (!named.isEmpty()) {
                rules = state.rules(replica, named.subList(0, Math.min(named.size(), MOST_RULES_BY_NAME)));
            }
            listener.alertsSeen(replica, state.alerts(replica));
            if (complete || !rules.isEmpty()) {
                listener.rulesSeen(replica, rules, complete);
            }
            if (complete) {
                return now + spread(many ? FULL_LIST_WHILE_MANY_ARE_NEW : rulesInterval);
            }
            return many ? Math.min(fullListDue, now + FULL_LIST_WHILE_MANY_ARE_NEW.toNanos()) : fullListDue;
        } catch (IOException | RuntimeException e) {
            listener.silent(replica, String.valueOf(e.getMessage() == null ? e : e.getMessage()));
        }
        return fullListDue;
    }

    /** Replicas are not all asked for their long lists at the same moment. */
    private static long spread(Duration interval) {
        return (long) (interval.toNanos() * ThreadLocalRandom.current().nextDouble(0.9, 1.1));
    }
}
