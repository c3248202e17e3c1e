package dev.tocsin.api.v1alpha1;

/** Whose alerts a policy sees. */
public enum PolicyScope {
    Namespace,
    Cluster
}
