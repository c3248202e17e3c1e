package dev.tocsin.place;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.Verdict.Reason;
import dev.tocsin.configuration.OperatorConfiguration.Quota;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QuotasTest {
    private static final Quota NONE = new Quota(null, null);

    @Test
    void asManyRulesGoLiveAsTheQuotaHas() {
        Quotas quotas = quotas(new Quota(2, null));

        assertThat(goesLive(quotas, "a", "1", 5)).isTrue();
        assertThat(goesLive(quotas, "b", "2", 5)).isTrue();
        assertThat(goesLive(quotas, "c", "3", 5)).isFalse();
        assertThat(quotas.refusal(key("c"), 5))
                .contains(new Verdict.Refused(
                        Reason.QuotaExceeded,
                        "namespace shop has 2 rules and its quota is 2; delete or pause others, or have"
                                + " quotas.namespaces.shop.rules set higher in the operator's configuration."
                                + " It goes live by itself once there is room"));
    }

    @Test
    void evaluationsAreSummedExactly() {
        Quotas quotas = quotas(new Quota(null, 10.0));
        IntStream.range(0, 300)
                .forEach(i -> assertThat(goesLive(quotas, "rule-" + i, "1", 1 / 30.0))
                        .as("rule %s", i)
                        .isTrue());

        assertThat(quotas.refusal(key("one-more"), 1 / 30.0))
                .map(Verdict.Refused::message)
                .hasValueSatisfying(message -> assertThat(message)
                        .startsWith(
                                "spec.interval: the rule needs 0.033 evaluations/s, the others of namespace shop have 10"
                                        + " and its quota is 10; raise the interval, "));
    }

    @Test
    void anEditNeedsRoomOnlyForWhatItAdds() {
        Quotas quotas = quotas(new Quota(1, 3.0));
        quotas.live(key("edited"), 2);

        assertThat(quotas.refusal(key("edited"), 3)).isEmpty();
        assertThat(quotas.refusal(key("edited"), 3.5))
                .map(Verdict.Refused::message)
                .hasValueSatisfying(message -> assertThat(message).contains("the others of namespace shop have 0 "));
    }

    /** Else nobody could mend a rule once the quota was lowered. */
    @Test
    void aboveALoweredQuotaRulesStayAndMayBeEditedToCostNoMore() {
        Quotas quotas = quotas(new Quota(1, 1.0));
        quotas.live(key("a"), 2);
        quotas.live(key("b"), 2);

        assertThat(quotas.refusal(key("a"), 2)).isEmpty();
        assertThat(quotas.refusal(key("a"), 1.5)).isEmpty();
        assertThat(quotas.refusal(key("a"), 2.1)).isPresent();
    }

    @Test
    void theOldestThatFitsGoesLiveWhenThereIsRoom() {
        Quotas quotas = quotas(new Quota(null, 10.0));
        quotas.live(key("a"), 6);
        quotas.live(key("b"), 4);
        quotas.waitsFor(key("youngest"), "2026-11-25T10:00:02Z", 1);
        quotas.waitsFor(key("too-large"), "2026-11-25T10:00:00Z", 5);
        quotas.waitsFor(key("same-second-b"), "2026-11-25T10:00:01Z", 2);
        quotas.waitsFor(key("same-second-a"), "2026-11-25T10:00:01Z", 2);
        assertThat(quotas.admissible()).as("nothing has left").isEmpty();

        quotas.gone(key("b"));

        assertThat(quotas.admissible()).containsExactly(key("same-second-a"), key("same-second-b"));
    }

    @Test
    void aRuleThatCostsLessMakesRoomForAnEditThatWaits() {
        Quotas quotas = quotas(new Quota(2, 10.0));
        quotas.live(key("a"), 6);
        quotas.live(key("b"), 4);
        quotas.waitsFor(key("b"), "1", 5);

        quotas.live(key("a"), 5);

        assertThat(quotas.admissible()).containsExactly(key("b"));
        quotas.live(key("b"), 5);
        quotas.gone(key("a"));
        assertThat(quotas.admissible()).as("it does not wait any more").isEmpty();
    }

    @Test
    void whatIsDeletedOrRefusedForAnotherReasonWaitsNoMore() {
        Quotas quotas = quotas(new Quota(1, null));
        quotas.live(key("a"), 1);
        quotas.waitsFor(key("deleted"), "1", 1);
        quotas.waitsFor(key("broken"), "2", 1);
        quotas.gone(key("deleted"));
        quotas.waitsNoMore(key("broken"));

        quotas.gone(key("a"));

        assertThat(quotas.admissible()).isEmpty();
    }

    @Test
    void namespacesDoNotTouchEachOther() {
        Quotas quotas =
                new Quotas(namespace -> Map.of("shop", new Quota(1, 1.0)).getOrDefault(namespace, NONE));
        quotas.live(key("a"), 1);
        assertThat(quotas.refusal(key("b"), 1)).isPresent();

        IntStream.range(0, 100).forEach(i -> {
            ObjectKey other = new ObjectKey("bank", "rule-" + i);
            assertThat(quotas.refusal(other, 100)).isEmpty();
            quotas.live(other, 100);
        });

        assertThat(quotas.newUsage())
                .hasValueSatisfying(all ->
                        assertThat(all).extracting(Quotas.Usage::namespace).containsExactly("shop"));
    }

    @Test
    void usageIsToldOnceAndOnlyWhenItIsAnother() {
        Quotas quotas = quotas(new Quota(4, 2.0));
        quotas.live(key("a"), 1.5);
        quotas.waitsFor(key("b"), "1", 1);

        assertThat(quotas.newUsage())
                .hasValueSatisfying(all -> assertThat(all)
                        .containsExactly(new Quotas.Usage("shop", new Quota(4, 2.0), 1, 1.5, 1))
                        .allSatisfy(usage -> assertThat(usage.share()).isEqualTo(0.75)));
        assertThat(quotas.newUsage()).isEmpty();
    }

    private static Quotas quotas(Quota ofEach) {
        return new Quotas(namespace -> ofEach);
    }

    private static ObjectKey key(String name) {
        return new ObjectKey("shop", name);
    }

    private static boolean goesLive(Quotas quotas, String name, String created, double cost) {
        if (quotas.refusal(key(name), cost).isPresent()) {
            quotas.waitsFor(key(name), created, cost);
            return false;
        }
        quotas.live(key(name), cost);
        return true;
    }
}
