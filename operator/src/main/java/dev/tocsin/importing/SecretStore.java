package dev.tocsin.importing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Where the credentials of one ContactPoint go: a Secret of its own, beside those to which its source refers already. */
final class SecretStore {
    private static final Pattern UPPER = Pattern.compile("[A-Z]");
    /** What Grafana writes in the place of a secret. */
    static final String MASK = "[REDACTED]";

    /** What Alertmanager and Grafana write in the place of a secret. */
    private static final Set<String> MASKS = Set.of("<secret>", SecretStore.MASK);

    private final Harvest harvest;
    private final String namespace;
    private final String name;

    SecretStore(Harvest harvest, String namespace, String contactPoint) {
        this.harvest = harvest;
        this.namespace = namespace;
        this.name = Names.slug(contactPoint + "-receivers");
    }

    /**
     * A reference in the place of a value.
     *
     * @param key of the Secret, in the spelling of a field
     */
    ObjectNode keep(String key, Tree value) {
        return keep(key, value, value.text());
    }

    /**
     * A reference in the place of a value.
     *
     * @param key of the Secret, in the spelling of a field
     * @param text what is kept of the value
     */
    ObjectNode keep(String key, Tree value, String text) {
        boolean masked = MASKS.contains(text);
        String from = "the value of " + value + (masked ? ", which is masked there" : "");
        return reference(key, masked ? Optional.empty() : Optional.of(text), from);
    }

    /**
     * A reference in the place of a value that the source does not have.
     *
     * @param from where it is, in words
     */
    ObjectNode keepElsewhere(String key, String from) {
        return reference(key, Optional.empty(), from);
    }

    /** A reference in the place of a file of the Alertmanager's machine. */
    ObjectNode keepFile(String key, Tree path) {
        return reference(key, Optional.empty(), "the content of the file " + path.text());
    }

    private ObjectNode reference(String key, Optional<String> value, String from) {
        String kebab = UPPER.matcher(key).replaceAll("-$0").toLowerCase(Locale.ROOT);
        harvest.secret(namespace, name, kebab, value, from);
        return reference("secretKeyRef", name, kebab);
    }

    /** A reference to what is there already. */
    static ObjectNode reference(String field, String name, String key) {
        ObjectNode source = Harvest.mapping();
        source.putObject(field).put("name", name).put("key", key);
        return source;
    }
}
