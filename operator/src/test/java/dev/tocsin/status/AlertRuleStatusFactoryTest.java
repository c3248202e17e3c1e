package dev.tocsin.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertInstance;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.api.v1alpha1.AlertState;
import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.EvaluatorStatus;
import dev.tocsin.api.v1alpha1.HeldBack;
import dev.tocsin.api.v1alpha1.Hold;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.Verdict.Reason;
import dev.tocsin.observe.SeenAlert;
import dev.tocsin.observe.SentTo;
import dev.tocsin.status.RuleFacts.Evaluation;
import dev.tocsin.status.RuleFacts.Lag;
import dev.tocsin.status.RuleFacts.Live;
import dev.tocsin.status.RuleFacts.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class AlertRuleStatusFactoryTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00.987Z");
    private static final Instant LATER = NOW.plus(Duration.ofMinutes(3));
    private static final String NOW_TEXT = "2026-11-22T10:00:00Z";
    private static final String LATER_TEXT = "2026-11-22T10:03:00Z";

    private static final Standing ACCEPTED = new Standing.Accepted();
    private static final Standing REFUSED =
            new Standing.Refused(new Verdict.Refused(Reason.InvalidExpression, "spec.expr: unexpected end"));

    private static final Live LOADED = new Live(3, "default-1", 2, 2, true);
    private static final Live PUBLISHING = new Live(3, "default-1", 1, 2, false);
    private static final Live OLDER = new Live(2, "default-1", 2, 2, true);

    private static final Evaluation GOOD = new Evaluation(true, "", false, 2, 2);
    private static final Evaluation NONE = new Evaluation(false, "", false, 2, 2);
    private static final Evaluation FAILED = new Evaluation(true, "cannot execute query", false, 2, 2);
    private static final Evaluation NO_SERIES = new Evaluation(true, "", true, 2, 2);
    private static final Evaluation ONE_ANSWERS = new Evaluation(true, "", false, 1, 2);
    private static final Evaluation SILENT = new Evaluation(true, "", false, 0, 2);

    private static final SeenAlert FIRING = new SeenAlert(true, Map.of("route", "/pay"), "3", NOW);
    private static final SeenAlert PENDING = new SeenAlert(false, Map.of("route", "/cart"), "2", NOW);

    /** Facts of generation 3 without a previous status, and what is said: state, counts, reason, conditions. */
    static Stream<Arguments> facts() {
        return Stream.of(
                row("nothing is decided yet", new Standing.Undecided(), null, NONE, List.of(), """
                        Unknown 0/0 Vetting
                        Ready Unknown Vetting: the engine is being asked
                        Accepted Unknown Vetting: the engine is being asked
                        Loaded False NotLoaded: no evaluator runs it
                        Evaluating False NotLoaded: no evaluator runs it
                        """),
                row("accepted, not published yet", ACCEPTED, null, NONE, List.of(), """
                        Unknown 0/0 NotLoaded
                        Ready False NotLoaded: no evaluator runs it
                        Accepted True Accepted: the rule is valid
                        Loaded False NotLoaded: no evaluator runs it
                        Evaluating False NotLoaded: no evaluator runs it
                        """),
                row("published, one of two replicas has it", ACCEPTED, PUBLISHING, NONE, List.of(), """
                        Unknown 0/0 Publishing
                        Ready False Publishing: 1/2 replicas of default-1
                        Accepted True Accepted: the rule is valid
                        Loaded False Publishing: 1/2 replicas of default-1
                        Evaluating Unknown Waiting: the first evaluation is due within one interval
                        """),
                row("loaded, not evaluated yet", ACCEPTED, LOADED, NONE, List.of(), """
                        Unknown 0/0 -
                        Ready True Ready: accepted and loaded
                        Accepted True Accepted: the rule is valid
                        Loaded True Loaded: 2/2 replicas of default-1
                        Evaluating Unknown Waiting: the first evaluation is due within one interval
                        """),
                row("evaluated, nothing holds", ACCEPTED, LOADED, GOOD, List.of(), """
                        Inactive 0/0 -
                        Ready True Ready: accepted and loaded
                        Accepted True Accepted: the rule is valid
                        Loaded True Loaded: 2/2 replicas of default-1
                        Evaluating True Evaluated: evaluated without error
                        """),
                row("firing is no fault of the rule", ACCEPTED, LOADED, GOOD, List.of(FIRING, PENDING), """
                        Firing 1/1 -
                        Ready True Ready: accepted and loaded
                        Accepted True Accepted: the rule is valid
                        Loaded True Loaded: 2/2 replicas of default-1
                        Evaluating True Evaluated: evaluated without error
                        """),
                row("all alerts wait for spec.for", ACCEPTED, LOADED, GOOD, List.of(PENDING), """
                        Pending 0/1 -
                        Ready True Ready: accepted and loaded
                        Accepted True Accepted: the rule is valid
                        Loaded True Loaded: 2/2 replicas of default-1
                        Evaluating True Evaluated: evaluated without error
                        """),
                row("the evaluation fails", ACCEPTED, LOADED, FAILED, List.of(), """
                        Error 0/0 EvaluationFailed
                        Ready False EvaluationFailed: cannot execute query
                        Accepted True Accepted: the rule is valid
                        Loaded True Loaded: 2/2 replicas of default-1
                        Evaluating False EvaluationFailed: cannot execute query
                        """),
                row(
                        "the evaluation fails while an alert from before fires",
                        ACCEPTED,
                        LOADED,
                        FAILED,
                        List.of(FIRING),
                        """
                        Firing 1/0 EvaluationFailed
                        Ready False EvaluationFailed: cannot execute query
                        Accepted True Accepted: the rule is valid
                        Loaded True Loaded: 2/2 replicas of default-1
                        Evaluating False EvaluationFailed: cannot execute query
                        """),
                row("the expression selects no series", ACCEPTED, LOADED, NO_SERIES, List.of(), """
                        Inactive 0/0 -
                        Ready True Ready: accepted and loaded
                        Accepted True Accepted: the rule is valid
                        Loaded True Loaded: 2/2 replicas of default-1
                        Evaluating True NoSeries: evaluated without error, but spec.expr selects no series: as long as \
                        that is so, it cannot fire
                        """),
                row("one of two replicas answers", ACCEPTED, LOADED, ONE_ANSWERS, List.of(FIRING), """
                        Firing 1/0 -
                        Ready True Ready: accepted and loaded
                        Accepted True Accepted: the rule is valid
                        Loaded True Loaded: 2/2 replicas of default-1
                        Evaluating True ReplicaUnreachable: 1/2 replicas of default-1 answer
                        """),
                row(
                        "no replica answers, the last they said was an alert",
                        ACCEPTED,
                        LOADED,
                        SILENT,
                        List.of(FIRING),
                        """
                        Firing 1/0 EvaluatorUnreachable
                        Ready Unknown EvaluatorUnreachable: no replica of default-1 answers; what is shown is the last \
                        known state
                        Accepted True Accepted: the rule is valid
                        Loaded True Loaded: 2/2 replicas of default-1
                        Evaluating Unknown EvaluatorUnreachable: no replica of default-1 answers; what is shown is the \
                        last known state
                        """),
                row(
                        "a replica that came later has not loaded it yet",
                        ACCEPTED,
                        new Live(3, "default-1", 1, 2, true),
                        GOOD,
                        List.of(),
                        """
                        Inactive 0/0 -
                        Ready True Ready: accepted and loaded
                        Accepted True Accepted: the rule is valid
                        Loaded True Loaded: 2/2 replicas of default-1
                        Evaluating True Evaluated: evaluated without error
                        """),
                row("refused, and nothing was good before", REFUSED, null, NONE, List.of(), """
                        Unknown 0/0 InvalidExpression
                        Ready False InvalidExpression: spec.expr: unexpected end
                        Accepted False InvalidExpression: spec.expr: unexpected end
                        Loaded False NotLoaded: no evaluator runs it
                        Evaluating False NotLoaded: no evaluator runs it
                        Stalled True InvalidExpression: edit the object to go on
                        """),
                row("refused, and the generation before keeps running", REFUSED, OLDER, GOOD, List.of(FIRING), """
                        Firing 1/0 InvalidExpression
                        Ready False InvalidExpression: generation 3 is refused; generation 2 keeps running: spec.expr: \
                        unexpected end
                        Accepted False InvalidExpression: spec.expr: unexpected end
                        Loaded False PreviousGeneration: generation 2 is loaded on default-1
                        Evaluating True Evaluated: evaluated without error
                        Stalled True InvalidExpression: edit the object to go on
                        """),
                row(
                        "an edit is being judged while the generation before runs",
                        new Standing.Undecided(),
                        OLDER,
                        GOOD,
                        List.of(),
                        """
                        Inactive 0/0 Vetting
                        Ready Unknown Vetting: the engine is being asked
                        Accepted Unknown Vetting: the engine is being asked
                        Loaded False PreviousGeneration: generation 2 is loaded on default-1
                        Evaluating True Evaluated: evaluated without error
                        """),
                row("paused", new Standing.Paused(), null, NONE, List.of(), """
                        Paused 0/0 -
                        Ready True Paused: paused: no evaluator runs it
                        Accepted True Accepted: the rule is valid
                        Loaded True Paused: paused: no evaluator runs it
                        Evaluating False Paused: spec.paused is true
                        """));
    }

    @ParameterizedTest
    @MethodSource("facts")
    void factsBecomeStateAndConditions(RuleFacts facts, String expected) {
        AlertRuleStatus status = AlertRuleStatusFactory.status(facts, null, NOW);

        assertThat(text(status)).isEqualTo(expected);
        assertThat(status.observedGeneration()).isEqualTo(3);
        assertThat(status.since()).isEqualTo(NOW_TEXT);
        assertThat(status.conditions()).allSatisfy(condition -> {
            assertThat(condition.observedGeneration()).isEqualTo(3);
            assertThat(condition.lastTransitionTime()).isEqualTo(NOW_TEXT);
        });
    }

    @ParameterizedTest
    @MethodSource("facts")
    void theSameFactsLaterGiveAnEqualStatus(RuleFacts facts, String expected) {
        AlertRuleStatus before = AlertRuleStatusFactory.status(facts, null, NOW);

        assertThat(AlertRuleStatusFactory.status(facts, before, LATER)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void everyReasonOfARefusalIsAReasonOfTheStatus(Reason reason) {
        AlertRuleStatus status = AlertRuleStatusFactory.status(
                facts(new Standing.Refused(new Verdict.Refused(reason, "spec: why")), null, NONE, List.of()),
                null,
                NOW);

        assertThat(status.reason()).isEqualTo(reason.name());
        assertThat(condition(status, "Ready").message()).isEqualTo("spec: why");
        assertThat(status.conditions().stream()
                        .anyMatch(condition -> condition.type().equals("Stalled")))
                .as("only an edit helps")
                .isEqualTo(!reason.healsByItself());
    }

    /** Tools that wait for a rule go on waiting: it goes live when others leave. */
    @Test
    void aRuleForWhichThereIsNoRoomIsNotStalled() {
        AlertRuleStatus status = AlertRuleStatusFactory.status(
                facts(
                        new Standing.Refused(new Verdict.Refused(Reason.QuotaExceeded, "no room")),
                        null,
                        NONE,
                        List.of()),
                null,
                NOW);

        assertThat(status.conditions()).extracting(Condition::type).doesNotContain("Stalled");
    }

    @Test
    void aRuleThatMissesEvaluationsIsReadyAndNewerFiguresAreNoNews() {
        AlertRuleStatus late = AlertRuleStatusFactory.status(lagging(new Lag(false, 10, 25.04)), null, NOW);

        assertThat(condition(late, "Evaluating").status()).isEqualTo("True");
        assertThat(condition(late, "Evaluating").reason()).isEqualTo("EvaluationsMissed");
        assertThat(condition(late, "Evaluating").message())
                .startsWith("an evaluation took 25s with an interval of 10s, so that some are left out");
        assertThat(condition(late, "Ready").status()).isEqualTo("True");
        assertThat(AlertRuleStatusFactory.status(lagging(new Lag(false, 10, 31)), late, LATER))
                .isEqualTo(late);
    }

    @Test
    void aRuleThatIsNotEvaluatedAnyMoreIsNotReady() {
        AlertRuleStatus overdue = AlertRuleStatusFactory.status(lagging(new Lag(true, 0.5, 0.1)), null, NOW);

        assertThat(condition(overdue, "Evaluating").status()).isEqualTo("False");
        assertThat(overdue.reason()).isEqualTo("EvaluationOverdue");
        assertThat(condition(overdue, "Evaluating").message()).contains("for more than five intervals of 0.5s");
        assertThat(AlertRuleStatusFactory.status(lagging(new Lag(false, 0.5, 1)), overdue, LATER)
                        .reason())
                .isNull();
    }

    @Test
    void anErrorIsMoreThanALag() {
        AlertRuleStatus status = AlertRuleStatusFactory.status(
                facts(
                        ACCEPTED,
                        LOADED,
                        new Evaluation(true, "timeout", false, Optional.of(new Lag(false, 1, 2)), 2, 2),
                        List.of()),
                null,
                NOW);

        assertThat(status.reason()).isEqualTo("EvaluationFailed");
    }

    private static RuleFacts lagging(Lag lag) {
        return facts(ACCEPTED, LOADED, new Evaluation(true, "", false, Optional.of(lag), 2, 2), List.of());
    }

    @Test
    void anAcceptedEditEndsTheStall() {
        AlertRuleStatus refused = AlertRuleStatusFactory.status(facts(REFUSED, OLDER, GOOD, List.of()), null, NOW);

        AlertRuleStatus accepted = evaluatedAfter(refused);

        assertThat(accepted.conditions()).extracting(Condition::type).doesNotContain("Stalled");
    }

    @Test
    void onlyWhatChangesIsStampedAnew() {
        AlertRuleStatus before = evaluated();

        AlertRuleStatus failing =
                AlertRuleStatusFactory.status(facts(ACCEPTED, LOADED, FAILED, List.of()), before, LATER);

        assertThat(failing.since()).isEqualTo(LATER_TEXT);
        assertThat(condition(failing, "Evaluating").lastTransitionTime()).isEqualTo(LATER_TEXT);
        assertThat(condition(failing, "Ready").lastTransitionTime()).isEqualTo(LATER_TEXT);
        assertThat(condition(failing, "Loaded").lastTransitionTime()).isEqualTo(NOW_TEXT);
        assertThat(condition(failing, "Accepted").lastTransitionTime()).isEqualTo(NOW_TEXT);
    }

    @Test
    void anotherMessageIsNoTransition() {
        AlertRuleStatus before = AlertRuleStatusFactory.status(facts(ACCEPTED, LOADED, FAILED, List.of()), null, NOW);
        Evaluation other = new Evaluation(true, "another error", false, 2, 2);

        AlertRuleStatus after = AlertRuleStatusFactory.status(facts(ACCEPTED, LOADED, other, List.of()), before, LATER);

        assertThat(condition(after, "Evaluating").message()).isEqualTo("another error");
        assertThat(condition(after, "Evaluating").lastTransitionTime()).isEqualTo(NOW_TEXT);
        assertThat(after.since()).isEqualTo(NOW_TEXT);
    }

    // ---- alerts ----

    @Test
    void theTenAlertsAreTheOnesThatHaveFiredLongest() {
        List<SeenAlert> alerts = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            alerts.add(new SeenAlert(true, Map.of("n", "firing-" + i), "1", NOW.plusSeconds(i)));
            alerts.add(new SeenAlert(false, Map.of("n", "pending-" + i), "1", NOW.minusSeconds(i)));
        }
        Collections.shuffle(alerts);

        AlertRuleStatus status = AlertRuleStatusFactory.status(facts(ACCEPTED, LOADED, GOOD, alerts), null, NOW);

        assertThat(status.firing()).isEqualTo(30);
        assertThat(status.pending()).isEqualTo(30);
        assertThat(alerts(status))
                .extracting(alert -> labels(alert).get("n"))
                .containsExactlyElementsOf(
                        IntStream.range(0, 10).mapToObj(i -> "firing-" + i).toList());
    }

    @Test
    void pendingAlertsComeAfterFiringOnes() {
        SeenAlert older = new SeenAlert(false, Map.of("n", "old"), "1", NOW.minusSeconds(100));

        AlertRuleStatus status = evaluated(older, FIRING);

        assertThat(alerts(status))
                .extracting(AlertInstance::state)
                .containsExactly(AlertState.Firing, AlertState.Pending);
    }

    @Test
    void aValueThatMovesIsNoNews() {
        AlertRuleStatus before = evaluated(FIRING);
        SeenAlert moved = new SeenAlert(true, FIRING.labels(), "4", FIRING.activeAt());

        AlertRuleStatus after = evaluatedAfter(before, moved);

        assertThat(after).isEqualTo(before);
    }

    @Test
    void aBeginningThatAnotherReplicaSawSecondsApartIsNoNews() {
        AlertRuleStatus before = evaluated(FIRING);
        SeenAlert elsewhere = new SeenAlert(true, FIRING.labels(), "3", NOW.plusSeconds(29));

        AlertRuleStatus after = evaluatedAfter(before, elsewhere);

        assertThat(after).isEqualTo(before);
    }

    @Test
    void anAlertThatEndedAndBeganAnewIsNews() {
        AlertRuleStatus before = evaluated(FIRING);
        SeenAlert anew = new SeenAlert(true, FIRING.labels(), "5", NOW.plusSeconds(120));

        AlertRuleStatus after = evaluatedAfter(before, anew);

        assertThat(alerts(after)).singleElement().satisfies(alert -> {
            assertThat(alert.value()).isEqualTo("5");
            assertThat(alert.activeAt()).isEqualTo("2026-11-22T10:02:00Z");
        });
        assertThat(after.since()).as("the rule fired all the time").isEqualTo(NOW_TEXT);
    }

    @Test
    void anAlertThatBeginsToFireIsReportedWithItsValueThen() {
        AlertRuleStatus before = evaluated(PENDING);
        SeenAlert firing = new SeenAlert(true, PENDING.labels(), "9", PENDING.activeAt());

        AlertRuleStatus after = evaluatedAfter(before, firing);

        assertThat(after.state()).isEqualTo(AlertRuleState.Firing);
        assertThat(after.since()).isEqualTo(LATER_TEXT);
        assertThat(alerts(after)).extracting(AlertInstance::value).containsExactly("9");
    }

    @Test
    void anAlertWithoutLabelsOfItsOwnHasNone() {
        SeenAlert plain = new SeenAlert(true, Map.of(), "1", NOW);

        AlertRuleStatus status = evaluated(plain);

        assertThat(alerts(status))
                .singleElement()
                .satisfies(alert -> assertThat(alert.labels()).isNull());
    }

    @Test
    void longLabelsAreCutAndManyLeftOutAndThatIsNoNewsEither() {
        Map<String, String> labels = new TreeMap<>();
        IntStream.range(0, AlertInstance.MAX_LABELS + 5).forEach(i -> labels.put("label%03d".formatted(i), "v"));
        labels.put("label000", "x".repeat(AlertInstance.MAX_LABEL_VALUE_LENGTH + 1));
        labels.put("label001", "x".repeat(AlertInstance.MAX_LABEL_VALUE_LENGTH));
        RuleFacts facts = facts(ACCEPTED, LOADED, GOOD, List.of(new SeenAlert(true, labels, "1", NOW)));

        AlertRuleStatus status = AlertRuleStatusFactory.status(facts, null, NOW);

        Map<String, String> shown = labels(alerts(status).getFirst());
        assertThat(shown)
                .hasSize(AlertInstance.MAX_LABELS)
                .containsKey("label031")
                .doesNotContainKey("label032");
        assertThat(shown.get("label000")).isEqualTo("x".repeat(AlertInstance.MAX_LABEL_VALUE_LENGTH - 1) + "…");
        assertThat(shown.get("label001")).isEqualTo("x".repeat(AlertInstance.MAX_LABEL_VALUE_LENGTH));
        assertThat(AlertRuleStatusFactory.status(facts, status, LATER)).isEqualTo(status);
    }

    // ---- contact points ----

    @Test
    void contactPointsAreListedOnceAndBounded() {
        List<String> many = IntStream.range(0, AlertRuleStatus.MAX_CONTACT_POINTS + 3)
                .mapToObj(i -> "shop/team-%02d".formatted(i))
                .flatMap(name -> Stream.of(name, name))
                .toList();
        RuleFacts facts = new RuleFacts(
                3, ACCEPTED, LOADED, GOOD, List.of(FIRING), true, null, new SentTo(many, many, false, Map.of()));

        AlertRuleStatus status = AlertRuleStatusFactory.status(facts, null, NOW);

        assertThat(status.contactPoints())
                .hasSize(AlertRuleStatus.MAX_CONTACT_POINTS)
                .doesNotHaveDuplicates()
                .startsWith("shop/team-00", "shop/team-01");
    }

    @Test
    void whoeverIsToldNothingIsNotListed() {
        AlertRuleStatus status = evaluated();

        assertThat(status.contactPoints()).isNull();
        assertThat(status.alerts()).isNull();
    }

    // ---- what an earlier process has said ----

    @Test
    void theEvaluatorIsTheOneThatRunsTheLiveGeneration() {
        AlertRuleStatus status = AlertRuleStatusFactory.status(facts(REFUSED, OLDER, GOOD, List.of()), null, NOW);

        assertThat(status.evaluator()).isEqualTo(new EvaluatorStatus("default-1", 2L));
    }

    @Test
    void aStatusSaysLoadedOfTheGenerationThatWasProvenAndOfNoOther() {
        AlertRuleStatus loaded = AlertRuleStatusFactory.status(facts(ACCEPTED, LOADED, GOOD, List.of()), null, NOW);
        AlertRuleStatus older = AlertRuleStatusFactory.status(facts(REFUSED, OLDER, GOOD, List.of()), null, NOW);
        AlertRuleStatus publishing =
                AlertRuleStatusFactory.status(facts(ACCEPTED, PUBLISHING, NONE, List.of()), null, NOW);

        assertThat(AlertRuleStatusFactory.saysLoaded(loaded, 3)).isTrue();
        assertThat(AlertRuleStatusFactory.saysLoaded(loaded, 2)).isFalse();
        assertThat(AlertRuleStatusFactory.saysLoaded(older, 2)).isTrue();
        assertThat(AlertRuleStatusFactory.saysLoaded(older, 3)).isFalse();
        assertThat(AlertRuleStatusFactory.saysLoaded(publishing, 3)).isFalse();
        assertThat(AlertRuleStatusFactory.saysLoaded(null, 3)).isFalse();
    }

    private static Arguments row(
            String name,
            Standing standing,
            @Nullable Live live,
            Evaluation evaluation,
            List<SeenAlert> alerts,
            String expected) {
        return Arguments.of(Named.of(name, facts(standing, live, evaluation, alerts)), expected);
    }

    // ---- where alerts go ----

    @Test
    void anAlertSaysWhereItGoesAndWhyItIsHeldBack() {
        SeenAlert other = new SeenAlert(true, Map.of("route", "/cart"), "2", NOW.plusSeconds(1));

        AlertRuleStatus status = AlertRuleStatusFactory.status(
                sent(
                        List.of(FIRING, other),
                        Map.of(
                                FIRING.labels(), way(List.of(), Hold.Inhibited, Hold.Silenced),
                                other.labels(), way(List.of("shop/team"), Hold.Muted))),
                null,
                NOW);

        assertThat(status.contactPoints()).containsExactly("shop/team");
        assertThat(status.heldBack()).isEqualTo(new HeldBack(1, 1, 1));
        assertThat(alerts(status).getFirst().contactPoints()).isNull();
        assertThat(alerts(status).getFirst().heldBack()).containsExactly(Hold.Silenced, Hold.Inhibited);
        assertThat(alerts(status).getLast().contactPoints()).containsExactly("shop/team");
        assertThat(alerts(status).getLast().heldBack()).containsExactly(Hold.Muted);
        assertThat(condition(status, "Ready").status()).isEqualTo("True");
    }

    @Test
    void theEndOfASilenceIsNewsAndTheRestStaysAsItWas() {
        AlertRuleStatus silenced = AlertRuleStatusFactory.status(
                sent(List.of(FIRING), Map.of(FIRING.labels(), way(List.of(), Hold.Silenced))), null, NOW);
        SeenAlert moved = new SeenAlert(true, FIRING.labels(), "4", FIRING.activeAt());

        AlertRuleStatus after = AlertRuleStatusFactory.status(
                sent(List.of(moved), Map.of(FIRING.labels(), way(List.of("shop/team")))), silenced, LATER);

        assertThat(after.heldBack()).isNull();
        assertThat(alerts(after))
                .containsExactly(new AlertInstance(
                        AlertState.Firing, FIRING.labels(), "3", NOW_TEXT, List.of("shop/team"), null));
        assertThat(after.conditions()).isEqualTo(silenced.conditions());
    }

    @Test
    void anOperatorThatHasJustStartedKeepsWhatWasSaid() {
        AlertRuleStatus before = AlertRuleStatusFactory.status(
                sent(List.of(FIRING), Map.of(FIRING.labels(), way(List.of("shop/team"), Hold.Muted))), null, NOW);

        AlertRuleStatus after = AlertRuleStatusFactory.status(
                new RuleFacts(3, ACCEPTED, LOADED, GOOD, List.of(FIRING), false, null, null), before, LATER);

        assertThat(after).isEqualTo(before);
    }

    @Test
    void anAlertThatIsPendingAgainIsNotBeingSentThoughAlertmanagerRemembersIt() {
        AlertRuleStatus status = AlertRuleStatusFactory.status(
                sent(List.of(PENDING), Map.of(PENDING.labels(), way(List.of(), Hold.Silenced))), null, NOW);

        assertThat(status.heldBack()).isNull();
        assertThat(alerts(status).getFirst().heldBack()).isNull();
    }

    private static RuleFacts sent(List<SeenAlert> alerts, Map<Map<String, String>, SentTo.Way> ways) {
        List<String> contactPoints = ways.values().stream()
                .flatMap(way -> way.contactPoints().stream())
                .toList();
        return new RuleFacts(
                3,
                ACCEPTED,
                LOADED,
                GOOD,
                alerts,
                true,
                null,
                new SentTo(contactPoints, List.of("shop/team"), false, ways));
    }

    private static SentTo.Way way(List<String> contactPoints, Hold... holds) {
        return new SentTo.Way(contactPoints, new TreeSet<>(List.of(holds)));
    }

    /** What is said of a rule that is evaluated without error, and was not known before. */
    private static AlertRuleStatus evaluated(SeenAlert... alerts) {
        return AlertRuleStatusFactory.status(facts(ACCEPTED, LOADED, GOOD, List.of(alerts)), null, NOW);
    }

    /** What is said of it later. */
    private static AlertRuleStatus evaluatedAfter(AlertRuleStatus before, SeenAlert... alerts) {
        return AlertRuleStatusFactory.status(facts(ACCEPTED, LOADED, GOOD, List.of(alerts)), before, LATER);
    }

    private static RuleFacts facts(
            Standing standing, @Nullable Live live, Evaluation evaluation, List<SeenAlert> alerts) {
        return new RuleFacts(3, standing, live, evaluation, alerts, true, null, null);
    }

    /** State, firing/pending and reason in one line, then a line for each condition but Routed, which has a test of its own. */
    private static String text(AlertRuleStatus status) {
        return "%s %d/%d %s\n"
                        .formatted(
                                status.state(),
                                status.firing(),
                                status.pending(),
                                Objects.requireNonNullElse(status.reason(), "-"))
                + Objects.requireNonNull(status.conditions()).stream()
                        .filter(condition -> !condition.type().equals("Routed"))
                        .map(condition -> "%s %s %s: %s\n"
                                .formatted(
                                        condition.type(), condition.status(), condition.reason(), condition.message()))
                        .collect(Collectors.joining());
    }

    private static Condition condition(AlertRuleStatus status, String type) {
        return Conditions.find(status.conditions(), type).orElseThrow();
    }

    private static List<AlertInstance> alerts(AlertRuleStatus status) {
        return Objects.requireNonNull(status.alerts());
    }

    private static Map<String, String> labels(AlertInstance alert) {
        return Objects.requireNonNull(alert.labels());
    }
}
