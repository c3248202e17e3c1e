package dev.tocsin.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Looks all the time which rules are run by any evaluator, and since when their alerts are active: what is seen at the
 * evaluators themselves, apart from the operator and from who is notified.
 */
final class EvaluatedRules implements AutoCloseable {
    private static final Pattern GROUP = Pattern.compile("\"name\":\"" + Rig.TEAM + "/([^\"]+)\"");

    private final EvaluatorNode node;
    private final Map<String, Instant> activeSince = new ConcurrentHashMap<>();
    private final Set<String> missed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger looks = new AtomicInteger();
    private final Thread thread;

    /** Begins to look for this number of rules. */
    EvaluatedRules(EvaluatorNode node, int rules, Duration between) {
        this.node = node;
        Set<String> all =
                new HashSet<>(IntStream.range(0, rules).mapToObj(Rules::name).toList());
        this.thread = Thread.ofVirtual().name("evaluated-rules").start(() -> {
            try {
                while (true) {
                    look(all);
                    Thread.sleep(between);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** All replicas at the same time: a rule that moves between two looks would seem to be nowhere. */
    private void look(Set<String> all) throws InterruptedException {
        Set<String> running = new HashSet<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Set<String>>> answers = new ArrayList<>();
            for (Engine evaluator : node.evaluators()) {
                answers.add(executor.submit(() -> ask(evaluator)));
            }
            for (Future<Set<String>> answer : answers) {
                running.addAll(answer.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("an evaluator's answer cannot be read", e);
        }
        all.stream().filter(rule -> !running.contains(rule)).forEach(missed::add);
        looks.incrementAndGet();
    }

    /** One that is gone answers nothing: it went with its shard, and its rules must run elsewhere. */
    private Set<String> ask(Engine evaluator) throws InterruptedException {
        Set<String> running = new HashSet<>();
        try {
            Matcher groups = GROUP.matcher(evaluator.get("/api/v1/rules"));
            while (groups.find()) {
                running.add(groups.group(1));
            }
            for (JsonNode alert :
                    Json.read(evaluator.get("/api/v1/alerts")).path("data").path("alerts")) {
                activeSince.merge(
                        alert.path("labels").path("tocsin_rule").asText(),
                        OffsetDateTime.parse(alert.path("activeAt").asText()).toInstant(),
                        (one, other) -> one.isBefore(other) ? one : other);
            }
        } catch (IOException gone) {
            return running;
        }
        return running;
    }

    /** Rules that no evaluator ran at one of the looks. */
    Set<String> missed() {
        return Set.copyOf(missed);
    }

    /** Since when the alert of a rule is active, in the replica that saw it first. */
    Instant activeSince(String rule) {
        return Objects.requireNonNull(activeSince.get(rule), rule);
    }

    /** How often it has looked; it must not have ended on its own, or nothing could be missed. */
    int looks() {
        if (looks.get() == 0 || !thread.isAlive()) {
            throw new IllegalStateException("nobody has looked what the evaluators run");
        }
        return looks.get();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
