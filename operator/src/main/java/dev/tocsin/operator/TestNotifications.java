package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.ContactPointStatus;
import dev.tocsin.api.v1alpha1.TestState;
import dev.tocsin.api.v1alpha1.TestStatus;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.delivery.ContactPointCompiler;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.TestRoute;
import dev.tocsin.operator.DeliveryPlan.Outcome;
import dev.tocsin.publish.AlertmanagerMembers.Rollout;
import dev.tocsin.publish.Replica;
import dev.tocsin.status.Conditions;
import dev.tocsin.status.Cut;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sends a test notification for each new value of a ContactPoint's annotation: exactly once, also where the operator
 * restarts in between. Confined to the delivery loop's thread.
 *
 * <p>Before a test is handed to Alertmanager, the status says so. An operator that finds such a status hands the very
 * same alert over again, and Alertmanager, which remembers what it has sent, does not send it twice.
 */
final class TestNotifications implements AutoCloseable {
    /** Shorter than {@link TestRun#LIFETIME}: until then Alertmanager takes the alert for one that it knows. */
    private static final Duration RESUMABLE = TestRun.LIFETIME.minusMinutes(1);

    /** The end of a test is told too, where resolved alerts are: it must not be taken for the test after it. */
    private static final Duration QUIET = Duration.ofSeconds(20);

    /** A member may wait 15 s until it starts, each waits 7 s for the one before, and tries for 15 s. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    /** What failed is tried again every 15 s; when nothing is, there is nothing left to do. */
    private static final Duration LONGEST_RESUMED = Duration.ofSeconds(40);

    private final TestRun.Engine engine;
    private final Clock clock;
    private final Runnable onChange;
    private final Map<String, Test> tests = new HashMap<>();
    private final Map<ObjectKey, Published> published = new HashMap<>();

    /** The way to a ContactPoint, and the publication since which it is there. */
    private record Published(TestRoute route, long sequence) {}

    private static final class Test {
        private @Nullable TestStatus status;
        private @Nullable TestRun run;
        private Instant notBefore = Instant.MIN;
    }

    /** @param onChange called when a test has come to its end, from any thread */
    TestNotifications(TestRun.Engine engine, Clock clock, Runnable onChange) {
        this.engine = engine;
        this.clock = clock;
        this.onChange = onChange;
    }

    /** The value that asks for a test notification; empty when nobody does. */
    static Optional<String> request(ContactPoint object) {
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        String value = annotations == null ? null : annotations.get(ContactPoint.TEST_ANNOTATION);
        return Optional.ofNullable(value)
                .filter(text -> !text.isBlank())
                .map(text -> Cut.after(TestStatus.MAX_VALUE_LENGTH, text));
    }

    /** These ways, and no others, are a part of what was published. */
    void published(List<TestRoute> routes, long sequence) {
        published
                .keySet()
                .retainAll(routes.stream().map(TestRoute::contactPoint).collect(Collectors.toSet()));
        for (TestRoute route : routes) {
            Published before = published.get(route.contactPoint());
            if (before == null || !before.route().equals(route)) {
                published.put(route.contactPoint(), new Published(route, sequence));
            }
        }
    }

    /** Begins what is asked for and takes note of what has ended. */
    void follow(DeliveryPlan plan, Map<ObjectKey, ContactPoint> objects, Rollout rollout, List<Replica> members) {
        forget(objects);
        objects.forEach((key, object) -> {
            String uid = object.getMetadata().getUid();
            Optional<String> value = request(object);
            if (value.isPresent() || tests.containsKey(uid)) {
                Test test = tests.computeIfAbsent(uid, id -> known(object));
                end(test);
                if (value.isPresent() && test.run == null && !isDone(test.status, value.get())) {
                    Outcome<ContactPointFragment> outcome = plan.contactPoints().get(key);
                    follow(test, value.get(), object, ready(key, object, outcome, rollout, members));
                }
            }
        });
    }

    /** What has become of an object's newest test; null when nothing is known but what was reported. */
    @Nullable
    TestStatus status(String uid) {
        Test test = tests.get(uid);
        return test == null ? null : test.status;
    }

