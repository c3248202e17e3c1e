package dev.tocsin.place;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.configuration.OperatorConfiguration.Quota;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What each namespace may have live: a sum per namespace, so that a change costs the same however many rules there are.
 *
 * <p>What is live stays, also above a limit that came later. A new rule, and an edit that makes a rule cost more, needs
 * room; what finds none waits, and goes live in the order of creation as room comes. A small rule does not wait for a
 * larger one that is older and does not fit.
 *
 * <p>Deterministic: the same calls give the same answers. Not safe for several threads.
 */
public final class Quotas {
    /** Sums are kept in billionths of an evaluation a second, rounded down: integers do not drift. */
    private static final double UNIT = 1e9;

    private final Function<String, Quota> limits;
    private final Map<String, Account> accounts = new TreeMap<>();
    private final Set<String> freed = new HashSet<>();
    private boolean changed;

    /** What a namespace has. */
    public record Usage(String namespace, Quota quota, int rules, double evaluationsPerSecond, int waiting) {

        /** The part of the quota that is used; of the two limits the one of which more is used. */
        public double share() {
            return Math.max(share(rules, quota.rules()), share(evaluationsPerSecond, quota.evaluationsPerSecond()));
        }

        private static double share(double used, @Nullable Number limit) {
            return limit == null || used == 0 ? 0 : used / limit.doubleValue();
        }
    }

    private record Waiting(String created, ObjectKey key, long units) implements Comparable<Waiting> {
        private static final Comparator<Waiting> OLDEST_FIRST =
                Comparator.comparing(Waiting::created).thenComparing(Waiting::key);

        @Override
        public int compareTo(Waiting other) {
            return OLDEST_FIRST.compare(this, other);
        }
    }

    private static final class Account {
        final Quota quota;
        final long mostUnits;
        final Map<ObjectKey, Long> live = new HashMap<>();
        final Map<ObjectKey, Waiting> waiting = new HashMap<>();
        final NavigableSet<Waiting> queue = new TreeSet<>();
        long units;

        Account(Quota quota) {
            this.quota = quota;
            this.mostUnits =
                    quota.evaluationsPerSecond() == null ? Long.MAX_VALUE : units(quota.evaluationsPerSecond());
        }

        boolean hasRoomForOneMore(int rules) {
            return quota.rules() == null || rules < quota.rules();
        }

        boolean hasUnits(long sum, long before, long after) {
            return after <= before || sum - before + after <= mostUnits;
        }

        void waitNoMore(ObjectKey key) {
            Waiting gone = waiting.remove(key);
            if (gone != null) {
                queue.remove(gone);
            }
        }
    }

    /**
     * @param limits what a namespace may have
     */
    public Quotas(Function<String, Quota> limits) {
        this.limits = limits;
    }

    /**
     * Why a rule cannot go live with that cost; empty when it can. The figures are those of this moment.
     *
     * @param cost evaluations per second
     */
    public Optional<Verdict.Refused> refusal(ObjectKey key, double cost) {
        Account account = account(key);
        if (account == null) {
            return Optional.empty();
        }
        Long before = account.live.get(key);
        if (before == null && !account.hasRoomForOneMore(account.live.size())) {
            return Optional.of(refused("""
                    namespace %1$s has %2$d rules and its quota is %3$d; delete or pause others, or have \
                    quotas.namespaces.%1$s.rules set higher in the operator's configuration""".formatted(key.namespace(), account.live.size(), account.quota.rules())));
        }
        long live = Objects.requireNonNullElse(before, 0L);
        if (account.hasUnits(account.units, live, units(cost))) {
            return Optional.empty();
        }
        return Optional.of(refused("""
                spec.interval: the rule needs %2$s evaluations/s, the others of namespace %1$s have %3$s and its quota is %4$s; \
                raise the interval, delete or pause others, or have quotas.namespaces.%1$s.evaluationsPerSecond set higher in \
                the operator's configuration""".formatted(
                        key.namespace(),
                        number(cost),
                        number((account.units - live) / UNIT),
                        number(account.mostUnits / UNIT))));
    }

