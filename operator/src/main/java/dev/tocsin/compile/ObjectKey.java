package dev.tocsin.compile;

/**
 * Namespace and name of an object: what identifies it towards the engines, whose alerts carry both as labels.
 */
public record ObjectKey(String namespace, String name) implements Comparable<ObjectKey> {

    /** Reads namespace/name. */
    public static ObjectKey parse(String text) {
        int slash = text.indexOf('/');
        return new ObjectKey(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public int compareTo(ObjectKey other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
