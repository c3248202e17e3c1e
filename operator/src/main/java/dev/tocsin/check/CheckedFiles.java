package dev.tocsin.check;

import com.google.re2j.Pattern;
import dev.tocsin.api.v1alpha1.Api;
import dev.tocsin.check.Finding.Severity;
import dev.tocsin.check.Finding.Topic;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.ValueRef;
import dev.tocsin.importing.Source;
import dev.tocsin.importing.Tree;
import dev.tocsin.importing.UnreadableSourceException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the files hold: Tocsin's objects, what they refer to, and unit tests. Anything else is passed over, since
 * folders hold other things too.
 */
final class CheckedFiles {
    private static final Pattern LINE = Pattern.compile(" line ([0-9]+): ");

    private final String defaultNamespace;
    private final List<CheckedObject> objects = new ArrayList<>();
    private final List<Tree> tests = new ArrayList<>();
    private final Map<String, Map<String, String>> namespaces = new TreeMap<>();
    private final Map<ValueRef, String> values = new HashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    /** @param defaultNamespace of objects that name none */
    CheckedFiles(String defaultNamespace, List<Source> sources) {
        this.defaultNamespace = defaultNamespace;
        sources.forEach(this::read);
    }

    private void read(Source source) {
        try {
            Tree.documents(source.name(), source.text()).forEach(this::take);
        } catch (UnreadableSourceException e) {
            // Of a folder's files, templates of charts are not YAML, and are nobody's mistake.
            if (source.named() || source.text().contains(Api.GROUP + "/")) {
                findings.add(unreadable(source, String.valueOf(e.getMessage())));
            }
        }
    }

    private static Finding unreadable(Source source, String message) {
        var line = LINE.matcher(message);
        int number = line.find() ? Integer.parseInt(line.group(1)) : 0;
        String reason = message.substring(message.indexOf(": ", source.name().length()) + 2);
        return new Finding(Severity.error, Topic.yaml, source.name(), number, "", "", reason);
    }

    private void take(Tree document) {
        String kind = document.text("kind").orElse("");
        if (kind.endsWith("List") && document.has("items")) {
            document.items("items").forEach(this::take);
        } else if (document.text("apiVersion").orElse("").startsWith(Api.GROUP + "/")) {
            takeObject(document, kind);
        } else if (isTest(document)) {
            tests.add(document);
        } else {
            ObjectKey key = key(document);
            switch (kind) {
                case "Namespace" -> namespaces.put(key.name(), labels(document));
                case "Secret" -> {
                    takeValues(ValueRef.Kind.Secret, key, document.entries("data"), true);
                    takeValues(ValueRef.Kind.Secret, key, document.entries("stringData"), false);
                }
                case "ConfigMap" -> takeValues(ValueRef.Kind.ConfigMap, key, document.entries("data"), false);
                default -> {}
            }
        }
    }

    static boolean isTest(Tree document) {
        return !document.has("apiVersion") && document.has("rule_files") && document.has("tests");
    }

    private void takeObject(Tree document, String kind) {
        CheckedObject object = new CheckedObject(document, kind, key(document));
        if (names.add(object.name())) {
            objects.add(object);
        } else {
            findings.add(object.finding(Severity.error, Topic.yaml, "metadata.name", "is there twice"));
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
                                ? new String(Base64.getMimeDecoder().decode(value.text()), StandardCharsets.UTF_8)
                                : value.text());
            } catch (IllegalArgumentException e) {
                // A sealed or encrypted file: the value is as unknown as one that is not there.
                values.remove(ref);
            }
        });
    }

    List<CheckedObject> objects() {
        return objects;
    }

    List<CheckedObject> objects(String kind) {
        return objects.stream().filter(object -> object.kind().equals(kind)).toList();
    }

    /** Documents in Prometheus' test format. */
    List<Tree> tests() {
        return tests;
    }

    Map<String, Map<String, String>> namespaces() {
        return namespaces;
    }

    Map<ValueRef, String> values() {
        return values;
    }

    List<Finding> findings() {
        return findings;
    }
}
