package dev.tocsin.status;

import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.ContactPointStatus;
import dev.tocsin.api.v1alpha1.ReceiverStatus;
import dev.tocsin.compile.Verdict;
import dev.tocsin.observe.DeliveryHealth.Health;
import dev.tocsin.status.Conditions.Truth;
import dev.tocsin.status.DeliveryConditions.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The only maker of a ContactPoint's status. */
public final class ContactPointStatusFactory {
    private static final String DELIVERING = "Delivering";

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
            Map<String, Health> health) {

        private Progress progress() {
            return new Progress(
                    generation, verdict, liveGeneration, loadedBy, members, loadedEverywhere, waitingFor, filled);
        }
    }

    /** The status that these facts make of the previous one. */
    public static ContactPointStatus status(@Nullable ContactPointStatus previous, Facts facts, Instant now) {
        List<Condition> before = previous == null ? null : previous.conditions();
        List<ReceiverStatus> receivers = receivers(previous, facts);
        Conditions conditions = new Conditions(before, facts.generation(), now);
        DeliveryConditions.add(conditions, facts.progress());
        addDelivering(conditions, receivers);
        String reason = DeliveryConditions.reason(facts.progress());
        if (reason.isEmpty() && receivers.stream().anyMatch(ContactPointStatusFactory::fails)) {
            reason = "NotificationsFail";
        }
        return new ContactPointStatus(
                facts.generation(),
                facts.integrations().stream()
                        .map(ContactPointStatusFactory::kind)
                        .distinct()
                        .collect(Collectors.joining(",")),
                receivers,
                reason.isEmpty() ? null : reason,
                conditions.list());
    }

    /** What has not sent anything keeps what was known of it: an operator that restarts has seen nothing yet. */
    private static List<ReceiverStatus> receivers(@Nullable ContactPointStatus previous, Facts facts) {
        List<ReceiverStatus> result = new ArrayList<>();
        for (String integration : facts.integrations()) {
            Health health = facts.health().get(kind(integration));
            result.add(
                    health == null
                            ? known(previous, integration).orElse(new ReceiverStatus(integration, null, null))
                            : new ReceiverStatus(
                                    integration,
                                    health.delivering(),
                                    health.delivering() ? null : explanation(health.reason())));
        }
        return result;
    }

    private static Optional<ReceiverStatus> known(@Nullable ContactPointStatus previous, String integration) {
        return previous == null || previous.receivers() == null
                ? Optional.empty()
                : previous.receivers().stream()
                        .filter(receiver -> receiver.name().equals(integration))
                        .findFirst();
    }

    private static void addDelivering(Conditions conditions, List<ReceiverStatus> receivers) {
        String failing = receivers.stream()
                .filter(ContactPointStatusFactory::fails)
                .map(receiver -> receiver.name() + ": " + receiver.reason())
                .collect(Collectors.joining("; "));
        if (!failing.isEmpty()) {
            conditions.add(DELIVERING, Truth.False, "NotificationsFail", failing);
        } else if (receivers.stream().anyMatch(receiver -> Boolean.TRUE.equals(receiver.delivering()))) {
            conditions.add(DELIVERING, Truth.True, "NotificationsArrive", "the last notifications arrived");
        } else {
            conditions.add(DELIVERING, Truth.Unknown, "NothingSent", "no notification has been sent yet");
        }
    }

    private static boolean fails(ReceiverStatus receiver) {
        return Boolean.FALSE.equals(receiver.delivering());
    }

    private static String kind(String integration) {
        return integration.substring(0, integration.indexOf('/'));
    }

    /** Alertmanager's reasons (v0.31.1, notify/util.go) as sentences; its log has the details. */
    private static String explanation(String reason) {
        return switch (reason) {
            case "clientError" -> "the other side refuses notifications (HTTP 4xx); they are not tried again";
            case "serverError" -> "the other side fails (HTTP 5xx)";
            case "contextDeadlineExceeded" -> "no attempt succeeded in time";
            case "stillTrying" -> "attempts fail and are repeated";
            default ->
                "notifications fail: the other side cannot be reached, or a template fails; see Alertmanager's log";
        };
    }
}
