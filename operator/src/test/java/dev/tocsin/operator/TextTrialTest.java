package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.TemplateText;
import dev.tocsin.engines.Engines;
import dev.tocsin.observe.DeliveryHealth.Health;
import dev.tocsin.observe.SendCounters;
import dev.tocsin.observe.SendCounters.Sender;
import dev.tocsin.vet.Amtool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What counts as a failing text; with a real amtool. */
@Tag("integration")
class TextTrialTest {
    private static final String FAILS = "{{ slice .CommonLabels.x 0 99 }}";
    private static final String GROUP =
            "{\"receiver\":\"r\",\"status\":\"firing\",\"commonLabels\":{\"x\":\"boom\"},\"alerts\":[]}";
    private static final Health STILL_TRYING = new Health(false, "stillTrying");
    private static final Health NOT_MADE = new Health(false, SendCounters.NOT_MADE);

    private final List<String> asked = new ArrayList<>();
    private final TextTrial trial = new TextTrial(new Amtool(Engines.binary("amtool")), receiver -> {
        asked.add(receiver);
        return List.of(GROUP);
    });

    @Test
    void textsThatFailOnAlertsThatWaitFailAndOthersDoNot() throws Exception {
        ContactPointFragment fails = contactPoint("fails", FAILS);
        ContactPointFragment works = contactPoint("works", "{{ .CommonLabels.x }}");

        assertThat(failing(STILL_TRYING, fails, works)).isEqualTo(Map.of(fails, Set.of("slack")));
    }

    @Test
    void whatTheCountersSayForCertainIsNotTried() throws Exception {
        ContactPointFragment works = contactPoint("works", "{{ .CommonLabels.x }}");

        assertThat(failing(NOT_MADE, works)).isEqualTo(Map.of(works, Set.of("slack")));
        assertThat(asked).isEmpty();
    }

    @Test
    void whatHasNoTextsOfItsOwnIsNotTried() throws Exception {
        assertThat(failing(STILL_TRYING, contactPoint("plain", "it burns"))).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void manyAreTriedAFewAtATimeAndNoneIsLeftOutForEver() throws Exception {
        ContactPointFragment[] many = new ContactPointFragment[TextTrial.MOST_GROUPS + 5];
        for (int i = 0; i < many.length; i++) {
            many[i] = contactPoint("fails-" + i, FAILS);
        }
        Set<ContactPointFragment> seen = new HashSet<>();
        for (int look = 0; look < 20 && seen.size() < many.length; look++) {
            Set<ContactPointFragment> failing = failing(STILL_TRYING, many).keySet();
            assertThat(failing).hasSize(TextTrial.MOST_GROUPS);
            seen.addAll(failing);
        }

        assertThat(seen).containsExactlyInAnyOrder(many);
    }

    private Map<ContactPointFragment, Set<String>> failing(Health health, ContactPointFragment... suspects)
            throws InterruptedException {
        Map<ContactPointFragment, Set<String>> kinds = new HashMap<>();
        Map<Sender, Health> healths = new HashMap<>();
        for (ContactPointFragment suspect : suspects) {
            kinds.put(suspect, Set.of("slack"));
            healths.put(new Sender(ContactPointFragment.receiverName(suspect.key()), "slack"), health);
        }
        return trial.failing(kinds, healths);
    }

    private static ContactPointFragment contactPoint(String name, String text) {
        List<TemplateText> templates = Stream.of(new TemplateText("spec.receivers[0].slack.text", text, false))
                .filter(TemplateText::isTemplate)
                .toList();
        return new ContactPointFragment(
                new ObjectKey("shop", name),
                "uid",
                1,
                Map.of("name", "shop/" + name, "slack_configs", List.of(Map.of("text", text))),
                templates,
                List.of(),
                Map.of());
    }
}
