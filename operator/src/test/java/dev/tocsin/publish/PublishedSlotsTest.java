package dev.tocsin.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.place.SlotId;
import dev.tocsin.publish.PublishedSlots.Revision;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PublishedSlotsTest {
    private static final SlotId FIRST = new SlotId("default", 0, 0);
    private static final SlotId SECOND = new SlotId("default", 0, 1);
    private static final SlotId OTHER_SHARD = new SlotId("default", 1, 0);

    private final PublishedSlots published = new PublishedSlots();

    @Test
    void aReplicaThatHasNothingLacksEverythingOfItsShardAndNothingElse() {
        Revision first = published.published(FIRST, "revision-a");
        Revision second = published.published(SECOND, "revision-b");
        published.published(OTHER_SHARD, "revision-c");

        assertThat(published.missing("default-0", Map.of())).containsExactly(first, second);
        assertThat(published.missing("default-2", Map.of())).isEmpty();
    }

    @Test
    void aReplicaLacksWhatIsNewerThanWhatItHasProven() {
        Revision old = published.published(FIRST, "revision-a");
        Revision middle = published.published(FIRST, "revision-b");
        Revision latest = published.published(FIRST, "revision-c");

        assertThat(published.missing("default-0", Map.of(FIRST, old.sequence())))
                .containsExactly(middle, latest);
        assertThat(published.missing("default-0", Map.of(FIRST, latest.sequence())))
                .isEmpty();
    }

    @Test
    void theSameContentAgainIsNoNewRevision() {
        Revision first = published.published(FIRST, "revision-a");

        assertThat(published.published(FIRST, "revision-a")).isEqualTo(first);
    }

    @Test
    void aContentThatComesBackIsARevisionOfItsOwn() {
        Revision first = published.published(FIRST, "revision-a");
        published.published(FIRST, "revision-b");

        Revision again = published.published(FIRST, "revision-a");

        assertThat(again.sequence()).isGreaterThan(first.sequence());
        assertThat(published.missing("default-0", Map.of(FIRST, first.sequence())))
                .as("what is loaded already is not proof of what was published after another")
                .contains(again);
    }

    @Test
    void sequencesGrowOverAllSlots() {
        List<Long> sequences = List.of(
                published.published(FIRST, "revision-a").sequence(),
                published.published(OTHER_SHARD, "revision-a").sequence(),
                published.published(SECOND, "revision-a").sequence());

        assertThat(sequences).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void ofManyRevisionsTheLatestAreRemembered() {
        IntStream.range(0, 1000).forEach(i -> published.published(FIRST, "revision-" + i));

        List<Revision> missing = published.missing("default-0", Map.of());

        assertThat(missing).hasSizeLessThan(20);
        assertThat(missing.getLast().name()).isEqualTo("revision-999");
    }

    @Test
    void whoWaitsIsWokenByARevisionOfTheOwnShard() throws InterruptedException {
        Thread waiting = Thread.ofVirtual().start(() -> awaitUninterrupted("default-0", Duration.ofSeconds(30)));
        await("it waits").until(() -> waiting.getState() == Thread.State.TIMED_WAITING);

        published.published(OTHER_SHARD, "revision-a");
        assertThat(waiting.join(Duration.ofMillis(100)))
                .as("another shard's news ends the wait")
                .isFalse();
        published.published(FIRST, "revision-a");

        assertThat(waiting.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void theWaitEndsWithTheTime() throws InterruptedException {
        published.awaitMissing("default-0", Map.of(), Duration.ofMillis(1));

        assertThat(published.missing("default-0", Map.of())).isEmpty();
    }

    private void awaitUninterrupted(String shard, Duration atMost) {
        try {
            published.awaitMissing(shard, Map.of(), atMost);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
