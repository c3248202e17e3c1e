package dev.tocsin.status;

import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.ContactPointStatus;
import dev.tocsin.api.v1alpha1.ReceiverStatus;
import dev.tocsin.api.v1alpha1.TestStatus;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.delivery.Assembler.Reference;
import dev.tocsin.observe.DeliveryHealth.Health;
import dev.tocsin.status.Conditions.Truth;
import dev.tocsin.status.DeliveryConditions.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The only maker of a ContactPoint's status. */
public final class ContactPointStatusFactory {
    private static final String DELIVERING = "Delivering";
    private static final String NOTIFICATIONS_FAIL = "NotificationsFail";
    private static final String FALLBACK_TEXT = "FallbackText";
    private static final String STILL_FAILING =
            ". Where notifications go on failing, look at templates of fields that have no default, such as a channel";
    private static final int SHOWN = 10;

    private ContactPointStatusFactory() {}

    /**
     * What is known of one ContactPoint.
     *
     * @param generation the object's generation
     * @param verdict on the object as it stands
     * @param liveGeneration the generation that is in the published configuration; null when none is
     * @param loadedBy members that work with that
     * @param members that there should be
     * @param loadedEverywhere whether every member has been seen to work with it
     * @param waitingFor why it is not loaded everywhere, in words
     * @param filled percent of the configuration's room that are used at least; 0 when there is plenty
     * @param integrations kind and position of each receiver in the spec, for example slack/0
     * @param health by kind; a kind that has not sent anything is absent
     * @param defaultTexts the kinds whose default texts stand for the contact point's own, each with the time since
     *     which they do
     * @param notPermitted references of policies that spec.allowFrom does not allow
     * @param test what has become of the newest test notification; null when nothing is known but what was reported
     */
    public record Facts(
            long generation,
            Verdict verdict,
            @Nullable Long liveGeneration,
            long loadedBy,
            int members,
            boolean loadedEverywhere,
            String waitingFor,
            int filled,
            List<String> integrations,
            Map<String, Health> health,
            Map<String, String> defaultTexts,
            List<Reference> notPermitted,
            @Nullable TestStatus test) {

        private Progress progress() {
            return new Progress(
                    generation, verdict, liveGeneration, loadedBy, members, loadedEverywhere, waitingFor, filled);
        }
    }

    /** The status that these facts make of the previous one. */
    public static ContactPointStatus status(@Nullable ContactPointStatus previous, Facts facts, Instant now) {
        List<Condition> before = previous == null ? null : previous.conditions();
        List<ReceiverStatus> receivers = receivers(previous, facts, now);
        Conditions conditions = new Conditions(before, facts.generation(), now);
        DeliveryConditions.add(conditions, facts.progress());
        addDelivering(conditions, receivers, facts.defaultTexts());
        addRefusedReferences(conditions, facts.notPermitted());
        String reason = DeliveryConditions.reason(facts.progress());
        if (reason.isEmpty() && receivers.stream().anyMatch(ContactPointStatusFactory::fails)) {
            reason = NOTIFICATIONS_FAIL;
        } else if (reason.isEmpty() && !facts.defaultTexts().isEmpty()) {
            reason = FALLBACK_TEXT;
        }
        return new ContactPointStatus(
                facts.generation(),
                facts.integrations().stream()
                        .map(ContactPointStatusFactory::kind)
                        .distinct()
                        .collect(Collectors.joining(",")),
                receivers,
                facts.test() != null || previous == null ? facts.test() : previous.test(),
                reason.isEmpty() ? null : reason,
                conditions.list());
    }

    /** What has not sent anything keeps what was known of it: an operator that restarts has seen nothing yet. */
    private static List<ReceiverStatus> receivers(@Nullable ContactPointStatus previous, Facts facts, Instant now) {
        List<ReceiverStatus> result = new ArrayList<>();
        for (String integration : facts.integrations()) {
            Health health = facts.health().get(kind(integration));
            ReceiverStatus before =
                    known(previous, integration).orElse(new ReceiverStatus(integration, null, null, null, null));
            Boolean delivering = health == null ? before.delivering() : Boolean.valueOf(health.delivering());
            boolean isNews = !Objects.equals(delivering, before.delivering()) || before.since() == null;
            result.add(new ReceiverStatus(
                    integration,
                    delivering,
                    delivering == null ? null : isNews ? Conditions.timestamp(now) : before.since(),
                    sharedWith(integration, facts.integrations()),
                    health == null ? before.reason() : reason(integration, health)));
        }
        return result;
    }

