package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.BeforeTry;

/** With a clock of the test's own; its origin is arbitrary, as that of System.nanoTime is. */
class CoalescerProperties {
    private Coalescer coalescer = new Coalescer();

    @BeforeTry
    void startAnew() {
        coalescer = new Coalescer();
    }

    @Example
    void whereNothingWaitsNothingIsDue() {
        assertThat(coalescer.nanosUntilDue(0)).isEqualTo(Long.MAX_VALUE);
    }

    @Property
    void oneChangeInAnIdleSystemIsDueAtOnce(@ForAll long now) {
        coalescer.changed(now);

        assertThat(coalescer.nanosUntilDue(now)).isNotPositive();
    }

    @Property
    void fewChangesAreDueAtOnce(@ForAll long now, @ForAll @IntRange(min = 1, max = 20) int changes) {
        change(now, changes);

        assertThat(coalescer.nanosUntilDue(now)).isNotPositive();
    }

    @Property
    void manyChangesWaitUntilNoFurtherComes(@ForAll long now, @ForAll @IntRange(min = 21, max = 5000) int changes) {
        change(now, changes);

        assertThat(coalescer.nanosUntilDue(now)).isEqualTo(Coalescer.QUIET.toNanos());
        assertThat(coalescer.nanosUntilDue(now + Coalescer.QUIET.toNanos())).isZero();
    }

    @Example
    void aClockThatRunsOverMakesNoDifference() {
        long now = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos();
        change(now, 100);

        assertThat(coalescer.nanosUntilDue(now)).isEqualTo(Coalescer.QUIET.toNanos());
    }

    @Property
    void aStormThatDoesNotEndIsPublishedAllTheSame(@ForAll long begin) {
        long now = begin;
        for (int i = 0; i < 100; i++) {
            now = begin + i * Duration.ofMillis(100).toNanos();
            coalescer.changed(now);
        }

        assertThat(coalescer.nanosUntilDue(begin + Coalescer.LONGEST_WAIT.toNanos()))
                .isZero();
        assertThat(coalescer.nanosUntilDue(now)).isNegative();
    }

    @Property
    void whatWasTakenDoesNotWaitAnyMore(@ForAll long now, @ForAll @IntRange(min = 1, max = 100) int changes) {
        change(now, changes);

        coalescer.taken();

        assertThat(coalescer.nanosUntilDue(now)).isEqualTo(Long.MAX_VALUE);
    }

    @Property
    void oneChangeLongAfterManyIsDueAtOnce(@ForAll long now, @ForAll @IntRange(min = 1, max = 100) int changes) {
        change(now, changes);
        coalescer.taken();
        long later = now + Coalescer.LONGEST_WAIT.toNanos();

        coalescer.changed(later);

        assertThat(coalescer.nanosUntilDue(later)).isNotPositive();
    }

    @Example
    void oneChangeSoonAfterManyWaitsWhetherMoreCome() {
        change(0, 100);
        coalescer.taken();
        long soon = Duration.ofSeconds(1).toNanos();

        coalescer.changed(soon);

        assertThat(coalescer.nanosUntilDue(soon)).isEqualTo(Coalescer.QUIET.toNanos());
    }

    @Property
    void noChangeWaitsLongerThanItMay(
            @ForAll @Size(min = 1, max = 200) List<@LongRange(min = 0, max = 1000) Long> gaps,
            @ForAll @LongRange(min = 1, max = 1000) long publicationMillis) {
        List<Publication> publications = run(gaps, publicationMillis);

        assertThat(publications.stream().mapToInt(Publication::changes).sum())
                .as("each change is published")
                .isEqualTo(gaps.size());
        assertThat(publications)
                .allSatisfy(publication -> assertThat(publication.longestWaitMillis())
                        .isLessThanOrEqualTo(Coalescer.LONGEST_WAIT.toMillis() + publicationMillis));
    }

    @Property(tries = 50)
    void twoThousandChangesInThreeSecondsCostFewPublications(
            @ForAll @LongRange(min = 50, max = 1000) long publicationMillis) {
        List<Long> gaps =
                LongStream.range(0, 2000).mapToObj(i -> i % 2 == 0 ? 1L : 2L).toList();

        assertThat(run(gaps, publicationMillis)).hasSizeLessThanOrEqualTo(5);
    }

    /** As `kubectl apply` of a folder, or a GitOps controller, makes them: some dozens a second, for a minute. */
    @Property(tries = 20)
    void twoThousandChangesThatTrickleCostFewPublicationsToo(
            @ForAll @LongRange(min = 50, max = 1000) long publicationMillis) {
        List<Long> gaps = LongStream.range(0, 2000).mapToObj(i -> 30L).toList();

        assertThat(run(gaps, publicationMillis))
                .hasSizeLessThanOrEqualTo(60_000 / (int) Coalescer.LONGEST_WAIT.toMillis() + 15);
    }

    /** Each edit as soon as the one before is live. */
    @Property(tries = 20)
    void editsOfOnePersonNeverWait(@ForAll @LongRange(min = 50, max = 200) long publicationMillis) {
        List<Long> gaps = LongStream.range(0, 50).mapToObj(i -> 250L).toList();

        assertThat(run(gaps, publicationMillis))
                .hasSize(50)
                .allSatisfy(publication ->
                        assertThat(publication.longestWaitMillis()).isZero());
    }

    /** One that took what had come since the one before. */
    private record Publication(int changes, long longestWaitMillis) {}

    /** Changes come after these gaps, in milliseconds; one publication at a time, each takes as long. */
    private List<Publication> run(List<Long> gaps, long publicationMillis) {
        List<Publication> result = new ArrayList<>();
        List<Long> waiting = new ArrayList<>();
        int next = 0;
        long nextChange = gaps.getFirst();
        long idleFrom = 0;
        for (long now = 0; next < gaps.size() || !waiting.isEmpty(); now++) {
            while (next < gaps.size() && nextChange <= now) {
                coalescer.changed(nanos(now));
                waiting.add(now);
                next++;
                nextChange += next < gaps.size() ? gaps.get(next) : 0;
            }
            if (now >= idleFrom && coalescer.nanosUntilDue(nanos(now)) <= 0) {
                coalescer.taken();
                result.add(new Publication(waiting.size(), now - waiting.getFirst()));
                waiting.clear();
                idleFrom = now + publicationMillis;
            }
        }
        return result;
    }

    private void change(long now, int times) {
        for (int i = 0; i < times; i++) {
            coalescer.changed(now);
        }
    }

    private static long nanos(long millis) {
        return Long.MAX_VALUE - 500_000_000 + Duration.ofMillis(millis).toNanos();
    }
}
