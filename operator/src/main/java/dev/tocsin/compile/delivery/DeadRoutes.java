package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.MatchOp;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.compile.delivery.AlertmanagerConfiguration.PolicyRoute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds routes that no alert ever reaches: an earlier one takes all of their alerts, or their matchers exclude each
 * other. Only what is certain is said; that several earlier routes together take everything, for one, is not found.
 */
public final class DeadRoutes {
    private static final String NOT_LITERAL = "\\.+*?()[]{}^$";

    private DeadRoutes() {}

    /**
     * A route that is never reached; those beneath it are not named.
     *
     * @param path for example spec.route.routes[2]
     * @param why in words
     */
    public record DeadRoute(String path, String why) {}

    /** The dead routes of each policy that has some. */
    public static Map<ObjectKey, List<DeadRoute>> of(AlertmanagerConfiguration configuration) {
        Map<ObjectKey, List<DeadRoute>> result = new TreeMap<>();
        List<PolicyRoute> earlierOfAny = new ArrayList<>();
        Map<String, List<PolicyRoute>> earlierOfNamespace = new HashMap<>();
        for (PolicyRoute policy : configuration.policies()) {
            List<Fact> facts = facts(policy.route());
            Optional<String> namespace = fence(policy.route());
            Optional<String> why = contradiction(facts)
                    .or(() -> Stream.concat(
                                    earlierOfAny.stream(),
                                    namespace.stream()
                                            .flatMap(name -> earlierOfNamespace.getOrDefault(name, List.of()).stream()))
                            .filter(earlier -> allFollow(earlier.route(), facts))
                            .findFirst()
                            .map(earlier ->
                                    "NotificationPolicy " + earlier.policy() + " takes all of its alerts before"));
            List<DeadRoute> dead = new ArrayList<>();
            why.ifPresentOrElse(
                    reason -> dead.add(new DeadRoute(policy.route().path(), reason)),
                    () -> beneath(policy.route(), facts, dead));
            if (!dead.isEmpty()) {
                result.put(policy.policy(), dead);
            }
            if (!policy.route().continueMatching()) {
                namespace
                        .map(name -> earlierOfNamespace.computeIfAbsent(name, key -> new ArrayList<>()))
                        .orElse(earlierOfAny)
                        .add(policy);
            }
        }
        return result;
    }

    /** @param facts what holds of every alert that the node takes */
    private static void beneath(RouteNode node, List<Fact> facts, List<DeadRoute> dead) {
        List<RouteNode> earlier = new ArrayList<>();
        for (RouteNode child : node.routes()) {
            List<Fact> ofChild = new ArrayList<>(facts);
            ofChild.addAll(facts(child));
            Optional<String> why = contradiction(ofChild)
                    .or(() -> earlier.stream()
                            .filter(other -> allFollow(other, ofChild))
                            .findFirst()
                            .map(other -> other.path() + " takes all of its alerts before"));
            why.ifPresentOrElse(
                    reason -> dead.add(new DeadRoute(child.path(), reason)), () -> beneath(child, ofChild, dead));
            if (!child.continueMatching()) {
                earlier.add(child);
            }
        }
    }

    private static Optional<String> fence(RouteNode route) {
        return route.matchers().stream()
                .filter(matcher ->
                        matcher.op() == MatchOp.EQUAL && matcher.label().equals(RuleCompiler.NAMESPACE_LABEL))
                .map(LabelMatcher::value)
                .findFirst();
    }

    private static List<Fact> facts(RouteNode route) {
        return route.matchers().stream().map(Fact::of).toList();
    }

    /** Whether every alert of which the facts hold matches the route. */
    private static boolean allFollow(RouteNode route, List<Fact> facts) {
        return route.matchers().stream().allMatch(matcher -> follows(matcher, facts));
    }

    private static boolean follows(LabelMatcher matcher, List<Fact> facts) {
        List<Fact> ofLabel = facts.stream()
                .filter(fact -> fact.matcher().label().equals(matcher.label()))
                .toList();
        Predicate<String> holds = matcher.ofValue();
        return ofLabel.stream()
                        .anyMatch(fact -> fact.matcher().equals(matcher)
                                || (fact.values() != null
                                        && fact.values().stream().allMatch(holds)))
                || excludes(matcher, ofLabel);
    }

    /** Of a matcher that only rules out certain values: whether the facts rule them all out. */
    private static boolean excludes(LabelMatcher matcher, List<Fact> ofLabel) {
        Set<String> ruledOut = switch (matcher.op()) {
            case NOT_EQUAL -> Set.of(matcher.value());
            case NOT_REGEX -> literals(matcher.value());
            case EQUAL, REGEX -> null;
        };
        return ruledOut != null
                && ruledOut.stream()
                        .allMatch(value ->
                                ofLabel.stream().anyMatch(fact -> !fact.holds().test(value)));
    }

    /** Whether it is certain that no alert matches them all. */
    static boolean excludeEachOther(List<LabelMatcher> matchers) {
        return contradiction(matchers.stream().map(Fact::of).toList()).isPresent();
    }

    private static Optional<String> contradiction(List<Fact> facts) {
        return facts.stream()
                .filter(fact -> fact.values() != null
                        && fact.values().stream()
                                .noneMatch(value -> facts.stream()
                                        .filter(other -> other.matcher()
                                                .label()
                                                .equals(fact.matcher().label()))
                                        .allMatch(other -> other.holds().test(value))))
                .findFirst()
                .map(fact -> "its matchers and those above exclude each other on label \""
                        + fact.matcher().label() + "\"");
    }

    /** The alternatives of a regular expression that is made of plain texts; null when it is not. */
    private static @Nullable Set<String> literals(String regex) {
        return regex.chars().anyMatch(c -> NOT_LITERAL.indexOf(c) >= 0) ? null : Set.copyOf(alternatives(regex));
    }

    private static List<String> alternatives(String regex) {
        List<String> result = new ArrayList<>();
        int begin = 0;
        for (int bar = regex.indexOf('|'); bar >= 0; bar = regex.indexOf('|', begin)) {
            result.add(regex.substring(begin, bar));
            begin = bar + 1;
        }
        result.add(regex.substring(begin));
        return result.stream().distinct().toList();
    }

    /**
     * A matcher that holds.
     *
     * @param values the only values with which it does; null when there are others
     */
    private record Fact(
            LabelMatcher matcher,
            Predicate<String> holds,
            @Nullable Set<String> values) {

        private static Fact of(LabelMatcher matcher) {
            Set<String> values = switch (matcher.op()) {
                case EQUAL -> Set.of(matcher.value());
                case REGEX -> literals(matcher.value());
                case NOT_EQUAL, NOT_REGEX -> null;
            };
            return new Fact(matcher, matcher.ofValue(), values);
        }
    }
}
