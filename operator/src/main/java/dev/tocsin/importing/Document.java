package dev.tocsin.importing;

import org.jspecify.annotations.Nullable;

/**
 * One document to read.
 *
 * @param namespace of the objects that are made of it; empty leaves it to kubectl
 * @param name of the object that it is, or made from the name of its file: tells its objects from those of others
 */
record Document(Tree tree, String namespace, String name) {

    static Document of(Tree tree, @Nullable String namespace, String fallbackName) {
        String own = metadata(tree, "namespace");
        String name = metadata(tree, "name");
        return new Document(
                tree,
                !own.isEmpty() ? own : namespace == null ? "" : namespace,
                !name.isEmpty() ? name : Names.slug(fallbackName));
    }

    private static String metadata(Tree tree, String field) {
        return tree.has("kind") && tree.has("metadata")
                ? tree.get("metadata").flatMap(metadata -> metadata.text(field)).orElse("")
                : "";
    }

    /** Whether it is an object of Kubernetes of that kind and one of the group's versions. */
    boolean isObject(String group, String kind) {
        return scalar("kind").equals(kind) && scalar("apiVersion").startsWith(group);
    }

    /** Whether it says what it is, as Kubernetes' objects and Grafana's files do. */
    boolean isTyped() {
        return tree.has("apiVersion");
    }

    private String scalar(String field) {
        return tree.text(field).orElse("");
    }
}
