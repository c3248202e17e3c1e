package dev.tocsin.compile.delivery;

/** One key of one Secret or ConfigMap. */
public record ValueRef(Kind kind, String namespace, String name, String key) {

    /** What the value is in; the names are those of Kubernetes. */
    public enum Kind {
        Secret,
        ConfigMap
    }
}
