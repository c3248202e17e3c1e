package dev.tocsin.api.v1alpha1;

/** A key of a Secret in the object's own namespace. */
public record SecretKeyRef(String name, String key) {}
