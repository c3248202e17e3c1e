package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.Hold;
import dev.tocsin.api.v1alpha1.TestState;
import dev.tocsin.api.v1alpha1.TestStatus;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.TestRoute;
import dev.tocsin.observe.SendCounters;
import dev.tocsin.observe.SendCounters.Sender;
import dev.tocsin.publish.Replica;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What is said of a test where Alertmanager does not simply send it; the sending itself is tested on a real one. */
class TestRunTest {
    private static final ObjectKey TEAM = new ObjectKey("shop", "team");
    private static final Sender HOOK = new Sender(TestRoute.receiverName(TEAM, "webhook", 0), "webhook");
    private static final Replica ONE = new Replica("alertmanager", "alertmanager-0", "uid-0", "http://a");
    private static final Replica TWO = new Replica("alertmanager", "alertmanager-1", "uid-1", "http://b");
    private static final TestStatus SENDING =
            new TestStatus("x", TestState.Pending, "2026-11-25T10:00:00Z", "it is being sent");

    private final FakeEngine engine = new FakeEngine();

    /** An Alertmanager that counts what the test says. */
    private static final class FakeEngine implements TestRun.Engine {
        private volatile boolean recorded = true;
        private volatile long sequence = 1;
        private volatile Set<Hold> holds = Set.of();
        private final Map<String, SendCounters> counters = new ConcurrentHashMap<>();
        private final Map<String, SendCounters> afterSending = new ConcurrentHashMap<>();
        private final List<String> sent = new CopyOnWriteArrayList<>();

        @Override
        public boolean isRecorded(ObjectKey key, String uid, TestStatus status) {
            return recorded;
        }

        @Override
        public void send(Replica member, String alert) throws IOException {
            if (member.url().equals("http://down")) {
                throw new IOException("down");
            }
            sent.add(alert);
            counters.putAll(afterSending);
        }

        @Override
        public Map<Sender, SendCounters> counters(Replica member) {
            return Map.of(HOOK, counters.getOrDefault(member.uid(), counted(0, 0, Map.of())));
        }

        @Override
        public Set<Hold> holds(Replica member, String id) {
            return holds;
        }

        @Override
        public long latestSequence() {
            return sequence;
        }
    }

    @Test
    void nothingIsSentBeforeTheStatusSaysThatItIs() {
        engine.recorded = false;
        engine.afterSending.put("uid-0", counted(1, 0, Map.of()));
        try (TestRun run = run(false, Duration.ofSeconds(5), ONE)) {
            await("it waits").during(Duration.ofMillis(500)).until(() -> engine.sent.isEmpty() && run.result() == null);

            engine.recorded = true;

            assertThat(result(run).state()).isEqualTo(TestState.Sent);
        }
    }

    @Test
    void itIsLostWhenAllMembersHaveGivenUpAndNotBefore() {
        engine.afterSending.put("uid-0", counted(1, 1, Map.of("clientError", 1.0)));
        try (TestRun run = run(false, Duration.ofSeconds(20), ONE, TWO)) {
            await("the other may still send it").during(Duration.ofMillis(1500)).until(() -> run.result() == null);

            engine.counters.put("uid-1", counted(1, 1, Map.of("clientError", 1.0)));

            assertThat(result(run).state()).isEqualTo(TestState.Failed);
            assertThat(result(run).message()).startsWith("webhook/0: the other side refuses");
        }
    }

    @Test
    void itHasArrivedWhenOneMemberSendsWhatAnotherGaveUp() {
        engine.afterSending.put("uid-0", counted(1, 1, Map.of("clientError", 1.0)));
        engine.afterSending.put("uid-1", counted(1, 0, Map.of()));

        try (TestRun run = run(false, Duration.ofSeconds(20), ONE, TWO)) {
            assertThat(result(run).state()).isEqualTo(TestState.Sent);
        }
    }

    @Test
    void aSilencedTestSaysSo() {
        engine.holds = Set.of(Hold.Silenced);

        try (TestRun run = run(false, Duration.ofSeconds(1), ONE)) {
            assertThat(result(run).state()).isEqualTo(TestState.Failed);
            assertThat(result(run).message()).isEqualTo("webhook/0: Alertmanager holds it back: Silenced");
        }
    }

    @Test
    void attemptsThatFailUntilTheTimeIsUpAreAFailure() {
        engine.afterSending.put("uid-0", counted(3, 3, Map.of()));

        try (TestRun run = run(false, Duration.ofSeconds(1), ONE)) {
            assertThat(result(run).state()).isEqualTo(TestState.Failed);
            assertThat(result(run).message()).isEqualTo("webhook/0: attempts fail and are repeated");
        }
    }

    @Test
    void aReloadThatForgetsWhatWasCountedLeavesItUnknown() {
        try (TestRun run = run(false, Duration.ofSeconds(2), ONE)) {
            await("it is sent").until(() -> !engine.sent.isEmpty());

            engine.sequence = 2;

            assertThat(result(run).state()).isEqualTo(TestState.Unknown);
        }
    }

    @Test
    void whatAnOperatorBeforeHadSentIsKnownByItsCounters() {
        engine.counters.put("uid-0", counted(1, 0, Map.of()));

        try (TestRun run = run(true, Duration.ofSeconds(1), ONE)) {
            assertThat(result(run).state()).isEqualTo(TestState.Sent);
        }
    }

    @Test
    void membersOfWhichNoneAnswersHaveNotSentIt() {
        try (TestRun run =
                run(false, Duration.ofSeconds(1), new Replica("alertmanager", "am", "uid-2", "http://down"))) {
            assertThat(result(run).state()).isEqualTo(TestState.Failed);
            assertThat(result(run).message()).contains("has not tried to send it");
        }
    }

    @Test
    void itEndsWhenItsResultIsKnown() {
        engine.afterSending.put("uid-0", counted(1, 0, Map.of()));

        try (TestRun run = run(false, Duration.ofSeconds(5), ONE)) {
            result(run);

            assertThat(engine.sent).hasSize(2);
            assertThat(engine.sent.getFirst()).contains("\"endsAt\":\"2026-11-25T10:05:00Z\"");
            assertThat(engine.sent.getLast()).doesNotContain("\"endsAt\":\"2026-11-25T10:05:00Z\"");
        }
    }

    private TestRun run(boolean resumed, Duration longest, Replica... members) {
        return new TestRun(
                        engine,
                        Clock.systemUTC(),
                        contactPoint(),
                        SENDING,
                        List.of(members),
                        1,
                        resumed,
                        longest,
                        () -> {})
                .start();
    }

    private static TestStatus result(TestRun run) {
        await("there is a result").until(() -> run.result() != null);
        return Objects.requireNonNull(run.result());
    }

    private static SendCounters counted(double requests, double failed, Map<String, Double> lost) {
        return new SendCounters(1, requests, failed, lost);
    }

    private static ContactPoint contactPoint() {
        return Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: ContactPoint
                metadata: {name: team, namespace: shop, uid: uid-team}
                spec: {receivers: [{webhook: {url: {value: "http://sink/"}}}]}
                """, ContactPoint.class);
    }
}
