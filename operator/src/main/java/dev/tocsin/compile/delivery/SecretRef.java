package dev.tocsin.compile.delivery;

/** One key of one Secret. */
public record SecretRef(String namespace, String name, String key) {}
