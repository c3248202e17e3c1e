package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.PolicyScope;
import dev.tocsin.compile.ObjectKey;
import java.util.List;
import java.util.Map;

/**
 * One NotificationPolicy as a part of Alertmanager's configuration, its references to contact points not yet resolved.
 *
 * @param route the policy's tree, fenced already where the scope is Namespace
 * @param timeIntervals as Alertmanager v0.31.1 writes them; named namespace/policy/timing
 * @param inhibitRules fenced already where the scope is Namespace
 */
public record PolicyFragment(
        ObjectKey key,
        String uid,
        long generation,
        PolicyScope scope,
        RouteNode route,
        List<Map<String, Object>> timeIntervals,
        List<Inhibition> inhibitRules) {

    /**
     * An inhibition rule.
     *
     * @param equal labels in which both must agree; a missing label equals an empty one
     */
    public record Inhibition(List<LabelMatcher> source, List<LabelMatcher> target, List<String> equal) {

        /** Whether an alert with these labels is one that the rule would mute. */
        public boolean isAbout(Map<String, String> labels) {
            return LabelMatcher.allHold(target, labels);
        }

        /**
         * Whether there can be an alert that mutes one with these labels: not where the matchers of the source exclude
         * each other, as those of another namespace and the fence do, or demand another value of a label in which both
         * must agree.
         */
        public boolean hasSourceFor(Map<String, String> labels) {
            return !DeadRoutes.excludeEachOther(source)
                    && source.stream()
                            .filter(matcher -> equal.contains(matcher.label()))
                            .filter(matcher -> labels.containsKey(matcher.label()))
                            .allMatch(matcher -> matcher.ofValue().test(labels.get(matcher.label())));
        }
    }
}
