package dev.tocsin.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.status.WriteQueue.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class WriteQueueTest {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final long SECOND = PAUSE.toNanos();

    /** Where {@link System#nanoTime()} stands means nothing: it may overflow at any time. */
    private static final long BEGIN = Long.MAX_VALUE - 2 * SECOND;

    private final WriteQueue<String, String> queue = new WriteQueue<>(PAUSE);

    @Test
    void urgentOnesGoFirstThenTheOldest() {
        queue.offer("a", "1", false);
        queue.offer("b", "1", false);
        queue.offer("c", "1", true);

        assertThat(taken(BEGIN)).containsExactly("c1", "a1", "b1");
    }

    @Test
    void whatIsNewerReplacesWhatWaitsAndKeepsItsPlaceAndUrgency() {
        queue.offer("a", "1", false);
        queue.offer("b", "1", true);
        queue.offer("c", "1", false);

        queue.offer("a", "2", false);
        queue.offer("b", "2", false);

        assertThat(taken(BEGIN)).containsExactly("b2", "a2", "c1");
    }

    @Test
    void noTargetIsUnderWayTwice() {
        queue.offer("a", "1", false);
        Write<String, String> first = next(BEGIN);
        queue.offer("a", "2", true);

        assertThat(queue.next(BEGIN)).isNull();
        queue.isDone(first);

        assertThat(taken(BEGIN)).containsExactly("a2");
    }

    @Test
    void whatFailsComesAgainLaterEachTimeUpToHalfAMinute() {
        queue.offer("a", "1", false);
        long now = BEGIN;
        for (long seconds : new long[] {1, 2, 4, 8, 16, 30, 30}) {
            queue.repeat(tried(now), now, Duration.ZERO);

            assertThat(queue.nanosToLater(now)).isEqualTo(seconds * SECOND);
            assertThat(queue.next(now + seconds * SECOND - 1)).isNull();
            now += seconds * SECOND;
        }
        assertThat(tried(now).failures()).isEqualTo(7);
    }

    @Test
    void whatFailsComesNotBeforeItIsAskedTo() {
        queue.offer("a", "1", false);
        queue.repeat(tried(BEGIN), BEGIN, Duration.ofSeconds(5));

        assertThat(queue.next(BEGIN + 5 * SECOND - 1)).isNull();
        assertThat(taken(BEGIN + 5 * SECOND)).containsExactly("a1");
    }

    @Test
    void whatFailsHoldsUpNoOtherAndOnlyThoseThatAreDueComeBack() {
        queue.offer("a", "1", false);
        queue.offer("b", "1", false);
        Write<String, String> a = tried(BEGIN);
        queue.repeat(tried(BEGIN), BEGIN, Duration.ofSeconds(3));
        queue.repeat(a, BEGIN, Duration.ZERO);
        queue.offer("c", "1", false);

        assertThat(taken(BEGIN)).containsExactly("c1");
        assertThat(queue.nanosToLater(BEGIN + SECOND)).isEqualTo(2 * SECOND);
        assertThat(taken(BEGIN + SECOND)).containsExactly("a1");
        assertThat(queue.nanosToLater(BEGIN + SECOND)).isEqualTo(2 * SECOND);
        assertThat(taken(BEGIN + 3 * SECOND)).containsExactly("b1");
    }

    @Test
    void whatFailedOrWasTurnedAwayGivesWayToWhatIsNewerWhichIsAsUrgent() {
        queue.offer("a", "1", true);
        queue.offer("b", "1", true);
        queue.offer("c", "1", false);
        Write<String, String> a = next(BEGIN);
        Write<String, String> b = next(BEGIN);
        queue.offer("a", "2", false);
        queue.offer("b", "2", false);
        queue.isDone(a);
        queue.isDone(b);

        queue.repeat(a, BEGIN, Duration.ZERO);
        queue.putBack(b);

        assertThat(taken(BEGIN)).containsExactly("a2", "b2", "c1");
    }

    @Test
    void whatIsOfferedWhileAFailedOneWaitsGoesAtOnceAndIsAsUrgent() {
        queue.offer("a", "1", true);
        queue.repeat(tried(BEGIN), BEGIN, Duration.ZERO);
        queue.offer("b", "1", false);

        queue.offer("a", "2", false);

        assertThat(taken(BEGIN)).containsExactly("a2", "b1");
        assertThat(queue.nanosToLater(BEGIN)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatIsPutBackIsTheNextOneAndHasNotFailed() {
        queue.offer("a", "1", false);
        queue.offer("b", "1", false);

        queue.putBack(tried(BEGIN));

        Write<String, String> again = next(BEGIN);
        assertThat(again.target()).isEqualTo("a");
        assertThat(again.failures()).isZero();
    }

    @Test
    void whatWaitsAndWhatIsUnderWayCounts() {
        queue.offer("a", "1", true);
        queue.offer("b", "1", false);
        queue.repeat(tried(BEGIN), BEGIN, Duration.ZERO);
        Write<String, String> b = next(BEGIN);
        queue.offer("c", "1", false);

        assertThat(queue.underWay()).isEqualTo(1);
        assertThat(queue.size()).isEqualTo(3);
        queue.isDone(b);
        assertThat(queue.size()).isEqualTo(2);
    }

    private Write<String, String> next(long now) {
        return Objects.requireNonNull(queue.next(now));
    }

    private Write<String, String> tried(long now) {
        Write<String, String> write = next(now);
        queue.isDone(write);
        return write;
    }

    /** Takes all that may go, as target and content. */
    private List<String> taken(long now) {
        List<String> taken = new ArrayList<>();
        for (Write<String, String> next = queue.next(now); next != null; next = queue.next(now)) {
            taken.add(next.target() + next.content());
            queue.isDone(next);
        }
        return taken;
    }
}
