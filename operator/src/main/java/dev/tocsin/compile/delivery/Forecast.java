package dev.tocsin.compile.delivery;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where alerts may go of which not all labels are known yet: those that come from series show only when they fire.
 *
 * @param contactPoints namespace/name of every ContactPoint that some alert could reach
 * @param mayReachNobody whether some alert could reach none of them
 * @param withoutReceivers those of the contact points that tell nobody, as whoever wrote them wants it
 */
public record Forecast(SortedSet<String> contactPoints, boolean mayReachNobody, SortedSet<String> withoutReceivers) {

    /** Where every contact point has receivers. */
    public Forecast(SortedSet<String> contactPoints, boolean mayReachNobody) {
        this(contactPoints, mayReachNobody, new TreeSet<>());
    }
}
