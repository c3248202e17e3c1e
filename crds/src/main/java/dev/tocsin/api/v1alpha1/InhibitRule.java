package dev.tocsin.api.v1alpha1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** While an alert that matches source is firing, those that match target and equal it in the named labels are not notified. */
public record InhibitRule(List<Matcher> source, List<Matcher> target, @Nullable List<String> equal) {}
