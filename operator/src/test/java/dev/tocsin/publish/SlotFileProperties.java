package dev.tocsin.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.compile.CompiledRules;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.place.SlotId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SlotFileProperties {
    private static final SlotId SLOT = new SlotId("default", 1, 2);

    @Provide
    Arbitrary<List<LiveRule>> contents() {
        Arbitrary<ObjectKey> keys = Combinators.combine(
                        Arbitraries.of("a", "shop", "z-9"),
                        Arbitraries.strings()
                                .withCharRange('a', 'z')
                                .withChars("-.0")
                                .ofMinLength(1)
                                .ofMaxLength(20))
                .as(ObjectKey::new);
        return Combinators.combine(
                        keys,
                        Arbitraries.of("7f4c1b9e-0d0e-4a11-b1b0-0123456789ab", "other"),
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        Arbitraries.strings()
                                .withCharRange(' ', '~')
                                .withChars("\nü\u2028…")
                                .ofMaxLength(20),
                        Arbitraries.of(1e-9, 1.8518518518518518E-4, 1.0 / 3, 1.0))
                .as((key, uid, generation, text, cost) -> new LiveRule(
                        key,
                        uid,
                        generation,
                        CompiledRules.rule("x", 1, annotated(text)).group(),
                        cost))
                .list()
                .uniqueElements(LiveRule::key)
                .ofMaxSize(8);
    }

    @Property(tries = 300)
    void whatWasWrittenIsReadBack(@ForAll("contents") List<LiveRule> rules) {
        SlotFile file = SlotFile.of(SLOT, rules);

        StoredSlot read = SlotFile.read(file.rules(), file.index());

        assertThat(read).isEqualTo(new StoredSlot(file.revision(), sorted(rules)));
    }

    @Property(tries = 300)
    void theOrderOfTheRulesMakesNoDifference(@ForAll("contents") List<LiveRule> rules, @ForAll Random random) {
        List<LiveRule> shuffled = new ArrayList<>(rules);
        Collections.shuffle(shuffled, random);

        assertThat(SlotFile.of(SLOT, shuffled)).isEqualTo(SlotFile.of(SLOT, rules));
    }

    @Property(tries = 300)
    void theRevisionIsAnotherExactlyWhenTheContentIs(
            @ForAll("contents") List<LiveRule> one, @ForAll("contents") List<LiveRule> other) {
        String revision = SlotFile.of(SLOT, one).revision();

        assertThat(SlotFile.of(SLOT, other).revision().equals(revision))
                .isEqualTo(sorted(one).equals(sorted(other)));
        assertThat(revision).matches("revision-[0-9a-f]{16}");
    }

    @Property(tries = 300)
    void anyChangeOfARuleChangesTheRevision(@ForAll("contents") List<LiveRule> rules) {
        LiveRule rule = new LiveRule(new ObjectKey("shop", "Edited"), "uid", 1, "{}", 1);
        List<LiveRule> versions = List.of(
                rule,
                new LiveRule(rule.key(), "uid", 2, "{}", 1),
                new LiveRule(rule.key(), "another", 1, "{}", 1),
                new LiveRule(rule.key(), "uid", 1, "{\"a\":1}", 1));

        List<String> revisions =
                versions.stream().map(version -> with(rules, version)).toList();

        assertThat(revisions)
                .doesNotHaveDuplicates()
                .doesNotContain(SlotFile.of(SLOT, rules).revision());
    }

    @Example
    void theSameContentInTwoSlotsHasTwoRevisions() {
        List<LiveRule> rules = List.of(new LiveRule(new ObjectKey("shop", "a"), "uid", 1, "{}", 1));

        assertThat(SlotFile.of(new SlotId("default", 0, 1), rules).revision())
                .isNotEqualTo(SlotFile.of(new SlotId("default", 1, 0), rules).revision())
                .isNotEqualTo(SlotFile.of(new SlotId("other", 0, 1), rules).revision());
    }

    @Property(tries = 300)
    void theSizeOfARuleIsAnUpperBound(@ForAll("contents") List<LiveRule> rules) {
        SlotFile empty = SlotFile.of(SLOT, List.of());
        SlotFile file = SlotFile.of(SLOT, rules);

        assertThat(bytes(file) - bytes(empty))
                .isLessThanOrEqualTo(rules.stream().mapToInt(LiveRule::bytes).sum());
    }

    @Example
    void textsThatDoNotBelongTogetherAreRefused() {
        SlotFile one = SlotFile.of(SLOT, List.of(new LiveRule(new ObjectKey("shop", "a"), "uid", 1, "{}", 1)));
        SlotFile none = SlotFile.of(SLOT, List.of());

        assertThatThrownBy(() -> SlotFile.read(one.rules(), none.index()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 groups")
                .hasMessageContaining("0 lines");
        assertThatThrownBy(() -> SlotFile.read(one.rules(), "not ours\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not ours");
    }

    /** Somebody wrote into the index, or the API server lost half of it. */
    @Example
    void anIndexThatIsDamagedIsRefused() {
        SlotFile file = SlotFile.of(SLOT, List.of(new LiveRule(new ObjectKey("shop", "a"), "uid", 1, "{}", 1)));
        List<String> damaged = List.of(
                "null\n",
                "{}\n",
                "[]\n",
                "{\"namespace\":\"shop\",\"uid\":\"uid\",\"generation\":1,\"cost\":1.0}\n",
                "{\"namespace\":\"shop\",\"name\":\"a\",\"generation\":1,\"cost\":1.0}\n",
                file.index().substring(0, 20));

        assertThat(damaged)
                .allSatisfy(index -> assertThatThrownBy(() -> SlotFile.read(file.rules(), index))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("the index has a line that is not ours"));
    }

    @Example
    void whatALaterVersionAddsToTheIndexIsIgnored() {
        SlotFile file = SlotFile.of(SLOT, List.of(new LiveRule(new ObjectKey("shop", "a"), "uid", 1, "{}", 1)));

        assertThat(SlotFile.read(file.rules(), file.index().replace("{", "{\"new\":[1],")))
                .isEqualTo(SlotFile.read(file.rules(), file.index()));
    }

    /** Slots outlive the version of the operator that wrote them: this is what 0.1 writes. */
    @Example
    void theFormatIsTheOneInWhichSlotsHaveBeenPublished() {
        LiveRule rule = new LiveRule(
                new ObjectKey("shop", "checkout-errors"),
                "7f4c1b9e-0d0e-4a11-b1b0-0123456789ab",
                3,
                "{\"name\":\"shop/checkout-errors\",\"interval\":\"30s\",\"rules\":[]}",
                1.0 / 30);

        SlotFile file = SlotFile.of(SLOT, List.of(rule));

        assertThat(file.rules()).isEqualTo("""
                groups:
                - {"name":"%s","rules":[]}
                - {"name":"shop/checkout-errors","interval":"30s","rules":[]}
                """.formatted(file.revision()));
        assertThat(file.index()).isEqualTo("""
                {"namespace":"shop","name":"checkout-errors","uid":"7f4c1b9e-0d0e-4a11-b1b0-0123456789ab",\
                "generation":3,"cost":0.03333333333333333}
                """);
        assertThat(file.revision()).isEqualTo("revision-a4fdbe21da8b34ca");
    }

    private static AlertRuleSpec annotated(String text) {
        return new AlertRuleSpec(null, null, "up", null, null, null, null, Map.of("summary", text), null);
    }

    private static String with(List<LiveRule> rules, LiveRule rule) {
        List<LiveRule> all = new ArrayList<>(rules);
        all.add(rule);
        return SlotFile.of(SLOT, all).revision();
    }

    private static List<LiveRule> sorted(List<LiveRule> rules) {
        return rules.stream().sorted(Comparator.comparing(LiveRule::key)).toList();
    }

    private static int bytes(SlotFile file) {
        return file.rules().getBytes(StandardCharsets.UTF_8).length
                + file.index().getBytes(StandardCharsets.UTF_8).length;
    }
}
