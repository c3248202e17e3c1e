package dev.tocsin.operator;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.TemplateText;
import dev.tocsin.observe.DeliveryHealth.Health;
import dev.tocsin.observe.SendCounters;
import dev.tocsin.observe.SendCounters.Sender;
import dev.tocsin.vet.ConfigurationVetter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells suspicion from fact: where the counters do not say for certain that no message could be made, amtool executes
 * the texts with the alerts that wait to be sent.
 *
 * <p>A call of amtool takes some 20 ms, for each text of each group, and meanwhile edits wait. So a look has a bound,
 * also when many contact points fail together, as in an outage of the network. One that is left out is told of by the
 * counters when it fails again.
 */
final class TextTrial {
    private static final Logger LOG = LoggerFactory.getLogger(TextTrial.class);

    static final int MOST_GROUPS = 25;

    private final ConfigurationVetter vetter;
    private final WaitingAlerts waiting;

    /** What templates are executed with. */
    interface WaitingAlerts {

        /** The data of each group of a receiver, JSON. */
        List<String> of(String receiver) throws InterruptedException;
    }

    TextTrial(ConfigurationVetter vetter, WaitingAlerts waiting) {
        this.vetter = vetter;
        this.waiting = waiting;
    }

    /**
     * Those that fail.
     *
     * @param suspects kinds of receivers by the version that is live
     * @param health what the counters say
     */
    Map<ContactPointFragment, Set<String>> failing(
            Map<ContactPointFragment, Set<String>> suspects, Map<Sender, Health> health) throws InterruptedException {
        Map<ContactPointFragment, Set<String>> failing = new HashMap<>();
        List<Map.Entry<ContactPointFragment, Set<String>>> inSomeOrder = new ArrayList<>(suspects.entrySet());
        Collections.shuffle(inSomeOrder);
        int left = MOST_GROUPS;
        for (Map.Entry<ContactPointFragment, Set<String>> entry : inSomeOrder) {
            ContactPointFragment suspect = entry.getKey();
            String receiver = ContactPointFragment.receiverName(suspect.key());
            for (String kind : entry.getValue()) {
                List<TemplateText> texts = suspect.texts(kind);
                boolean fails = isCertain(kind, health.get(new Sender(receiver, kind)));
                if (!fails && left > 0 && !texts.isEmpty()) {
                    List<String> groups =
                            waiting.of(receiver).stream().limit(left).toList();
                    left -= groups.size();
                    fails = fails(suspect.key(), texts, groups);
                }
                if (fails) {
                    failing.computeIfAbsent(suspect, version -> new TreeSet<>()).add(kind);
                }
            }
        }
        return failing;
    }

    private static boolean isCertain(String kind, @Nullable Health health) {
        return !SendCounters.TRY_AGAIN.contains(kind)
                && health != null
                && health.reason().equals(SendCounters.NOT_MADE);
    }

    private boolean fails(ObjectKey contactPoint, List<TemplateText> texts, List<String> groups) {
        try {
            return groups.stream().anyMatch(data -> vetter.failsOn(texts, data));
        } catch (UncheckedIOException e) {
            LOG.warn("whether the texts of {} fail cannot be told: {}", contactPoint, e.getMessage());
            return false;
        }
    }
}
