package dev.tocsin.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.observe.DeliveryHealth.Health;
import dev.tocsin.observe.SendCounters.Sender;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeliveryHealthTest {
    private static final Sender SLACK = new Sender("shop/team", "slack");

    private static final double LOADED = 1_767_225_600.5;

    private final DeliveryHealth health = new DeliveryHealth();
    private double loadedAt = LOADED;

    @Test
    void nothingSentIsNothingKnown() {
        see("a", 0, 0, Map.of());

        assertThat(health.health()).isEmpty();
    }

    @Test
    void successesOnlyAreDelivering() {
        see("a", 3, 0, Map.of());

        assertThat(health.health()).containsEntry(SLACK, new Health(true, ""));
    }

    @Test
    void failedAttemptsOnlyAreStillTrying() {
        see("a", 0, 0, Map.of());
        see("a", 2, 2, Map.of());

        assertThat(health.health()).containsEntry(SLACK, new Health(false, "stillTrying"));
    }

    @Test
    void aRetryThatWorkedIsDelivering() {
        see("a", 0, 0, Map.of());
        see("a", 3, 2, Map.of());

        assertThat(health.health()).containsEntry(SLACK, new Health(true, ""));
    }

    @Test
    void aLostNotificationOutweighsOthersThatArrived() {
        see("a", 0, 0, Map.of());
        see("a", 5, 1, Map.of("clientError", 1.0));

        assertThat(health.health()).containsEntry(SLACK, new Health(false, "clientError"));
    }

    @Test
    void whatIsGivenUpWithoutAnotherAttemptCouldNotBeMade() {
        see("a", 0, 0, Map.of());
        see("a", 2, 2, Map.of("other", 2.0));

        assertThat(health.health()).containsEntry(SLACK, new Health(false, "notMade"));
    }

    @Test
    void whatIsGivenUpAfterManyAttemptsCouldNotBeReached() {
        see("a", 0, 0, Map.of());
        see("a", 9, 9, Map.of("other", 1.0));

        assertThat(health.health()).containsEntry(SLACK, new Health(false, "other"));
    }

    @Test
    void whatAReloadInterruptedIsNotLost() {
        see("a", 5, 0, Map.of());
        see("a", 5, 0, Map.of("contextCanceled", 1.0));

        assertThat(health.health()).containsEntry(SLACK, new Health(true, ""));
    }

    /** It was being tried again, and is sent when the reload is over: here it arrives. */
    @Test
    void whatAReloadInterruptedMayBeCountedAsGivenUpAfterIt() {
        see("a", 3, 3, Map.of());
        loadedAt++;
        see("a", 1, 0, Map.of("other", 1.0));

        assertThat(health.health()).containsEntry(SLACK, new Health(true, ""));
        assertThat(health.notMade()).as("to be looked into").containsExactly(Map.entry(SLACK, 1L));
    }

    @Test
    void whatAReloadInterruptedIsStillTriedWhereTheServerStaysAway() {
        see("a", 1, 1, Map.of());
        loadedAt++;
        see("a", 1, 1, Map.of("other", 1.0));

        assertThat(health.health()).containsEntry(SLACK, new Health(false, "stillTrying"));
        assertThat(health.notMade()).as("to be looked into").containsExactly(Map.entry(SLACK, 1L));
    }

    /** An operator that restarts says the same as before. */
    @Test
    void whatAMemberSeenForTheFirstTimeHasGivenUpIsLost() {
        see("a", 9, 9, Map.of("other", 1.0));
        assertThat(health.health()).containsEntry(SLACK, new Health(false, "other"));
        assertThat(health.notMade()).isEmpty();

        see("b", 4, 4, Map.of("serverError", 1.0));
        assertThat(health.health()).containsEntry(SLACK, new Health(false, "serverError"));
    }

    @Test
    void whatTheOtherSideRefusesAfterAReloadIsLost() {
        see("a", 5, 0, Map.of());
        loadedAt++;
        see("a", 2, 1, Map.of("clientError", 1.0));

        assertThat(health.health()).containsEntry(SLACK, new Health(false, "clientError"));
    }

    @Test
    void aMixedPastOfAMemberSeenForTheFirstTimeSaysNothing() {
        see("a", 10, 4, Map.of("serverError", 2.0));

        assertThat(health.health()).isEmpty();
    }

    @Test
    void aMemberThatStartedAnewCountsFromZero() {
        see("a", 10, 10, Map.of("other", 3.0));
        see("a", 1, 0, Map.of("other", 0.0));

        assertThat(health.health()).containsEntry(SLACK, new Health(true, ""));
    }

    @Test
    void eachRoundInWhichMessagesCouldNotBeMadeIsCounted() {
        see("a", 1, 1, Map.of("other", 1.0));
        assertThat(health.notMade()).containsExactly(Map.entry(SLACK, 1L));
        see("a", 1, 1, Map.of("other", 1.0));
        assertThat(health.notMade()).containsExactly(Map.entry(SLACK, 1L));
        see("a", 9, 9, Map.of("other", 2.0));
        assertThat(health.notMade()).containsExactly(Map.entry(SLACK, 1L));

        see("a", 10, 10, Map.of("other", 3.0));

        assertThat(health.notMade()).containsExactly(Map.entry(SLACK, 2L));
    }

    /** Alertmanager tries these kinds again, whatever failed. */
    @Test
    void eachRoundInWhichMessagesMayNotHaveBeenMadeIsCounted() {
        Sender sns = new Sender("shop/team", "sns");

        health.update(Map.of("a", Map.of(sns, new SendCounters(LOADED, 1, 1, Map.of()))));
        health.update(Map.of("a", Map.of(sns, new SendCounters(LOADED, 2, 1, Map.of()))));

        assertThat(health.notMade()).containsExactly(Map.entry(sns, 1L));
    }

    /** A reload between two looks sets counters back, and as many requests may have been made since. */
    @Test
    void failuresThatWentBackWereCountedAnew() {
        see("a", 3, 3, Map.of("serverError", 3.0));
        see("a", 4, 1, Map.of("serverError", 0.0, "clientError", 1.0));

        assertThat(health.health()).containsEntry(SLACK, new Health(false, "clientError"));
    }

    @Test
    void whatOneMemberDeliversCountsThoughAnotherIsSilent() {
        health.update(Map.of(
                "a", Map.of(SLACK, new SendCounters(LOADED, 0, 0, Map.of())),
                "b", Map.of(SLACK, new SendCounters(LOADED, 2, 0, Map.of()))));

        assertThat(health.health()).containsEntry(SLACK, new Health(true, ""));
    }

    @Test
    void countersAreReadFromTheExposition() {
        Map<Sender, SendCounters> counters = AlertmanagerState.sendCounters(List.of(
                        "alertmanager_config_last_reload_success_timestamp_seconds 1.7672256005e+09",
                        "# TYPE alertmanager_notification_requests_total counter",
                        "alertmanager_notification_requests_total{integration=\"slack\",receiver_name=\"shop/team\"} 3",
                        "alertmanager_notification_requests_failed_total{integration=\"slack\",receiver_name=\"shop/team\"} 1",
                        "alertmanager_notifications_failed_total{integration=\"slack\",reason=\"other\",receiver_name=\"shop/team\"} 1e+06",
                        "alertmanager_notifications_failed_total{integration=\"slack\",reason=\"serverError\"} 7")
                .iterator());

        assertThat(counters).containsExactly(Map.entry(SLACK, new SendCounters(LOADED, 3, 1, Map.of("other", 1e6))));
    }

    private void see(String member, double requests, double failed, Map<String, Double> lost) {
        health.update(Map.of(member, Map.of(SLACK, new SendCounters(loadedAt, requests, failed, lost))));
    }
}
