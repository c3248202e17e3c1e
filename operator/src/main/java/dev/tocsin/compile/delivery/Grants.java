package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.AllowFrom;
import dev.tocsin.api.v1alpha1.NamespaceSelector;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which other namespaces may send to a contact point. Kept apart from the compiled contact point: a grant that is
 * withdrawn counts at once, even while an older version of the receivers stays live.
 *
 * @param namespaces by name
 * @param selector by label, beside those named
 */
public record Grants(Set<String> namespaces, Optional<NamespaceSelector> selector) {

    public static final Grants NONE = new Grants(Set.of(), Optional.empty());

    public static Grants of(@Nullable AllowFrom allowFrom) {
        if (allowFrom == null) {
            return NONE;
        }
        List<String> names = allowFrom.namespaces();
        return new Grants(
                names == null ? Set.of() : Set.copyOf(names), Optional.ofNullable(allowFrom.namespaceSelector()));
    }

    /** @param labels of the namespace; null when there is no such namespace, or nothing is known of it */
    boolean permit(String namespace, @Nullable Map<String, String> labels) {
        return namespaces.contains(namespace)
                || (labels != null
                        && selector.filter(found -> selects(found, labels)).isPresent());
    }

    private static boolean selects(NamespaceSelector selector, Map<String, String> labels) {
        Map<String, String> wanted = Objects.requireNonNullElse(selector.matchLabels(), Map.of());
        List<NamespaceSelector.Requirement> requirements =
                Objects.requireNonNullElse(selector.matchExpressions(), List.of());
        return labels.entrySet().containsAll(wanted.entrySet())
                && requirements.stream().allMatch(requirement -> isFulfilled(requirement, labels));
    }

    private static boolean isFulfilled(NamespaceSelector.Requirement requirement, Map<String, String> labels) {
        String value = labels.get(requirement.key());
        List<String> values = Objects.requireNonNullElse(requirement.values(), List.of());
        return switch (requirement.operator()) {
            case In -> value != null && values.contains(value);
            case NotIn -> value == null || !values.contains(value);
            case Exists -> value != null;
            case DoesNotExist -> value == null;
        };
    }
}