    @Override
    public void close() {
        tests.values().forEach(TestNotifications::stop);
    }

    private static Test known(ContactPoint object) {
        Test test = new Test();
        ContactPointStatus status = object.getStatus();
        test.status = status == null ? null : status.test();
        return test;
    }

    private void forget(Map<ObjectKey, ContactPoint> objects) {
        Set<String> uids = objects.values().stream()
                .map(object -> object.getMetadata().getUid())
                .collect(Collectors.toSet());
        tests.entrySet().removeIf(entry -> {
            boolean isGone = !uids.contains(entry.getKey());
            if (isGone) {
                stop(entry.getValue());
            }
            return isGone;
        });
    }

    private static void stop(Test test) {
        if (test.run != null) {
            test.run.close();
        }
    }

    private void end(Test test) {
        TestStatus result = test.run == null ? null : test.run.result();
        if (result != null) {
            test.status = result;
            test.run = null;
            test.notBefore = clock.instant().plus(QUIET);
        }
    }

    private static boolean isDone(@Nullable TestStatus status, String value) {
        return status != null && status.value().equals(value) && status.state() != TestState.Pending;
    }

    /** Whether a test can be sent now. */
    private sealed interface Readiness {
        /** These members know the way. */
        record Ready(List<Replica> members, long sequence) implements Readiness {}

        /** It has to wait. */
        record NotYet(String why) implements Readiness {}
    }

    private Readiness ready(
            ObjectKey key,
            ContactPoint object,
            @Nullable Outcome<ContactPointFragment> outcome,
            Rollout rollout,
            List<Replica> members) {
        if (outcome == null || !outcome.isAbout(object)) {
            return new Readiness.NotYet("it waits until this generation of the contact point is loaded");
        }
        if (outcome.verdict() instanceof Verdict.Refused) {
            return new Readiness.NotYet("it waits until the contact point is accepted; see the condition Accepted");
        }
        if (ContactPointCompiler.integrations(object.getSpec()).isEmpty()) {
            return new Readiness.NotYet("the contact point has no receiver that could be told");
        }
        Published way = published.get(key);
        List<Replica> able = way == null
                ? List.of()
                : members.stream()
                        .filter(member -> rollout.proven().getOrDefault(member.pod(), 0L) >= way.sequence())
                        .toList();
        boolean someLackIt = members.stream()
                .anyMatch(member ->
                        !able.contains(member) && !rollout.unreachable().contains(member.pod()));
        return able.isEmpty() || someLackIt || way == null
                ? new Readiness.NotYet("it waits until Alertmanager has loaded the contact point and the way for tests")
                : new Readiness.Ready(able, way.sequence());
    }

    private void follow(Test test, String value, ContactPoint object, Readiness readiness) {
        TestStatus before = test.status;
        String begun = before != null && before.value().equals(value) ? before.at() : null;
        Instant now = clock.instant();
        if (begun != null && Instant.parse(begun).plus(RESUMABLE).isBefore(now)) {
            test.status = new TestStatus(
                    value,
                    TestState.Unknown,
                    Conditions.timestamp(now),
                    "the operator was away while it was being sent; give the annotation a new value to send another");
            return;
        }
        switch (readiness) {
            case Readiness.NotYet(String why) -> {
                if (begun == null) {
                    test.status = new TestStatus(value, TestState.Pending, null, why);
                }
            }
            case Readiness.Ready(List<Replica> members, long sequence) -> {
                if (begun == null && now.isBefore(test.notBefore)) {
                    test.status = new TestStatus(
                            value, TestState.Pending, null, "it waits until the test before has come to its end");
                    return;
                }
                TestStatus sending = begun == null
                        ? new TestStatus(value, TestState.Pending, Conditions.timestamp(now), "it is being sent")
                        : Objects.requireNonNull(before);
                test.status = sending;
                boolean resumed = begun != null;
                Duration longest = resumed ? LONGEST_RESUMED : LONGEST;
                test.run = new TestRun(engine, clock, object, sending, members, sequence, resumed, longest, onChange)
                        .start();
            }
        }
    }
}
