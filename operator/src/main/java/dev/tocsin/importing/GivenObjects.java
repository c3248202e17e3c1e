package dev.tocsin.importing;

import dev.tocsin.api.v1alpha1.Api;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.ReferencedValues.Lookup;
import dev.tocsin.compile.delivery.ValueRef;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Tocsin's objects as kubectl takes them, in texts that somebody gives, with the namespaces and the values that stand
 * beside them. Lists are opened; anything else is passed over, since folders hold other things too.
 */
public final class GivenObjects {
    private final String defaultNamespace;
    private final Consumer<Tree> others;
    private final Map<String, GivenObject> objects = new LinkedHashMap<>();
    private final List<GivenObject> repeated = new ArrayList<>();
    private final Map<String, Map<String, String>> namespaces = new TreeMap<>();
    private final Map<ValueRef, Lookup> values = new HashMap<>();

    /** @param defaultNamespace of objects that name none */
    public GivenObjects(String defaultNamespace) {
        this(defaultNamespace, other -> {});
    }

    /**
     * Where documents are of interest that are no objects.
     *
     * @param defaultNamespace of objects that name none
     * @param others takes what is passed over
     */
    public GivenObjects(String defaultNamespace, Consumer<Tree> others) {
        this.defaultNamespace = defaultNamespace;
        this.others = others;
    }

    /**
     * Takes what a text holds.
     *
     * @throws UnreadableSourceException when it is not YAML, and somebody named it or it speaks of Tocsin: of a folder's
     *     files, templates of charts are not YAML, and are nobody's mistake
     */
    public void read(Source source) {
        List<Tree> documents;
        try {
            documents = source.documents();
        } catch (UnreadableSourceException e) {
            if (source.named() || source.text().contains(Api.GROUP + "/")) {
                throw e;
            }
            return;
        }
        documents.forEach(this::take);
    }

    private void take(Tree document) {
        String kind = document.text("kind").orElse("");
        if (kind.endsWith("List") && document.has("items")) {
            document.items("items").forEach(this::take);
            return;
        }
        ObjectKey key = key(document);
        if (document.text("apiVersion").orElse("").startsWith(Api.GROUP + "/")) {
            GivenObject object = new GivenObject(document, kind, key);
            if (objects.putIfAbsent(object.name(), object) != null) {
                repeated.add(object);
            }
            return;
        }
        switch (kind) {
            case "Namespace" -> namespaces.put(key.name(), labels(document));
            case "Secret" -> {
                takeValues(ValueRef.Kind.Secret, key, document.entries("data"), true);
                takeValues(ValueRef.Kind.Secret, key, document.entries("stringData"), false);
            }
            case "ConfigMap" -> takeValues(ValueRef.Kind.ConfigMap, key, document.entries("data"), false);
            default -> others.accept(document);
        }
    }

    private ObjectKey key(Tree document) {
        Optional<Tree> metadata = document.get("metadata");
        return new ObjectKey(
                metadata.flatMap(found -> found.text("namespace")).orElse(defaultNamespace),
                metadata.flatMap(found -> found.text("name")).orElse(""));
    }

    private static Map<String, String> labels(Tree namespace) {
        Map<String, String> labels = new HashMap<>();
        namespace
                .get("metadata")
                .ifPresent(metadata ->
                        metadata.entries("labels").forEach((name, value) -> labels.put(name, value.text())));
        return labels;
    }

    private void takeValues(ValueRef.Kind kind, ObjectKey key, Map<String, Tree> data, boolean isBase64) {
        data.forEach((name, value) -> {
            ValueRef ref = new ValueRef(kind, key.namespace(), key.name(), name);
            try {
                values.put(
                        ref,
                        isBase64
                                ? Lookup.text(Base64.getMimeDecoder().decode(value.text()))
                                : new Lookup.Found(value.text()));
            } catch (IllegalArgumentException e) {
                // A sealed or encrypted file: the value is as unknown as one that is not there.
                values.remove(ref);
            }
        });
    }

    /** Those of Tocsin's API group, in order; of those with one name, the first. */
    public List<GivenObject> objects() {
        return List.copyOf(objects.values());
    }

    /** Those whose name another one had before. */
    public List<GivenObject> repeated() {
        return repeated;
    }

    /** The labels of each namespace. */
    public Map<String, Map<String, String>> namespaces() {
        return namespaces;
    }

    /** What Secrets and ConfigMaps hold. */
    public Map<ValueRef, Lookup> values() {
        return values;
    }
}
