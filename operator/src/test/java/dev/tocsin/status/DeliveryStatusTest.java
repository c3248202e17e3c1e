package dev.tocsin.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.ContactPointStatus;
import dev.tocsin.api.v1alpha1.NotificationPolicyStatus;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.Verdict.Reason;
import dev.tocsin.compile.delivery.Assembler.Reference;
import dev.tocsin.compile.delivery.DeadRoutes.DeadRoute;
import dev.tocsin.observe.DeliveryHealth.Health;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeliveryStatusTest {
    private static final Instant THEN = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant NOW = Instant.parse("2026-11-22T11:00:00Z");
    private static final Verdict ACCEPTED = new Verdict.Accepted();
    private static final Verdict REFUSED = new Verdict.Refused(Reason.InvalidField, "spec.x: is wrong");

    @Test
    void acceptedAndLoadedEverywhereIsReadyWhateverBecomesOfNotifications() {
        ContactPointStatus status = status(null, facts(2, ACCEPTED, 2L, true, new Health(false, "serverError")));

        assertThat(condition(status, "Ready").status()).isEqualTo("True");
        assertThat(condition(status, "Delivering").status()).isEqualTo("False");
        assertThat(condition(status, "Delivering").message()).contains("slack/0", "5xx");
        assertThat(status.reason()).isEqualTo("NotificationsFail");
        assertThat(status.receiverKinds()).isEqualTo("slack,email");
    }

    @Test
    void anUnchangedObjectGivesAnEqualStatus() {
        ContactPointStatus before = status(null, facts(2, ACCEPTED, 2L, true, new Health(true, "")), THEN);

        assertThat(status(before, facts(2, ACCEPTED, 2L, true, new Health(true, "")), NOW))
                .isEqualTo(before);
    }

    @Test
    void whatWasDeliveringStaysSoWhileNothingIsKnown() {
        ContactPointStatus before = status(null, facts(2, ACCEPTED, 2L, true, new Health(true, "")), THEN);

        assertThat(status(before, facts(2, ACCEPTED, 2L, true, null), NOW)).isEqualTo(before);
    }

    @Test
    void aRefusedEditNamesTheGenerationThatRuns() {
        ContactPointStatus status = status(null, facts(3, REFUSED, 2L, true, null));

        assertThat(condition(status, "Accepted").reason()).isEqualTo("InvalidField");
        assertThat(condition(status, "Accepted").message())
                .isEqualTo("spec.x: is wrong. Generation 3 is refused; generation 2 stays live");
        assertThat(condition(status, "Loaded").reason()).isEqualTo("OlderGeneration");
        assertThat(condition(status, "Ready").status()).isEqualTo("False");
        assertThat(status.reason()).isEqualTo("InvalidField");
        assertThat(condition(status, "Stalled").status()).isEqualTo("True");
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {
                "RefNotFound",
                "RefNotPermitted",
                "RefNotAccepted",
                "SecretNotFound",
                "ConfigMapNotFound",
                "NoCapacity"
            })
    void whatIsNotThereIsNotStalledAsItMayComeAMomentLater(Reason reason) {
        ContactPointStatus status =
                status(null, facts(1, new Verdict.Refused(reason, "spec.x: nobody"), 1L, true, null));

        assertThat(status.conditions()).noneMatch(condition -> condition.type().equals("Stalled"));
    }

    @Test
    void whatMembersLackIsCounted() {
        ContactPointStatus status = status(null, facts(2, ACCEPTED, 2L, false, null));

        assertThat(condition(status, "Loaded").message())
                .isEqualTo(
                        "generation 2 is proven to be loaded by 1 of 2 Alertmanager members: am-1 cannot be reached");
        assertThat(condition(status, "Delivering").status()).isEqualTo("Unknown");
    }

    @Test
    void aPolicyWithAMissingReferenceSaysWhereItsAlertsGo() {
        NotificationPolicyStatus status = NotificationPolicyStatusFactory.status(
                null,
                new NotificationPolicyStatusFactory.Facts(
                        1,
                        new Verdict.Refused(Reason.RefNotFound, "spec.route.contactPoint: nobody"),
                        1L,
                        2,
                        2,
                        true,
                        "",
                        0,
                        1,
                        7,
                        List.of()),
                NOW);

        assertThat(status.alerts()).isEqualTo(7);
        assertThat(status.reason()).isEqualTo("RefNotFound");
        assertThat(status.conditions())
                .filteredOn(condition -> condition.type().equals("Accepted"))
                .singleElement()
                .satisfies(condition -> assertThat(condition.message()).contains("default"));
    }

    @Test
    void deadRoutesAreNamedAndThePolicyIsReadyAllTheSame() {
        DeadRoute dead = new DeadRoute("spec.route.routes[1]", "spec.route.routes[0] takes all of its alerts before");

        NotificationPolicyStatus status = policyWith(List.of(dead), 2L);

        assertThat(Conditions.find(status.conditions(), "DeadRoutes"))
                .get()
                .extracting(Condition::status, Condition::reason, Condition::message)
                .containsExactly(
                        "True",
                        "NeverReached",
                        "no alert reaches spec.route.routes[1] (spec.route.routes[0] takes all of its alerts before)."
                                + " Put them before what takes their alerts, give that continue: true, or remove them");
        assertThat(Conditions.find(status.conditions(), "Ready"))
                .get()
                .extracting(Condition::status)
                .isEqualTo("True");
        assertThat(status.reason()).isNull();
    }

    @Test
    void deadRoutesOfAnotherGenerationAreNotNamed() {
        DeadRoute dead = new DeadRoute("spec.route.routes[1]", "of generation 1");

        assertThat(Conditions.find(policyWith(List.of(dead), 1L).conditions(), "DeadRoutes"))
                .isEmpty();
        assertThat(Conditions.find(policyWith(List.of(), 2L).conditions(), "DeadRoutes"))
                .isEmpty();
    }

    private static NotificationPolicyStatus policyWith(List<DeadRoute> dead, long live) {
        return NotificationPolicyStatusFactory.status(
                null, new NotificationPolicyStatusFactory.Facts(2, ACCEPTED, live, 2, 2, true, "", 0, 1, 7, dead), NOW);
    }

    @Test
    void policiesThatMayNotNameTheContactPointAreNamedThereUpToTen() {
        List<Reference> references = IntStream.range(0, 12)
                .mapToObj(i -> new Reference(new ObjectKey("bank", "policy-" + i), "spec.route"))
                .toList();

        ContactPointStatus status = status(
                null,
                new ContactPointStatusFactory.Facts(
                        2, ACCEPTED, 2L, 2, 2, true, "", 0, List.of("slack/0"), Map.of(), Map.of(), references, null));

        assertThat(condition(status, "RefusedReferences").reason()).isEqualTo("NotAllowed");
        assertThat(condition(status, "RefusedReferences").message())
                .contains("bank/policy-0 (spec.route), bank/policy-1 (spec.route), ")
                .endsWith("bank/policy-9 (spec.route), and 2 more");
        assertThat(condition(status, "Ready").status()).isEqualTo("True");
        assertThat(status(null, facts(2, ACCEPTED, 2L, true, null)).conditions())
                .noneMatch(condition -> condition.type().equals("RefusedReferences"));
    }

    private static ContactPointStatusFactory.Facts facts(
            long generation, Verdict verdict, @Nullable Long live, boolean everywhere, @Nullable Health slack) {
        return new ContactPointStatusFactory.Facts(
                generation,
                verdict,
                live,
                1,
                2,
                everywhere,
                "am-1 cannot be reached",
                0,
                List.of("slack/0", "email/1", "slack/2"),
                slack == null ? Map.of() : Map.of("slack", slack),
                Map.of(),
                List.of(),
                null);
    }

    private static ContactPointStatus status(
            @Nullable ContactPointStatus previous, ContactPointStatusFactory.Facts facts) {
        return status(previous, facts, NOW);
    }

    private static ContactPointStatus status(
            @Nullable ContactPointStatus previous, ContactPointStatusFactory.Facts facts, Instant now) {
        return ContactPointStatusFactory.status(previous, facts, now);
    }

    private static Condition condition(ContactPointStatus status, String type) {
        return Conditions.find(status.conditions(), type).orElseThrow();
    }
}
