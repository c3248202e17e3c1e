package dev.tocsin.compile.queries;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a query or expression gives: one number for all, or a number or a series of points for each label set. */
sealed interface Node {

    /** The same number for all. */
    record Constant(double value) implements Node {}

    /**
     * A number, or a series of points, for each label set.
     *
     * <p>The engines differ in NaN: to VictoriaMetrics it is the same as nothing, to Prometheus it is a value of which
     * comparisons are false; in Grafana it makes every calculation NaN. So it is never a value here: <code>value</code>
     * leaves it out, and what is in <code>existing</code> and not in <code>value</code> is NaN.
     *
     * @param value PromQL of the numbers, NaN left out
     * @param existing PromQL with something, never NaN to MetricsQL, for each label set that is there
     * @param total whether no number is NaN, so that value alone says what exists
     * @param carried whether existing holds the numbers themselves, NaN included
     * @param points the window of a series of points; null for one number each
     * @param labels what is known of the labels
     * @param queries names of the queries that it depends on
     */
    record Vector(
            String value,
            String existing,
            boolean total,
            boolean carried,
            @Nullable Points points,
            Labels labels,
            Set<String> queries)
            implements Node {

        /** The same label sets with other numbers. */
        Vector with(String otherValue, boolean stillTotal) {
            return new Vector(otherValue, existing, stillTotal, false, points, labels, queries);
        }
    }

    /**
     * A series of points.
     *
     * @param rangeSeconds how far back it goes
     * @param stepSeconds from one point to the next
     */
    record Points(long rangeSeconds, long stepSeconds) {
        /**
         * The window in PromQL. A range query takes the points at multiples of the step from the start to the end, both
         * included; the window of a subquery leaves its start out, so it is one step longer.
         */
        String window() {
            return "[" + (rangeSeconds + stepSeconds) + "s:" + stepSeconds + "s]";
        }
    }

    /**
     * What is known of the labels of a node.
     *
     * @param query the query from which its series come: nodes of one query have the same label sets
     * @param names the names of the labels, if they are known
     */
    record Labels(String query, Optional<Set<String>> names) {}
}