    private static Verdict.Refused refused(String message) {
        return new Verdict.Refused(
                Verdict.Reason.QuotaExceeded, message + ". It goes live by itself once there is room");
    }

    private static String number(double value) {
        return new DecimalFormat("0.###", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }

    /**
     * The rule is live with that cost, and does not wait.
     *
     * @param cost evaluations per second
     */
    public void live(ObjectKey key, double cost) {
        Account account = account(key);
        if (account != null) {
            account.waitNoMore(key);
            change(account, key, units(cost));
        }
    }

    /** The rule is neither live nor waits. */
    public void gone(ObjectKey key) {
        Account account = accounts.get(key.namespace());
        if (account != null) {
            account.waitNoMore(key);
            change(account, key, null);
            if (account.live.isEmpty() && account.waiting.isEmpty()) {
                accounts.remove(key.namespace());
                freed.remove(key.namespace());
            }
        }
    }

    /**
     * The rule, or an edit of it, waits for room.
     *
     * @param created when the object was, as Kubernetes writes it
     * @param cost evaluations per second that it would have
     */
    public void waitsFor(ObjectKey key, String created, double cost) {
        Account account = account(key);
        if (account != null) {
            account.waitNoMore(key);
            Waiting waiting = new Waiting(created, key, units(cost));
            changed = true;
            account.waiting.put(key, waiting);
            account.queue.add(waiting);
        }
    }

    /** The rule does not wait for room any more; what is live of it stays. */
    public void waitsNoMore(ObjectKey key) {
        Account account = accounts.get(key.namespace());
        if (account != null) {
            changed = true;
            account.waitNoMore(key);
        }
    }

    /** The waiting rules for which there is room since something else has left: each is returned once. */
    public List<ObjectKey> admissible() {
        List<ObjectKey> result = new ArrayList<>();
        for (String namespace : freed) {
            Account account = Objects.requireNonNull(accounts.get(namespace));
            long units = account.units;
            int rules = account.live.size();
            for (Waiting waiting : account.queue) {
                Long before = account.live.get(waiting.key());
                long live = Objects.requireNonNullElse(before, 0L);
                if ((before != null || account.hasRoomForOneMore(rules))
                        && account.hasUnits(units, live, waiting.units())) {
                    units += waiting.units() - live;
                    rules += before == null ? 1 : 0;
                    result.add(waiting.key());
                }
            }
        }
        freed.clear();
        return result;
    }

    /**
     * What each namespace with a quota has, in which rules are live or wait; empty when it is the same as at the last
     * call.
     */
    public Optional<List<Usage>> newUsage() {
        if (!changed) {
            return Optional.empty();
        }
        changed = false;
        List<Usage> result = new ArrayList<>();
        accounts.forEach((namespace, account) -> result.add(new Usage(
                namespace, account.quota, account.live.size(), account.units / UNIT, account.waiting.size())));
        return Optional.of(result);
    }

    private void change(Account account, ObjectKey key, @Nullable Long units) {
        Long before = units == null ? account.live.remove(key) : account.live.put(key, units);
        long difference = Objects.requireNonNullElse(units, 0L) - Objects.requireNonNullElse(before, 0L);
        account.units += difference;
        changed = true;
        if ((difference < 0 || (units == null && before != null)) && !account.queue.isEmpty()) {
            freed.add(key.namespace());
        }
    }

    /** None for a namespace without limits: nothing is counted there. */
    private @Nullable Account account(ObjectKey key) {
        Account known = accounts.get(key.namespace());
        if (known != null) {
            return known;
        }
        Quota quota = limits.apply(key.namespace());
        if (quota.rules() == null && quota.evaluationsPerSecond() == null) {
            return null;
        }
        Account account = new Account(quota);
        accounts.put(key.namespace(), account);
        return account;
    }

    private static long units(double evaluationsPerSecond) {
        return (long) (evaluationsPerSecond * UNIT);
    }
}
