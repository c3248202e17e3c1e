package dev.tocsin.check;

import dev.tocsin.compile.delivery.ReferencedValues;
import dev.tocsin.compile.delivery.ValueRef;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Answers for Secrets and ConfigMaps: with what the files hold, else with a text that does for a URL, a key and a
 * password, since Secrets are seldom kept in files.
 */
final class Placeholders implements ReferencedValues {
    /** A URL, as most are; without words, which would be taken out of engines' messages as a part of a secret. */
    private static final String ANY = "https://x.test/0";

    private final Map<ValueRef, Lookup> values;
    private final Set<ValueRef> unknown = new HashSet<>();

    Placeholders(Map<ValueRef, Lookup> values) {
        this.values = values;
    }

    @Override
    public Lookup lookup(ValueRef ref) {
        Lookup value = values.get(ref);
        if (value != null) {
            return value instanceof Lookup.Found(String text) ? new Lookup.Found(text.stripTrailing()) : value;
        }
        boolean isObjectKnown = values.keySet().stream()
                .anyMatch(other -> other.kind() == ref.kind()
                        && other.namespace().equals(ref.namespace())
                        && other.name().equals(ref.name()));
        if (isObjectKnown) {
            return new Lookup.NoKey();
        }
        unknown.add(ref);
        return new Lookup.Found(ANY);
    }

    /** What the files do not hold and somebody asked for. */
    Set<ValueRef> unknown() {
        return unknown;
    }
}
