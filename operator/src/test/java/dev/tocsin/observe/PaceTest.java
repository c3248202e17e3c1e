package dev.tocsin.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.observe.Pace.Grade;
import dev.tocsin.publish.Replica;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {
    private static final ObjectKey KEY = new ObjectKey("shop", "rule");
    private static final RuleInSlot WHERE = new RuleInSlot(KEY, 0);

    private final ReplicaView view = new ReplicaView(new Replica("default-0", "pod", "uid", "http://replica"));
    private int evaluations;

    @ParameterizedTest
    @CsvSource({
        "10, 1, 3, InTime, InTime",
        "10, 9, 3, InTime, InTime",
        "10, 9, 3, Late, Late",
        "10, 7, 3, Late, InTime",
        "10, 10, 3, InTime, Late",
        "10, 30, 100, InTime, Late",
        "10, 1, 82, InTime, InTime",
        "10, 1, 83, InTime, Overdue",
        "10, 1, 83, Late, Overdue"
    })
    void aReportIsGraded(double interval, double took, double age, Grade before, Grade grade) {
        assertThat(new Pace(interval, took, age).grade(before)).isEqualTo(grade);
    }

    @Test
    void aSingleSlowEvaluationIsNoNews() {
        assertThat(sees(12)).isFalse();
        assertThat(sees(1)).isFalse();
        assertThat(sees(12)).isFalse();

        assertThat(view.grade(KEY, 0)).isEqualTo(Grade.InTime);
    }

    @Test
    void aSecondSlowEvaluationIsNewsAndSoIsTheSecondQuickOne() {
        assertThat(sees(12)).isFalse();
        assertThat(sees(11)).isTrue();
        assertThat(view.grade(KEY, 0)).isEqualTo(Grade.Late);
        assertThat(sees(30)).isFalse();
        assertThat(sees(1)).isFalse();
        assertThat(sees(9)).as("not clearly in time").isFalse();
        assertThat(sees(1)).isFalse();
        assertThat(view.grade(KEY, 0)).isEqualTo(Grade.Late);

        assertThat(sees(1)).isTrue();

        assertThat(view.grade(KEY, 0)).isEqualTo(Grade.InTime);
    }

    @Test
    void theSameEvaluationThatIsReportedTwiceConfirmsNothing() {
        sees(12);

        assertThat(view.seeRules(Map.of(WHERE, rule(12, 2)), true)).isEmpty();
        assertThat(view.seeRules(Map.of(WHERE, rule(12, 3)), true)).isEmpty();

        assertThat(view.grade(KEY, 0)).isEqualTo(Grade.InTime);
    }

    @Test
    void anEvaluationThatDoesNotComeIsOverdueAtTheSecondLook() {
        sees(1);
        assertThat(view.seeRules(Map.of(WHERE, rule(1, 500)), true)).isEmpty();

        assertThat(view.seeRules(Map.of(WHERE, rule(1, 515)), true)).containsExactly(KEY);

        assertThat(view.grade(KEY, 0)).isEqualTo(Grade.Overdue);
    }

    @Test
    void aCompleteListIsSummedUp() {
        view.seeRules(
                Map.of(
                        new RuleInSlot(new ObjectKey("shop", "a"), 0), rule(25, 1),
                        new RuleInSlot(new ObjectKey("shop", "b"), 0), rule(5, 1),
                        new RuleInSlot(new ObjectKey("shop", "c"), 0), rule(0, 600)),
                true);

        assertThat(view.paceOfAll()).isEqualTo(new ReplicaView.PaceOfAll(2, 2.5, 1.5));
    }

    @Test
    void aRuleIsLookedAtByItsNameUntilItWasInTimeTwice() {
        LateRules late = new LateRules(1);
        late.see(Map.of(WHERE, rule(1, 1)));
        assertThat(late.keys()).isEmpty();
        late.see(Map.of(WHERE, rule(12, 1)));
        late.see(Map.of(new RuleInSlot(new ObjectKey("shop", "more-than-enough"), 0), rule(12, 1)));
        assertThat(late.keys()).containsExactly(KEY);

        late.lookedAt(List.of(KEY), Map.of(WHERE, rule(1, 1)));
        late.lookedAt(List.of(KEY), Map.of(WHERE, rule(12, 1)));
        late.lookedAt(List.of(KEY), Map.of(WHERE, rule(1, 1)));
        assertThat(late.keys()).containsExactly(KEY);

        late.lookedAt(List.of(KEY), Map.of(WHERE, rule(1, 1)));
        assertThat(late.keys()).isEmpty();
    }

    @Test
    void aRuleThatIsGoneIsNotLookedAtAnyMore() {
        LateRules late = new LateRules(100);
        late.see(Map.of(WHERE, rule(12, 1)));

        late.lookedAt(List.of(KEY), Map.of());

        assertThat(late.keys()).isEmpty();
    }

    /** Whether the next evaluation, which takes as many seconds of an interval of ten, is news. */
    private boolean sees(double took) {
        evaluations++;
        boolean first = evaluations == 1;
        boolean news = view.seeRules(Map.of(WHERE, rule(took, 1)), true).contains(KEY);
        return news && !first;
    }

    private SeenRule rule(double took, double age) {
        return new SeenRule("1", Instant.EPOCH.plusSeconds(100 + evaluations), "", false, new Pace(10, took, age));
    }
}
