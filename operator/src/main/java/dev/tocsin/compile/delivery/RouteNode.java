package dev.tocsin.compile.delivery;

import dev.tocsin.compile.ObjectKey;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A node of a policy's routing tree.
 *
 * @param path where the user wrote it, for example spec.route.routes[2]
 * @param contactPoint where its alerts go; null inherits the parent's
 * @param groupBy null inherits the parent's; empty puts all alerts into one group
 * @param groupWait Prometheus duration; null inherits, like the two below
 * @param continueMatching whether later siblings are tried too when this node matches
 * @param muteTimings full names of time intervals in which nothing is sent; not inherited by children
 * @param activeTimings full names of time intervals outside which nothing is sent; not inherited by children
 */
public record RouteNode(
        String path,
        @Nullable ObjectKey contactPoint,
        @Nullable List<String> groupBy,
        @Nullable String groupWait,
        @Nullable String groupInterval,
        @Nullable String repeatInterval,
        List<LabelMatcher> matchers,
        boolean continueMatching,
        List<String> muteTimings,
        List<String> activeTimings,
        List<RouteNode> routes) {

    /** This node and all beneath it, depth first. */
    Stream<RouteNode> all() {
        return Stream.concat(Stream.of(this), routes.stream().flatMap(RouteNode::all));
    }
}
