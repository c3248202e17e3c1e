package dev.tocsin.observe;

import dev.tocsin.api.v1alpha1.Hold;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.compile.delivery.AlertmanagerConfiguration;
import dev.tocsin.compile.delivery.TestRoute;
import dev.tocsin.observe.SendCounters.Sender;
import dev.tocsin.publish.AlertmanagerAlerts.Alert;
import dev.tocsin.publish.Replica;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls every Alertmanager member and merges what they say: alerts often, counters rarely. While no member answers, the
 * last picture stays.
 */
public final class DeliveryObserver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryObserver.class);

    /** The counters of 10,000 receivers are 18 MB that take a member half a second and more: at most a part of its time. */
    private static final int PART_FOR_COUNTERS = 20;

    /** The same for 10,000 alerts of a storm, but often enough to notice those that are about to end. */
    private static final int PART_FOR_ALERTS = 10;

    private static final Duration LONGEST_BETWEEN_ALERTS = Duration.ofSeconds(5);

    private final Supplier<List<Replica>> members;
    private final AlertmanagerState state;
    private final Duration alertsPeriod;
    private final Duration countersPeriod;
    private final Clock clock;
    private final Listener listener;
    private final DeliveryHealth health = new DeliveryHealth();
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread thread = Thread.ofVirtual().name("delivery-observer").unstarted(this::run);
    private volatile DeliveryPicture picture = DeliveryPicture.UNKNOWN;

    /** Told of what the members say; on this observer's thread. */
    public interface Listener {

        /** {@link DeliveryObserver#picture} has changed. */
        void changed();

        /** These alerts of AlertRules will end at some member, as they were not sent to it again for a while. */
        void fading(List<Alert> alerts);
    }

    /**
     * @param members those that run now
     * @param alertsPeriod between two polls of the alerts, longer while there are very many
     * @param countersPeriod between two polls of the counters, longer when there are very many receivers: their page has
     *     some twenty lines per receiver
     */
    public DeliveryObserver(
            Supplier<List<Replica>> members,
            AlertmanagerState state,
            Duration alertsPeriod,
            Duration countersPeriod,
            Clock clock,
            Listener listener) {
        this.members = members;
        this.state = state;
        this.alertsPeriod = alertsPeriod;
        this.countersPeriod = countersPeriod;
        this.clock = clock;
        this.listener = listener;
    }

    /** Begins; returns at once. */
    public DeliveryObserver start() {
        thread.start();
        return this;
    }

    /** What the members say; immutable. */
    public DeliveryPicture picture() {
        return picture;
    }

    /**
     * What the templates of a receiver are executed with now, see {@link AlertmanagerState#templateData}; empty where no
     * member answers.
     */
    public List<String> templateData(String receiver) throws InterruptedException {
        return ask(members.get(), member -> state.templateData(member, receiver)).values().stream()
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    @Override
    public void close() {
        thread.interrupt();
        calls.shutdownNow();
    }

    private void run() {
        long countersDue = System.nanoTime();
        try {
            while (true) {
                List<Replica> now = members.get();
                if (System.nanoTime() - countersDue >= 0) {
                    long begun = System.nanoTime();
                    observeCounters(now);
                    long spent = System.nanoTime() - begun;
                    countersDue = System.nanoTime() + Math.max(countersPeriod.toNanos(), PART_FOR_COUNTERS * spent);
                }
                long begun = System.nanoTime();
                observeAlerts(now);
                long part = PART_FOR_ALERTS * (System.nanoTime() - begun);
                Thread.sleep(Duration.ofNanos(
                        Math.max(alertsPeriod.toNanos(), Math.min(part, LONGEST_BETWEEN_ALERTS.toNanos()))));
            }
        } catch (InterruptedException e) {
            LOG.debug("delivery observer stops");
        }
    }

    private void observeCounters(List<Replica> now) throws InterruptedException {
        Map<String, Map<Sender, SendCounters>> answers = new HashMap<>();
        ask(now, state::sendCounters).forEach((member, counters) -> answers.put(member.uid(), counters));
        health.update(answers);
        health.retain(now.stream().map(Replica::uid).collect(Collectors.toSet()));
    }

    private void observeAlerts(List<Replica> now) throws InterruptedException {
        Map<Replica, List<RoutedAlert>> answers = ask(now, state::alerts);
        List<RoutedAlert> alerts = merged(answers.values());
        DeliveryPicture next = answers.isEmpty()
                ? new DeliveryPicture(
                        picture.isKnown(), picture.alerts(), picture.sentTo(), health.health(), health.notMade())
                : new DeliveryPicture(
                        true,
                        alerts.stream().map(RoutedAlert::labels).toList(),
                        sentTo(alerts),
                        health.health(),
                        health.notMade());
        if (!next.equals(picture)) {
            picture = next;
            listener.changed();
        }
        tellOfFading(alerts);
    }

    private void tellOfFading(List<RoutedAlert> alerts) {
        Instant now = clock.instant();
        List<Alert> fading = alerts.stream()
                .filter(alert -> alert.fades(now) && alert.labels().containsKey(RuleCompiler.RULE_LABEL))
                .map(RoutedAlert::alert)
                .toList();
        if (!fading.isEmpty()) {
            listener.fading(fading);
        }
    }

    /**
     * The members share their silences but not at once, and not their alerts: an alert goes where any of them sends it,
     * and is held back only where all that have it hold it back. It is as old as where it was sent to first. Tests are
     * nobody's alerts.
     */
    private static List<RoutedAlert> merged(Iterable<List<RoutedAlert>> answers) {
        Map<Map<String, String>, RoutedAlert> byLabels = new LinkedHashMap<>();
        answers.forEach(list -> list.stream()
                .filter(alert -> !TestRoute.isTest(alert.labels()))
                .forEach(alert -> byLabels.merge(alert.labels(), alert, DeliveryObserver::merged)));
        return List.copyOf(byLabels.values());
    }

    private static RoutedAlert merged(RoutedAlert a, RoutedAlert b) {
        Set<Hold> holds = new TreeSet<>(a.holds());
        holds.retainAll(b.holds());
        RoutedAlert older = a.sentAt().isBefore(b.sentAt()) ? a : b;
        return new RoutedAlert(
                older.alert(), older.sentAt(), union(a.receivers(), b.receivers()), union(a.told(), b.told()), holds);
    }

    private static Set<String> union(Set<String> a, Set<String> b) {
        Set<String> union = new TreeSet<>(a);
        union.addAll(b);
        return union;
    }

    private static Map<ObjectKey, SentTo> sentTo(List<RoutedAlert> alerts) {
        Map<ObjectKey, List<RoutedAlert>> byRule = new HashMap<>();
        for (RoutedAlert alert : alerts) {
            String namespace = alert.labels().get(RuleCompiler.NAMESPACE_LABEL);
            String name = alert.labels().get(RuleCompiler.RULE_LABEL);
            if (namespace != null && name != null) {
                byRule.computeIfAbsent(new ObjectKey(namespace, name), key -> new ArrayList<>())
                        .add(alert);
            }
        }
        Map<ObjectKey, SentTo> result = new HashMap<>();
        byRule.forEach((key, ofRule) -> result.put(key, sentToOfRule(ofRule)));
        return result;
    }

    private static SentTo sentToOfRule(List<RoutedAlert> alerts) {
        Map<Map<String, String>, SentTo.Way> ways = new HashMap<>();
        alerts.forEach(alert -> ways.put(
                SeenAlert.ownLabels(alert.labels()),
                new SentTo.Way(contactPoints(alert.told().stream()), new TreeSet<>(alert.holds()))));
        return new SentTo(
                contactPoints(alerts.stream().flatMap(alert -> alert.told().stream())),
                contactPoints(alerts.stream().flatMap(alert -> alert.receivers().stream())),
                alerts.stream()
                        .anyMatch(alert ->
                                contactPoints(alert.receivers().stream()).isEmpty()),
                ways);
    }

    private static List<String> contactPoints(Stream<String> receivers) {
        return receivers
                .filter(receiver -> !receiver.equals(AlertmanagerConfiguration.NOBODY))
                .distinct()
                .sorted()
                .toList();
    }

    private interface Question<T> {
        T ask(Replica member) throws IOException, InterruptedException;
    }

    /** Asks all at once; those that do not answer are absent. */
    private <T> Map<Replica, T> ask(List<Replica> asked, Question<T> question) throws InterruptedException {
        List<Callable<T>> questions = new ArrayList<>();
        asked.forEach(member -> questions.add(() -> question.ask(member)));
        List<Future<T>> answers = calls.invokeAll(questions);
        Map<Replica, T> result = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            try {
                result.put(asked.get(i), answers.get(i).get());
            } catch (ExecutionException e) {
                LOG.debug("{} cannot be asked: {}", asked.get(i).pod(), String.valueOf(e.getCause()));
            }
        }
        return result;
    }
}
