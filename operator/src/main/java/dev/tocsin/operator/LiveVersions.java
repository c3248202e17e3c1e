package dev.tocsin.operator;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.operator.DeliveryPlan.Outcome;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Remembers since which publication each object's live version is in the configuration: from then on it is proven. */
final class LiveVersions<F> {
    private final Map<ObjectKey, Version<F>> versions = new HashMap<>();

    private record Version<F>(F fragment, long sequence) {}

    /**
     * Takes over what a publication made live.
     *
     * @param sequence of the publication
     * @param wasLoadedBefore whether a version needs no proof any more
     */
    void follow(Map<ObjectKey, Outcome<F>> outcomes, long sequence, Predicate<F> wasLoadedBefore) {
        versions.keySet().retainAll(outcomes.keySet());
        outcomes.forEach((key, outcome) -> {
            F fragment = outcome.live();
            Version<F> before = versions.get(key);
            if (fragment == null) {
                versions.remove(key);
            } else if (before == null || !before.fragment().equals(fragment)) {
                versions.put(key, new Version<>(fragment, wasLoadedBefore.test(fragment) ? 0 : sequence));
            }
        });
    }

    /** The publication since which what is live of the object is live; zero when nothing is or no proof is needed. */
    long since(ObjectKey key) {
        Version<F> version = versions.get(key);
        return version == null ? 0 : version.sequence();
    }
}
