package dev.tocsin.api.v1alpha1;

/** A condition on one label. */
public record Matcher(String label, MatchOp op, String value) {}
