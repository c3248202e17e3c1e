package dev.tocsin.operator;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.Hold;
import dev.tocsin.api.v1alpha1.TestState;
import dev.tocsin.api.v1alpha1.TestStatus;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.ContactPointCompiler;
import dev.tocsin.compile.delivery.TestRoute;
import dev.tocsin.observe.SendCounters;
import dev.tocsin.observe.SendCounters.Sender;
import dev.tocsin.observe.TestOutcome;
import dev.tocsin.publish.Replica;
import dev.tocsin.status.Conditions;
import dev.tocsin.status.Cut;
import dev.tocsin.status.SendFailures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One test notification: hands an alert to Alertmanager and watches its counters until they tell what became of it. */
final class TestRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TestRun.class);

    /** How long Alertmanager takes the alert for firing if nobody ends it: longer than an operator's restart. */
    static final Duration LIFETIME = Duration.ofMinutes(5);

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration RECORD_PAUSE = Duration.ofMillis(200);
    private static final int ID_BYTES = 6;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Engine engine;
    private final Clock clock;
    private final ObjectKey key;
    private final TestStatus sending;
    private final Map<String, Sender> senders;
    private final List<Replica> members;
    private final long sequence;
    private final boolean resumed;
    private final Duration longest;
    private final Runnable onEnd;
    private final String uid;
    private final String id;
    private final Thread thread;
    private volatile @Nullable TestStatus result;

    /** What a test is done with. */
    interface Engine {

        /** Whether the object's status, as the API server has it, says this. */
        boolean isRecorded(ObjectKey key, String uid, TestStatus status);

        /** Hands an alert, JSON, to a member. */
        void send(Replica member, String alert) throws IOException, InterruptedException;

        /** What a member has counted. */
        Map<Sender, SendCounters> counters(Replica member) throws IOException, InterruptedException;

        /** Why a member holds the alert with this id back; empty when it does not. */
        Set<Hold> holds(Replica member, String id) throws IOException, InterruptedException;

        /** The newest publication: each makes members load anew. */
        long latestSequence();
    }

    /**
     * @param sending the status that has to be recorded before anything is sent
     * @param members that know the way to the ContactPoint
     * @param sequence the publication that brought it
     * @param resumed whether an operator before this one may have sent it already
     * @param longest after which what is known then is the result
     * @param onEnd called when there is a result
     */
    TestRun(
            Engine engine,
            Clock clock,
            ContactPoint object,
            TestStatus sending,
            List<Replica> members,
            long sequence,
            boolean resumed,
            Duration longest,
            Runnable onEnd) {
        this.engine = engine;
        this.clock = clock;
        this.key = new ObjectKey(
                object.getMetadata().getNamespace(), object.getMetadata().getName());
        this.uid = object.getMetadata().getUid();
        this.sending = sending;
        this.senders = senders(key, ContactPointCompiler.integrations(object.getSpec()));
        this.members = members;
        this.sequence = Math.max(sequence, engine.latestSequence());
        this.resumed = resumed;
        this.longest = longest;
        this.onEnd = onEnd;
        this.id = id(uid, sending.value());
        this.thread = Thread.ofVirtual().name("test-" + key).unstarted(this::run);
    }

    /** Begins; returns at once. */
    TestRun start() {
        thread.start();
        return this;
    }

    /** What has become of it; null until that is known. */
    @Nullable
    TestStatus result() {
        return result;
    }

    /** Leaves it as it is: another operator may go on with it. */
    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (!engine.isRecorded(key, uid, sending)) {
                Thread.sleep(RECORD_PAUSE);
            }
            result = sent();
            onEnd.run();
        } catch (InterruptedException e) {
            LOG.debug("the test of {} is left as it is", key);
        }
    }

    private TestStatus sent() throws InterruptedException {
        Instant begun = Instant.parse(Objects.requireNonNull(sending.at()));
        Map<String, Map<Sender, SendCounters>> before = counters();
        send(begun, begun.plus(LIFETIME));
        long deadline = System.nanoTime() + longest.toNanos();
        Map<String, TestOutcome> outcomes = Map.of();
        boolean decided = false;
        while (!decided && System.nanoTime() - deadline < 0) {
            Thread.sleep(LOOK);
            outcomes = merged(outcomes, outcomes(before, counters()));
            decided = !outcomes.isEmpty()
                    && outcomes.values().stream().noneMatch(outcome -> outcome.state() == TestState.Pending);
        }
        TestStatus status = decided ? status(outcomes, "") : undecided(outcomes, before);
        send(begun, clock.instant());
        return status;
    }

    /** A reload sets counters to zero: what has arrived has arrived. */
    private static Map<String, TestOutcome> merged(Map<String, TestOutcome> known, Map<String, TestOutcome> now) {
        Map<String, TestOutcome> merged = new LinkedHashMap<>(now);
        known.forEach((name, outcome) -> {
            if (outcome.state() == TestState.Sent) {
                merged.put(name, outcome);
            }
        });
        return merged;
    }

    private Map<String, TestOutcome> outcomes(
            Map<String, Map<Sender, SendCounters>> before, Map<String, Map<Sender, SendCounters>> now) {
        Map<String, TestOutcome> outcomes = new LinkedHashMap<>();
        senders.forEach((name, sender) -> outcomes.put(name, TestOutcome.of(sender, before, now)));
        return outcomes;
    }

    /** The time is up, and at least one receiver has not been told. */
    private TestStatus undecided(Map<String, TestOutcome> outcomes, Map<String, Map<Sender, SendCounters>> before)
            throws InterruptedException {
        Set<Hold> holds = holds();
        Map<String, TestOutcome> last = new LinkedHashMap<>();
        String unsent = "Alertmanager has not tried to send it within " + longest.toSeconds() + " s";
        if (!holds.isEmpty()) {
            unsent = "Alertmanager holds it back: "
                    + holds.stream().map(Hold::name).collect(Collectors.joining(", "));
        }
        boolean restarted = holds.isEmpty() && (resumed || engine.latestSequence() > sequence);
        for (String name : senders.keySet()) {
            TestOutcome outcome = outcomes.getOrDefault(name, new TestOutcome(TestState.Pending, ""));
            boolean nothingCounted = outcome.reason().isEmpty();
            if (outcome.state() != TestState.Pending) {
                last.put(name, outcome);
            } else if (nothingCounted && resumed && holds.isEmpty() && hasSucceeded(name, before)) {
                last.put(name, new TestOutcome(TestState.Sent, ""));
            } else if (nothingCounted && restarted) {
                last.put(name, new TestOutcome(TestState.Unknown, ""));
            } else {
                last.put(name, new TestOutcome(TestState.Failed, outcome.reason()));
            }
        }
        return status(last, unsent);
    }

    /** Alertmanager repeats what failed, and only what arrived it does not send again: so the operator before had it sent. */
    private boolean hasSucceeded(String name, Map<String, Map<Sender, SendCounters>> before) {
        return before.values().stream()
                .map(counters -> counters.get(senders.get(name)))
                .anyMatch(counters -> counters != null && counters.requests() > counters.failedRequests());
    }

    private TestStatus status(Map<String, TestOutcome> outcomes, String unsent) {
        Set<TestState> states =
                outcomes.values().stream().map(TestOutcome::state).collect(Collectors.toSet());
        TestState state = states.contains(TestState.Failed)
                ? TestState.Failed
                : states.contains(TestState.Unknown) ? TestState.Unknown : TestState.Sent;
        List<String> words = new ArrayList<>();
        outcomes.forEach((name, outcome) -> words.add(name
                + switch (outcome.state()) {
                    case Sent -> " has taken it";
                    case Unknown -> ": a restart or a reload came in between, and nothing tells whether it was sent";
                    case Failed, Pending ->
                        ": " + (outcome.reason().isEmpty() ? unsent : SendFailures.explanation(name, outcome.reason()));
                }));
        return new TestStatus(
                sending.value(),
                state,
                Conditions.timestamp(clock.instant()),
                Cut.after(TestStatus.MAX_MESSAGE_LENGTH, String.join("; ", words)));
    }

    // ---- the members ----

    private void send(Instant startsAt, Instant endsAt) throws InterruptedException {
        ObjectNode alert = JSON.createObjectNode();
        alert.putObject("labels")
                .put("alertname", "TocsinTest")
                .put(TestRoute.LABEL, key.toString())
                .put(TestRoute.ID_LABEL, id);
        alert.putObject("annotations")
                .put("summary", "Test notification of ContactPoint " + key)
                .put(
                        "description",
                        "Asked for by the annotation " + ContactPoint.TEST_ANNOTATION + ". Nothing is wrong.");
        alert.put("startsAt", startsAt.toString()).put("endsAt", endsAt.toString());
        for (Replica member : members) {
            try {
                engine.send(member, alert.toString());
            } catch (IOException e) {
                LOG.debug("{} is not told of the test of {}: {}", member.pod(), key, e.toString());
            }
        }
    }

    private Map<String, Map<Sender, SendCounters>> counters() throws InterruptedException {
        Map<String, Map<Sender, SendCounters>> answers = new HashMap<>();
        for (Replica member : members) {
            try {
                answers.put(member.uid(), engine.counters(member));
            } catch (IOException e) {
                LOG.debug("{} does not say what it has sent: {}", member.pod(), e.toString());
            }
        }
        return answers;
    }

    private Set<Hold> holds() throws InterruptedException {
        for (Replica member : members) {
            try {
                return engine.holds(member, id);
            } catch (IOException e) {
                LOG.debug("{} does not say what it holds back: {}", member.pod(), e.toString());
            }
        }
        return Set.of();
    }

    /** Name in the spec, for example webhook/2, and what Alertmanager counts its tests under. */
    private static Map<String, Sender> senders(ObjectKey key, List<String> integrations) {
        Map<String, Sender> senders = new LinkedHashMap<>();
        Map<String, Integer> positions = new HashMap<>();
        for (String integration : integrations) {
            String kind = integration.substring(0, integration.indexOf('/'));
            int position = positions.merge(kind, 1, Integer::sum) - 1;
            senders.put(integration, new Sender(TestRoute.receiverName(key, kind, position), kind));
        }
        return senders;
    }

    private static String id(String uid, String value) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest((uid + "/" + value).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
