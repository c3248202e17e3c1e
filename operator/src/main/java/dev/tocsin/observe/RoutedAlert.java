package dev.tocsin.observe;

import dev.tocsin.api.v1alpha1.Hold;
import java.util.Map;
import java.util.Set;

/**
 * An alert as Alertmanager routes it.
 *
 * @param receivers Alertmanager's names of those that it goes to
 * @param told those of them that are told of it now
 * @param holds why the others are not
 */
public record RoutedAlert(Map<String, String> labels, Set<String> receivers, Set<String> told, Set<Hold> holds) {}
