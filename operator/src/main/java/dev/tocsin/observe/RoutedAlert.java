package dev.tocsin.observe;

import java.util.Map;
import java.util.Set;

/**
 * An alert as Alertmanager routes it.
 *
 * @param receivers Alertmanager's names of those that it goes to
 * @param held whether it is kept back: silenced, inhibited or muted by a time interval
 */
public record RoutedAlert(Map<String, String> labels, Set<String> receivers, boolean held) {}
