package dev.tocsin.operator;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.observe.DeliveryPicture;
import dev.tocsin.observe.SendCounters.Sender;
import dev.tocsin.operator.DeliveryPlan.Outcome;
import dev.tocsin.publish.AlertmanagerMembers.Rollout;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Notices that no message can be made of alerts with what is live of a contact point, or that it may be so. What is counted before every
 * member that answers works with that version is about an earlier one. Confined to the delivery loop's thread.
 */
final class FailingTexts {
    private final Map<Sender, Watched> watched = new HashMap<>();

    /**
     * What has been counted for a sender.
     *
     * @param version that was live
     * @param count what is known, or is not about that version
     */
    private record Watched(ContactPointFragment version, long count) {}

    /** The kinds of receivers that have failed since the last look, by the version that is live. */
    Map<ContactPointFragment, Set<String>> newlySeen(
            DeliveryPlan plan, LiveVersions<ContactPointFragment> versions, Rollout rollout, DeliveryPicture picture) {
        Map<ContactPointFragment, Set<String>> failing = new HashMap<>();
        picture.notMade().forEach((sender, count) -> {
            ContactPointFragment live = live(plan, sender);
            if (live == null) {
                return;
            }
            Watched before = watched.put(sender, new Watched(live, count));
            boolean isAboutIt = before == null || before.version().equals(live);
            long known = before == null ? 0 : before.count();
            if (isAboutIt && count > known && isLoaded(rollout, versions.since(live.key()))) {
                failing.computeIfAbsent(live, version -> new TreeSet<>()).add(sender.integration());
            }
        });
        watched.keySet().retainAll(picture.notMade().keySet());
        return failing;
    }

    private static @Nullable ContactPointFragment live(DeliveryPlan plan, Sender sender) {
        Outcome<ContactPointFragment> outcome =
                sender.receiver().contains("/") ? plan.contactPoints().get(ObjectKey.parse(sender.receiver())) : null;
        return outcome == null ? null : outcome.live();
    }

    private static boolean isLoaded(Rollout rollout, long sequence) {
        return rollout.proven().entrySet().stream()
                .filter(member -> !rollout.unreachable().contains(member.getKey()))
                .allMatch(member -> member.getValue() >= sequence);
    }
}
