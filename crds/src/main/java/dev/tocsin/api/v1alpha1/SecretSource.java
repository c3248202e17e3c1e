package dev.tocsin.api.v1alpha1;

/** A credential, only ever by reference. */
public record SecretSource(SecretKeyRef secretKeyRef) {}
