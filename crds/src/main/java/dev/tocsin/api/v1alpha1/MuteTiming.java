package dev.tocsin.api.v1alpha1;

import java.util.List;

/** A named set of time intervals. */
public record MuteTiming(String name, List<TimeInterval> intervals) {}
