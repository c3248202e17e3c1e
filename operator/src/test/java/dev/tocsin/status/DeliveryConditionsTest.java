package dev.tocsin.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.ContactPointStatus;
import dev.tocsin.api.v1alpha1.NotificationPolicyStatus;
import dev.tocsin.api.v1alpha1.ReceiverStatus;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.Verdict.Reason;
import dev.tocsin.observe.DeliveryHealth.Health;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Facts of the delivery path and what is said of them; the first three conditions are those of both kinds. */
class DeliveryConditionsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final String NOW_TEXT = "2026-11-22T10:00:00Z";
    private static final Instant LATER = Instant.parse("2026-11-22T11:00:00Z");
    private static final Verdict ACCEPTED = new Verdict.Accepted();

    /** Verdict on generation 3, generation that is live, loaded by how many of 2, everywhere, why not; expected. */
    static Stream<Arguments> facts() {
        return Stream.of(
                Arguments.of(ACCEPTED, null, 0, false, "", """
                        NotLive
                        Ready False NotLive: it is not part of the configuration of Alertmanager
                        Accepted True Accepted: can go live as it stands
                        Loaded False NotLive: it is not part of the configuration of Alertmanager
                        """),
                Arguments.of(ACCEPTED, 3L, 1, false, "", """
                        Loading
                        Ready False Loading: generation 3 is proven to be loaded by 1 of 2 Alertmanager members
                        Accepted True Accepted: can go live as it stands
                        Loaded False Loading: generation 3 is proven to be loaded by 1 of 2 Alertmanager members
                        """),
                Arguments.of(ACCEPTED, 3L, 1, false, "am-1 cannot be reached", """
                        Loading
                        Ready False Loading: generation 3 is proven to be loaded by 1 of 2 Alertmanager members: am-1 cannot be reached
                        Accepted True Accepted: can go live as it stands
                        Loaded False Loading: generation 3 is proven to be loaded by 1 of 2 Alertmanager members: am-1 cannot be reached
                        """),
                Arguments.of(ACCEPTED, 3L, 2, true, "", """
                        -
                        Ready True Ready: accepted and loaded by every Alertmanager member
                        Accepted True Accepted: can go live as it stands
                        Loaded True Loaded: generation 3 is loaded by every Alertmanager member
                        """),
                Arguments.of(ACCEPTED, 2L, 2, true, "", """
                        OlderGeneration
                        Ready False OlderGeneration: generation 2 is loaded by every Alertmanager member instead
                        Accepted True Accepted: can go live as it stands
                        Loaded False OlderGeneration: generation 2 is loaded by every Alertmanager member instead
                        """),
                Arguments.of(refused(Reason.InvalidField), null, 0, false, "", """
                        InvalidField
                        Ready False InvalidField: spec.x: is wrong. Nothing of it is live
                        Accepted False InvalidField: spec.x: is wrong. Nothing of it is live
                        Loaded False NotLive: it is not part of the configuration of Alertmanager
                        Stalled True InvalidField: edit the object to go on
                        """),
                Arguments.of(refused(Reason.InvalidField), 2L, 2, true, "", """
                        InvalidField
                        Ready False InvalidField: spec.x: is wrong. Generation 3 is refused; generation 2 stays live
                        Accepted False InvalidField: spec.x: is wrong. Generation 3 is refused; generation 2 stays live
                        Loaded False OlderGeneration: generation 2 is loaded by every Alertmanager member instead
                        Stalled True InvalidField: edit the object to go on
                        """),
                Arguments.of(refused(Reason.SecretNotFound), 3L, 2, true, "", """
                        SecretNotFound
                        Ready False SecretNotFound: spec.x: is wrong. What was live of generation 3 stays live
                        Accepted False SecretNotFound: spec.x: is wrong. What was live of generation 3 stays live
                        Loaded True Loaded: generation 3 is loaded by every Alertmanager member
                        """));
    }

    @ParameterizedTest
    @MethodSource("facts")
    void factsBecomeTheSameConditionsOfAPolicyAndOfAContactPoint(
            Verdict verdict, @Nullable Long live, long loadedBy, boolean everywhere, String waiting, String expected) {
        NotificationPolicyStatus policy = NotificationPolicyStatusFactory.status(
                null,
                new NotificationPolicyStatusFactory.Facts(
                        3, verdict, live, loadedBy, 2, everywhere, waiting, 0, 4, 7, List.of()),
                NOW);
        ContactPointStatus contactPoint = ContactPointStatusFactory.status(
                null, contactPoint(verdict, live, loadedBy, everywhere, waiting, Map.of()), NOW);

        assertThat(text(policy.reason(), policy.conditions())).isEqualTo(expected);
        assertThat(policy.alerts()).isEqualTo(7);
        assertThat(policy.routes()).isEqualTo(4);
        assertThat(policy.observedGeneration()).isEqualTo(3);
        assertThat(text(contactPoint.reason(), contactPoint.conditions()))
                .isEqualTo(expected + "Delivering Unknown NothingSent: no notification has been sent yet\n");
        assertThat(contactPoint.observedGeneration()).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("facts")
    void theSameFactsLaterGiveAnEqualStatus(
            Verdict verdict, @Nullable Long live, long loadedBy, boolean everywhere, String waiting, String expected) {
        NotificationPolicyStatusFactory.Facts policyFacts = new NotificationPolicyStatusFactory.Facts(
                3, verdict, live, loadedBy, 2, everywhere, waiting, 0, 4, 7, List.of());
        ContactPointStatusFactory.Facts facts =
                contactPoint(verdict, live, loadedBy, everywhere, waiting, Map.of("slack", new Health(true, "")));
        NotificationPolicyStatus policy = NotificationPolicyStatusFactory.status(null, policyFacts, NOW);
        ContactPointStatus contactPoint = ContactPointStatusFactory.status(null, facts, NOW);

        assertThat(NotificationPolicyStatusFactory.status(policy, policyFacts, LATER))
                .isEqualTo(policy);
        assertThat(ContactPointStatusFactory.status(contactPoint, facts, LATER)).isEqualTo(contactPoint);
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void aPolicyThatIsLiveWithoutWhatItRefersToSaysWhereItsAlertsGo(Reason reason) {
        NotificationPolicyStatus policy = NotificationPolicyStatusFactory.status(
                null,
                new NotificationPolicyStatusFactory.Facts(3, refused(reason), 3L, 2, 2, true, "", 0, 1, 0, List.of()),
                NOW);

        boolean isReference = List.of(Reason.RefNotFound, Reason.RefNotPermitted, Reason.RefNotAccepted)
                .contains(reason);
        assertThat(policy.reason()).isEqualTo(reason.name());
        assertThat(message(policy.conditions(), "Accepted").contains("alerts of that route go to"))
                .isEqualTo(isReference);
    }

    /** Stalled tells waiting tools to give up: what a Secret or another object can heal is none. */
    @ParameterizedTest
    @EnumSource(Reason.class)
    void whatOnlyAnEditHealsIsStalled(Reason reason) {
        ContactPointStatus status = ContactPointStatusFactory.status(
                null, contactPoint(refused(reason), null, 0, false, "", Map.of()), NOW);

        boolean comesByItself = switch (reason) {
            case RefNotFound, RefNotPermitted, RefNotAccepted -> true;
            case SecretNotFound, ConfigMapNotFound, NoCapacity, QuotaExceeded -> true;
            default -> false;
        };
        assertThat(Conditions.find(status.conditions(), "Stalled").isEmpty()).isEqualTo(comesByItself);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            clientError             | the other side refuses notifications (HTTP 4xx); they are not tried again
            serverError             | the other side fails (HTTP 5xx)
            contextDeadlineExceeded | no attempt succeeded in time
            stillTrying             | attempts fail and are repeated
            other                   | the other side cannot be reached; see Alertmanager's log
            notMade                 | no message could be made of the alerts, most likely since a template fails on them; they are not tried again. Alertmanager's log names the place
            """)
    void aReceiverThatFailsIsNamedWithAlertmanagersReasonInWords(String reason, String words) {
        ContactPointStatus status = ContactPointStatusFactory.status(
                null, contactPoint(ACCEPTED, 3L, 2, true, "", Map.of("slack", new Health(false, reason))), NOW);

        assertThat(status.receivers())
                .containsExactly(
                        new ReceiverStatus("slack/0", false, NOW_TEXT, List.of("slack/2"), words),
                        new ReceiverStatus("email/1", null, null, null, null),
                        new ReceiverStatus("slack/2", false, NOW_TEXT, List.of("slack/0"), words));
        assertThat(message(status.conditions(), "Delivering")).isEqualTo("at least one of slack/0, slack/2: " + words);
        assertThat(status.reason()).isEqualTo("NotificationsFail");
    }

    @Test
    void whatIsNotReadyIsSaidBeforeWhatIsNotDelivered() {
        ContactPointStatus status = ContactPointStatusFactory.status(
                null, contactPoint(ACCEPTED, 3L, 1, false, "", Map.of("slack", new Health(false, "serverError"))), NOW);

        assertThat(status.reason()).isEqualTo("Loading");
    }

    @Test
    void aReceiverThatGoesOnFailingForAnotherReasonFailsSinceItBegan() {
        ContactPointStatus failing = ContactPointStatusFactory.status(
                null, contactPoint(ACCEPTED, 3L, 2, true, "", Map.of("slack", new Health(false, "serverError"))), NOW);

        ContactPointStatus still = ContactPointStatusFactory.status(
                failing,
                contactPoint(ACCEPTED, 3L, 2, true, "", Map.of("slack", new Health(false, "clientError"))),
                LATER);

        assertThat(Objects.requireNonNull(still.receivers()).getFirst().since()).isEqualTo(NOW_TEXT);
        assertThat(still.receivers().getFirst().reason()).contains("4xx");
    }

    @Test
    void aReceiverThatRecoversIsToldSo() {
        ContactPointStatus failing = ContactPointStatusFactory.status(
                null, contactPoint(ACCEPTED, 3L, 2, true, "", Map.of("slack", new Health(false, "serverError"))), NOW);

        ContactPointStatus recovered = ContactPointStatusFactory.status(
                failing, contactPoint(ACCEPTED, 3L, 2, true, "", Map.of("slack", new Health(true, ""))), LATER);

        assertThat(recovered.reason()).isNull();
        assertThat(recovered.receivers())
                .startsWith(new ReceiverStatus("slack/0", true, "2026-11-22T11:00:00Z", List.of("slack/2"), null));
        assertThat(Conditions.find(recovered.conditions(), "Delivering").orElseThrow())
                .isEqualTo(new Condition(
                        "Delivering",
                        "True",
                        3L,
                        "2026-11-22T11:00:00Z",
                        "NotificationsArrive",
                        "the last notifications arrived"));
    }

    @Test
    void defaultTextsAreSaidWithTheKindTheTimeAndTheFix() {
        ContactPointStatus status = withDefaultTexts(new Health(true, ""));

        assertThat(status.conditions())
                .contains(new Condition(
                        "Delivering",
                        "True",
                        3L,
                        NOW_TEXT,
                        "FallbackText",
                        "Alertmanager's default texts are sent instead of its own by slack (since 2026-11-22T09:00:00Z):"
                                + " no message could be made of alerts that came, most likely since a template fails on"
                                + " them. Alertmanager's log names the place; mend the template: an edit has its own"
                                + " texts tried again"));
        assertThat(status.reason()).isEqualTo("FallbackText");
    }

    @Test
    void whatFailsWithDefaultTextsTooFailsAndSaysBoth() {
        ContactPointStatus status = withDefaultTexts(new Health(false, "notMade"));

        assertThat(Conditions.find(status.conditions(), "Delivering")
                        .orElseThrow()
                        .status())
                .isEqualTo("False");
        assertThat(message(status.conditions(), "Delivering"))
                .startsWith("at least one of slack/0, slack/2: no message could be made of the alerts")
                .contains("default texts are sent instead of its own by slack")
                .endsWith("look at templates of fields that have no default, such as a channel");
        assertThat(status.reason()).isEqualTo("NotificationsFail");
    }

    @Test
    void beforeADefaultTextHasBeenSentNobodyKnowsWhetherItArrives() {
        ContactPointStatus status = withDefaultTexts(null);

        assertThat(Conditions.find(status.conditions(), "Delivering").orElseThrow())
                .extracting(Condition::status, Condition::reason)
                .containsExactly("Unknown", "FallbackText");
    }

    private static ContactPointStatus withDefaultTexts(@Nullable Health slack) {
        return ContactPointStatusFactory.status(
                null,
                new ContactPointStatusFactory.Facts(
                        3,
                        ACCEPTED,
                        3L,
                        2,
                        2,
                        true,
                        "",
                        0,
                        List.of("slack/0", "email/1", "slack/2"),
                        slack == null ? Map.of() : Map.of("slack", slack),
                        Map.of("slack", "2026-11-22T09:00:00Z"),
                        List.of(),
                        null),
                NOW);
    }

    private static Verdict refused(Reason reason) {
        return new Verdict.Refused(reason, "spec.x: is wrong");
    }

    private static ContactPointStatusFactory.Facts contactPoint(
            Verdict verdict,
            @Nullable Long live,
            long loadedBy,
            boolean everywhere,
            String waiting,
            Map<String, Health> health) {
        return new ContactPointStatusFactory.Facts(
                3,
                verdict,
                live,
                loadedBy,
                2,
                everywhere,
                waiting,
                0,
                List.of("slack/0", "email/1", "slack/2"),
                health,
                Map.of(),
                List.of(),
                null);
    }

    private static String message(@Nullable List<Condition> conditions, String type) {
        return Conditions.find(conditions, type).orElseThrow().message();
    }

    private static String text(@Nullable String reason, @Nullable List<Condition> conditions) {
        return Objects.requireNonNullElse(reason, "-") + "\n"
                + Objects.requireNonNull(conditions).stream()
                        .map(condition -> "%s %s %s: %s\n"
                                .formatted(
                                        condition.type(), condition.status(), condition.reason(), condition.message()))
                        .collect(Collectors.joining());
    }
}
