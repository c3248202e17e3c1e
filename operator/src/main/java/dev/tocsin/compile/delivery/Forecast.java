package dev.tocsin.compile.delivery;

import java.util.SortedSet;

/**
 * Where alerts may go of which not all labels are known yet: those that come from series show only when they fire.
 *
 * @param contactPoints namespace/name of every ContactPoint that some alert could reach
 * @param mayReachNobody whether some alert could reach none of them
 */
public record Forecast(SortedSet<String> contactPoints, boolean mayReachNobody) {}