    private static @Nullable String reason(String integration, Health health) {
        return health.delivering() ? null : SendFailures.explanation(integration, health.reason());
    }

    private static @Nullable List<String> sharedWith(String integration, List<String> integrations) {
        List<String> others = integrations.stream()
                .filter(other -> kind(other).equals(kind(integration)) && !other.equals(integration))
                .toList();
        return others.isEmpty() ? null : others;
    }

    private static Optional<ReceiverStatus> known(@Nullable ContactPointStatus previous, String integration) {
        return previous == null || previous.receivers() == null
                ? Optional.empty()
                : previous.receivers().stream()
                        .filter(receiver -> receiver.name().equals(integration))
                        .findFirst();
    }

    private static void addDelivering(
            Conditions conditions, List<ReceiverStatus> receivers, Map<String, String> defaultTexts) {
        boolean delivers = receivers.stream().anyMatch(receiver -> Boolean.TRUE.equals(receiver.delivering()));
        String failing = receivers.stream()
                .filter(ContactPointStatusFactory::fails)
                .filter(receiver -> isFirstOfKind(receiver, receivers))
                .map(receiver -> names(receiver) + ": " + receiver.reason())
                .collect(Collectors.joining("; "));
        if (!failing.isEmpty()) {
            conditions.add(
                    DELIVERING,
                    Truth.False,
                    NOTIFICATIONS_FAIL,
                    defaultTexts.isEmpty() ? failing : failing + ". " + fallback(defaultTexts) + STILL_FAILING);
        } else if (!defaultTexts.isEmpty()) {
            conditions.add(DELIVERING, delivers ? Truth.True : Truth.Unknown, FALLBACK_TEXT, fallback(defaultTexts));
        } else if (delivers) {
            conditions.add(DELIVERING, Truth.True, "NotificationsArrive", "the last notifications arrived");
        } else {
            conditions.add(DELIVERING, Truth.Unknown, "NothingSent", "no notification has been sent yet");
        }
    }

    private static String fallback(Map<String, String> defaultTexts) {
        String kinds = new TreeMap<>(defaultTexts)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + " (since " + entry.getValue() + ")")
                        .collect(Collectors.joining(", "));
        return "Alertmanager's default texts are sent instead of its own by " + kinds
                + ": no message could be made of alerts that came, most likely since a template fails on them."
                + " Alertmanager's log names the place; mend the template: an edit has its own texts tried again";
    }

    /** Those that share a verdict are named together. */
    private static boolean isFirstOfKind(ReceiverStatus receiver, List<ReceiverStatus> receivers) {
        return receivers.stream()
                .filter(other -> kind(other.name()).equals(kind(receiver.name())))
                .findFirst()
                .filter(receiver::equals)
                .isPresent();
    }

    private static String names(ReceiverStatus receiver) {
        return receiver.sharedWith() == null
                ? receiver.name()
                : "at least one of " + receiver.name() + ", " + String.join(", ", receiver.sharedWith());
    }

    /** There only while it holds: somebody was told by these policies before, or would like to be. */
    private static void addRefusedReferences(Conditions conditions, List<Reference> references) {
        if (references.isEmpty()) {
            return;
        }
        String policies = references.stream()
                .limit(SHOWN)
                .map(reference -> reference.policy() + " (" + reference.path() + ")")
                .collect(Collectors.joining(", "));
        int more = references.size() - SHOWN;
        conditions.add(
                "RefusedReferences",
                Truth.True,
                "NotAllowed",
                "spec.allowFrom does not allow the namespaces of these NotificationPolicies, whose routes name this"
                        + " contact point and do not reach it: " + policies
                        + (more > 0 ? ", and " + more + " more" : ""));
    }

    private static boolean fails(ReceiverStatus receiver) {
        return Boolean.FALSE.equals(receiver.delivering());
    }

    private static String kind(String integration) {
        return integration.substring(0, integration.indexOf('/'));
    }
}
