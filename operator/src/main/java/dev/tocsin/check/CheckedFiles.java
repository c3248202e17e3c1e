package dev.tocsin.check;

import dev.tocsin.check.Finding.Severity;
import dev.tocsin.check.Finding.Topic;
import dev.tocsin.compile.delivery.ReferencedValues.Lookup;
import dev.tocsin.compile.delivery.ValueRef;
import dev.tocsin.importing.GivenObject;
import dev.tocsin.importing.GivenObjects;
import dev.tocsin.importing.Source;
import dev.tocsin.importing.Tree;
import dev.tocsin.importing.UnreadableSourceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the files hold: Tocsin's objects, what they refer to, unit tests, and what is wrong with a file as a whole. */
final class CheckedFiles {
    private final GivenObjects given;
    private final List<Tree> tests = new ArrayList<>();
    private final List<Finding> unreadable = new ArrayList<>();

    /** @param defaultNamespace of objects that name none */
    CheckedFiles(String defaultNamespace, List<Source> sources) {
        given = new GivenObjects(defaultNamespace, document -> {
            if (isTest(document)) {
                tests.add(document);
            }
        });
        sources.forEach(this::read);
    }

    private void read(Source source) {
        try {
            given.read(source);
        } catch (UnreadableSourceException e) {
            unreadable.add(new Finding(Severity.error, Topic.yaml, source.name(), e.line(), "", "", e.reason()));
        }
    }

    static boolean isTest(Tree document) {
        return !document.has("apiVersion") && document.has("rule_files") && document.has("tests");
    }

    List<CheckedObject> objects() {
        return given.objects().stream().map(CheckedObject::new).toList();
    }

    List<CheckedObject> objects(String kind) {
        return objects().stream().filter(object -> object.kind().equals(kind)).toList();
    }

    /** Documents in Prometheus' test format. */
    List<Tree> tests() {
        return tests;
    }

    Map<String, Map<String, String>> namespaces() {
        return given.namespaces();
    }

    Map<ValueRef, Lookup> values() {
        return given.values();
    }

    List<Finding> findings() {
        return Stream.concat(unreadable.stream(), given.repeated().stream().map(CheckedFiles::twice))
                .toList();
    }

    private static Finding twice(GivenObject object) {
        return new CheckedObject(object).finding(Severity.error, Topic.yaml, "metadata.name", "is there twice");
    }
}
