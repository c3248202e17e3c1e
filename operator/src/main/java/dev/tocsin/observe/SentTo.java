package dev.tocsin.observe;

import java.util.List;

/**
 * Where the alerts of one AlertRule go, as Alertmanager says.
 *
 * @param contactPoints namespace/name of those that are being told now, sorted
 * @param all the same with those for whom an alert is held back: silenced, inhibited or muted
 * @param someReachNobody whether an alert goes to nobody at all
 */
public record SentTo(List<String> contactPoints, List<String> all, boolean someReachNobody) {}
