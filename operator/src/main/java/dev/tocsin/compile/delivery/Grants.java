package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.AllowFrom;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which other namespaces may send to a contact point. Kept apart from the compiled contact point: a grant that is
 * withdrawn counts at once, even while an older version of the receivers stays live.
 */
public record Grants(Set<String> namespaces) {

    public static final Grants NONE = new Grants(Set.of());

    public static Grants of(@Nullable AllowFrom allowFrom) {
        return allowFrom == null || allowFrom.namespaces() == null
                ? NONE
                : new Grants(Set.copyOf(allowFrom.namespaces()));
    }

    boolean permit(String namespace) {
        return namespaces.contains(namespace);
    }
}
