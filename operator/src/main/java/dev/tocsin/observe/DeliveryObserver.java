package dev.tocsin.observe;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.compile.delivery.AlertmanagerConfiguration;
import dev.tocsin.observe.SendCounters.Sender;
import dev.tocsin.publish.Replica;
import java.io.IOException;
import java.time.Duration;
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

    private final Supplier<List<Replica>> members;
    private final AlertmanagerState state;
    private final Duration alertsPeriod;
    private final Duration countersPeriod;
    private final Runnable onChange;
    private final DeliveryHealth health = new DeliveryHealth();
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread thread = Thread.ofVirtual().name("delivery-observer").unstarted(this::run);
    private volatile DeliveryPicture picture = DeliveryPicture.UNKNOWN;

    /**
     * @param members those that run now
     * @param alertsPeriod between two polls of the alerts
     * @param countersPeriod between two polls of the counters: their page has some twenty lines per receiver
     * @param onChange called when {@link #picture} has changed, from this observer's thread
     */
    public DeliveryObserver(
            Supplier<List<Replica>> members,
            AlertmanagerState state,
            Duration alertsPeriod,
            Duration countersPeriod,
            Runnable onChange) {
        this.members = members;
        this.state = state;
        this.alertsPeriod = alertsPeriod;
        this.countersPeriod = countersPeriod;
        this.onChange = onChange;
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
                boolean withCounters = System.nanoTime() - countersDue >= 0;
                if (withCounters) {
                    observeCounters(now);
                    countersDue = System.nanoTime() + countersPeriod.toNanos();
                }
                observeAlerts(now);
                Thread.sleep(alertsPeriod);
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
                ? new DeliveryPicture(picture.isKnown(), picture.alerts(), picture.sentTo(), health.health())
                : new DeliveryPicture(
                        true, alerts.stream().map(RoutedAlert::labels).toList(), sentTo(alerts), health.health());
        if (!next.equals(picture)) {
            picture = next;
            onChange.run();
        }
    }

    /** The members share their alerts but not at once: an alert is where any of them sends it. */
    private static List<RoutedAlert> merged(Iterable<List<RoutedAlert>> answers) {
        Map<Map<String, String>, RoutedAlert> byLabels = new LinkedHashMap<>();
        answers.forEach(list -> list.forEach(alert -> byLabels.merge(alert.labels(), alert, (a, b) -> {
            Set<String> receivers = new TreeSet<>(a.receivers());
            receivers.addAll(b.receivers());
            return new RoutedAlert(a.labels(), receivers, a.held() && b.held());
        })));
        return List.copyOf(byLabels.values());
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
        return byRule.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        rule -> new SentTo(
                                contactPoints(rule.getValue().stream().filter(alert -> !alert.held())),
                                contactPoints(rule.getValue().stream()),
                                rule.getValue().stream()
                                        .anyMatch(alert ->
                                                contactPoints(Stream.of(alert)).isEmpty()))));
    }

    private static List<String> contactPoints(Stream<RoutedAlert> alerts) {
        return alerts.flatMap(alert -> alert.receivers().stream())
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
