package dev.tocsin.e2e;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleState;
import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the status of an object of the three kinds says. */
final class Status {
    private Status() {}

    /** Whether a condition has this status, and says so of the object's newest generation. */
    static boolean is(HasMetadata object, String type, String status) {
        return condition(object, type)
                .filter(condition -> condition.status().equals(status)
                        && Objects.equals(
                                condition.observedGeneration(),
                                object.getMetadata().getGeneration()))
                .isPresent();
    }

    /** The same, with the reason. */
    static boolean is(HasMetadata object, String type, String status, String reason) {
        return is(object, type, status) && reason(object, type).equals(reason);
    }

    static String reason(HasMetadata object, String type) {
        return condition(object, type).map(Condition::reason).orElse("");
    }

    static String message(HasMetadata object, String type) {
        return condition(object, type).map(Condition::message).orElse("");
    }

    static @Nullable AlertRuleState state(AlertRule rule) {
        return rule.getStatus() == null ? null : rule.getStatus().state();
    }

    static boolean is(AlertRule rule, AlertRuleState state) {
        return state(rule) == state;
    }

    static Optional<Condition> condition(HasMetadata object, String type) {
        return conditions(object).stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst();
    }

    private static List<Condition> conditions(HasMetadata object) {
        List<Condition> conditions = switch (object) {
            case AlertRule rule
            when rule.getStatus() != null -> rule.getStatus().conditions();
            case ContactPoint point
            when point.getStatus() != null -> point.getStatus().conditions();
            case NotificationPolicy policy
            when policy.getStatus() != null -> policy.getStatus().conditions();
            default -> null;
        };
        return Objects.requireNonNullElse(conditions, List.of());
    }
}
