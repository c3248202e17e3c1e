package dev.tocsin.operator;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.OnFailure;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.publish.AlertmanagerAlerts;
import dev.tocsin.publish.AlertmanagerAlerts.Alert;
import dev.tocsin.publish.Replica;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks to every Alertmanager where the engine does not. For rules whose evaluation fails it raises one alert each and
 * ends it, or keeps alive or ends those that are there, as the rule's onError asks. Alerts that nobody attends to, since
 * an evaluation does not end or no evaluator is there, it keeps alive.
 *
 * <p>What is told lasts for a while and is told again before that: an operator that is gone leaves no alert behind, and
 * one that is back goes on where it finds the failure.
 */
public final class FailureAlerts implements FailureListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FailureAlerts.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int MOST_CHARACTERS = 1_024;
    /** Up to so many rules Alertmanager is asked for the alerts of each, beyond that once for all. */
    private static final int FEW = 10;
    /** Alertmanager takes them one by one: its answer to more takes too long. */
    private static final int ALERTS_AT_ONCE = 1_000;

    /** How long an alert lasts when it is not told again, and how often it is. */
    public record Timing(Duration lasts, Duration again) {
        /** Four times as long as it takes to be told again, as Prometheus has it. */
        public static final Timing DEFAULT = new Timing(Duration.ofMinutes(2), Duration.ofSeconds(30));
    }

    private final Supplier<List<Replica>> members;
    private final AlertmanagerAlerts alertmanager;
    private final Clock clock;
    private final Timing timing;
    private final Map<ObjectKey, Failure> failures = new HashMap<>();
    private List<Alert> unattended = List.of();
    private final Thread thread = Thread.ofVirtual().name("failures").unstarted(this::run);

    /**
     * A rule that fails, or did until now.
     *
     * @param next when something is to be told
     * @param told whether an alert of ours is with Alertmanager
     * @param over whether it evaluates again, and that is to be told
     */
    private record Failure(OnFailure what, String error, Instant since, Instant next, boolean told, boolean over) {}

    public FailureAlerts(Supplier<List<Replica>> members, AlertmanagerAlerts alertmanager, Clock clock, Timing timing) {
        this.members = members;
        this.alertmanager = alertmanager;
        this.clock = clock;
        this.timing = timing;
    }

    /** Begins; returns at once. */
    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    @Override
    public synchronized void failing(ObjectKey key, OnFailure what, String error) {
        Failure before = failures.get(key);
        if (before == null || before.over()) {
            Instant now = clock.instant();
            Instant next = isAboutOthers(what) ? now : now.plus(what.pending());
            failures.put(key, new Failure(what, error, now, next, before != null && before.told(), false));
        } else {
            failures.put(key, new Failure(what, error, before.since(), before.next(), before.told(), false));
        }
    }

    @Override
    public synchronized void evaluates(ObjectKey key) {
        failures.computeIfPresent(
                key,
                (same, failure) -> failure.over()
                        ? failure
                        : failure.told()
                                ? new Failure(
                                        failure.what(), failure.error(), failure.since(), clock.instant(), true, true)
                                : null);
    }

    @Override
    public synchronized void unattended(List<Alert> alerts) {
        unattended = List.copyOf(alerts);
    }

    /** Whether it keeps or ends alerts of the engine, at once, and has none of its own. */
    private static boolean isAboutOthers(OnFailure what) {
        return switch (what.policy()) {
            case Error, Alerting -> false;
            case OK, KeepLast -> true;
        };
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(TICK);
                tellSafely(due());
                keepSafely(takeUnattended());
            }
        } catch (InterruptedException e) {
            LOG.debug("failures are told no more");
        }
    }

    private synchronized Map<ObjectKey, Failure> due() {
        Instant now = clock.instant();
        Map<ObjectKey, Failure> result = new LinkedHashMap<>();
        failures.forEach((key, failure) -> {
            if (!failure.next().isAfter(now)) {
                result.put(key, failure);
            }
        });
        return result;
    }

    private void tellSafely(Map<ObjectKey, Failure> due) throws InterruptedException {
        try {
            Map<ObjectKey, List<Alert>> engines = enginesAlerts(due);
            Instant now = clock.instant();
            List<Alert> alerts = due.entrySet().stream()
                    .flatMap(entry -> alerts(entry.getValue(), engines.getOrDefault(entry.getKey(), List.of()), now))
                    .toList();
            boolean everybodyKnows = post(alerts);
            due.forEach((key, failure) -> remember(key, failure, everybodyKnows));
        } catch (RuntimeException e) {
            LOG.error("{} failing rules could not be told", due.size(), e);
        }
    }

    private synchronized List<Alert> takeUnattended() {
        List<Alert> result = unattended;
        unattended = List.of();
        return result;
    }

    /** Whatever is not taken comes again, as it goes on fading. */
    private void keepSafely(List<Alert> alerts) throws InterruptedException {
        if (alerts.isEmpty()) {
            return;
        }
        LOG.info("{} alerts are kept, as their evaluators have not sent them for a while", alerts.size());
        try {
            Instant later = clock.instant().plus(timing.lasts());
            post(alerts.stream().map(alert -> alert.until(later)).toList());
        } catch (RuntimeException e) {
            LOG.error("{} alerts could not be kept", alerts.size(), e);
        }
    }

    private Stream<Alert> alerts(Failure failure, List<Alert> engines, Instant now) {
        Instant later = now.plus(timing.lasts());
        return switch (failure.what().policy()) {
            case Error, Alerting -> Stream.of(own(failure, failure.over() ? now : later));
            case OK -> engines.stream().map(alert -> alert.until(now));
            case KeepLast -> engines.stream().map(alert -> alert.until(later));
        };
    }

    private static Alert own(Failure failure, Instant end) {
        Map<String, String> annotations = new HashMap<>(failure.what().annotations());
        String error = failure.error();
        // The engine's text begins with the whole query; the cause stands at its end.
        annotations.put("Error", error.substring(Math.max(0, error.length() - MOST_CHARACTERS)));
        return new Alert(
                failure.what().labels(),
                annotations,
                failure.since().plus(failure.what().pending()),
                end,
                "");
    }

    /** The alerts of these rules that the engine told of before they failed, of all members. */
    private Map<ObjectKey, List<Alert>> enginesAlerts(Map<ObjectKey, Failure> due) throws InterruptedException {
        Set<ObjectKey> keys = due.entrySet().stream()
                .filter(entry -> isAboutOthers(entry.getValue().what()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        Map<ObjectKey, Map<Map<String, String>, Alert>> result = new HashMap<>();
        for (Replica member : keys.isEmpty() ? List.<Replica>of() : members.get()) {
            try {
                enginesAlerts(member, keys)
                        .forEach((key, alerts) -> alerts.stream()
                                .filter(alert -> !RuleCompiler.ERROR_ALERT.equals(
                                        alert.labels().get("alertname")))
                                .forEach(alert -> result.computeIfAbsent(key, some -> new LinkedHashMap<>())
                                        .putIfAbsent(alert.labels(), alert)));
            } catch (IOException e) {
                LOG.warn("the alerts of failing rules cannot be asked for: {}", e.toString());
            }
        }
        return result.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> List.copyOf(entry.getValue().values())));
    }

    private Map<ObjectKey, List<Alert>> enginesAlerts(Replica member, Set<ObjectKey> keys)
            throws IOException, InterruptedException {
        Map<ObjectKey, List<Alert>> result = new HashMap<>();
        if (keys.size() > FEW) {
            result.putAll(alertmanager.ofAll(member));
            result.keySet().retainAll(keys);
            return result;
        }
        for (ObjectKey key : keys) {
            result.put(key, alertmanager.of(member, key));
        }
        return result;
    }

    /** Whether every member has taken them. */
    private boolean post(List<Alert> alerts) throws InterruptedException {
        boolean all = true;
        for (Replica member : alerts.isEmpty() ? List.<Replica>of() : members.get()) {
            try {
                for (int from = 0; from < alerts.size(); from += ALERTS_AT_ONCE) {
                    alertmanager.post(member, alerts.subList(from, Math.min(alerts.size(), from + ALERTS_AT_ONCE)));
                }
            } catch (IOException e) {
                LOG.warn("{} was not told of alerts, it is tried again: {}", member.pod(), e.toString());
                all = false;
            }
        }
        return all;
    }

    /** Whoever could not be reached is told again soon. */
    private synchronized void remember(ObjectKey key, Failure told, boolean everybodyKnows) {
        Failure now = failures.get(key);
        if (now == null) {
            if (!told.over() && !isAboutOthers(told.what())) {
                // It was over while it was told for the first time.
                failures.put(key, new Failure(told.what(), told.error(), told.since(), clock.instant(), true, true));
            }
            return;
        }
        if (told.over() && now.over()) {
            boolean hasEndedByItself = told.next().plus(timing.lasts()).isBefore(clock.instant());
            if (everybodyKnows || hasEndedByItself) {
                failures.remove(key);
            }
            return;
        }
        boolean own = !isAboutOthers(now.what());
        Instant next = everybodyKnows
                ? clock.instant().plus(timing.again())
                : clock.instant().plus(timing.again().dividedBy(6));
        failures.put(
                key,
                new Failure(now.what(), now.error(), now.since(), now.over() ? now.next() : next, own, now.over()));
    }
}
