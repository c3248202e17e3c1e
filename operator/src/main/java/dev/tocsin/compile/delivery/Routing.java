package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.MatchOp;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers where an alert goes, by walking the tree as Alertmanager does (v0.31.1, dispatch/route.go): depth first; the
 * first child that matches takes the alert unless it continues; a node none of whose children matches takes it itself.
 */
public final class Routing {
    private final Match root;

    /** The policies that may see alerts of a namespace, for those that have a fence around one, and of any other. */
    private final Map<String, List<Node>> ofNamespace = new HashMap<>();

    private final List<Node> ofAnyNamespace;
    private final Map<String, List<?>> timings = new HashMap<>();
    private final List<Node> all;
    private final Set<String> withoutReceivers;

    public Routing(AlertmanagerConfiguration configuration) {
        this.root = new Match(Optional.empty(), "", configuration.defaultReceiver(), List.of(), List.of());
        this.all = configuration.policies().stream()
                .map(policy -> node(policy.route(), Optional.of(policy.policy()), configuration.defaultReceiver()))
                .toList();
        this.withoutReceivers = configuration.withoutReceivers();
        configuration
                .timeIntervals()
                .forEach(timing -> timings.put((String) timing.get("name"), (List<?>) timing.get("time_intervals")));
        this.ofAnyNamespace =
                all.stream().filter(node -> node.namespace() == null).toList();
        all.stream()
                .flatMap(node -> Stream.ofNullable(node.namespace()))
                .distinct()
                .forEach(namespace -> ofNamespace.put(namespace, new ArrayList<>()));
        all.forEach(node -> ofNamespace.forEach((namespace, nodes) -> {
            if (node.namespace() == null || namespace.equals(node.namespace())) {
                nodes.add(node);
            }
        }));
    }

    /**
     * A node that takes an alert.
     *
     * @param policy whose it is; empty for the default
     * @param path where the user wrote it; empty for the default
     * @param receiver Alertmanager's name of it: namespace/name of a ContactPoint, or
     *     {@link AlertmanagerConfiguration#NOBODY}
     * @param muteTimings full names
     * @param activeTimings full names
     */
    public record Match(
            Optional<ObjectKey> policy,
            String path,
            String receiver,
            List<String> muteTimings,
            List<String> activeTimings) {}

    /** Every node that takes an alert with these labels, in the order of the tree. */
    public List<Match> match(Map<String, String> labels) {
        return match(new Node(List.of(), policies(labels), false, root), labels).toList();
    }

    /**
     * Why a node does not notify at some time.
     *
     * @param during full names of its mute timings that hold
     * @param outsideOf full names of its active timings when none of them holds
     */
    public record Mute(List<String> during, List<String> outsideOf) {

        public boolean isMuted() {
            return !during.isEmpty() || !outsideOf.isEmpty();
        }
    }

    /** Whether a node that takes an alert notifies at that time. */
    public Mute mute(Match match, Instant at) {
        List<String> active = match.activeTimings();
        return new Mute(
                match.muteTimings().stream()
                        .filter(name -> TimeWindow.contains(timing(name), at))
                        .toList(),
                active.stream().anyMatch(name -> TimeWindow.contains(timing(name), at)) ? List.of() : active);
    }

    private List<?> timing(String name) {
        return timings.getOrDefault(name, List.of());
    }

    /**
     * Where alerts may go that have these labels, and others that are not known. Matchers on labels that are not known
     * are taken to be independent of each other: what is said to be impossible is.
     *
     * @param known labels that every alert has; an empty value says that it does not have the label
     */
    public Forecast forecast(Map<String, String> known) {
        SortedSet<String> contactPoints = new TreeSet<>();
        boolean silent = collect(new Node(List.of(), policies(known), false, root), known, contactPoints);
        SortedSet<String> without = new TreeSet<>(contactPoints);
        without.retainAll(withoutReceivers);
        return new Forecast(contactPoints, silent, without);
    }

    private List<Node> policies(Map<String, String> labels) {
        String namespace = labels.get(RuleCompiler.NAMESPACE_LABEL);
        return namespace == null ? all : ofNamespace.getOrDefault(namespace, ofAnyNamespace);
    }

    private static Stream<Match> match(Node node, Map<String, String> labels) {
        if (!node.matches(labels)) {
            return Stream.empty();
        }
        List<Match> ofChildren = new ArrayList<>();
        for (Node child : node.children) {
            List<Match> matches = match(child, labels).toList();
            ofChildren.addAll(matches);
            if (!matches.isEmpty() && !child.continueMatching) {
                break;
            }
        }
        return ofChildren.isEmpty() ? Stream.of(node.match) : ofChildren.stream();
    }

    /**
     * Collects every contact point that an alert which the node takes could reach.
     *
     * @return whether such an alert could reach none
     */
    private static boolean collect(Node node, Map<String, String> known, SortedSet<String> contactPoints) {
        boolean soFarToNobody = true;
        boolean aChildTakesAndTellsNobody = false;
        boolean aChildAlwaysTakes = false;
        boolean endsAtNobody = false;
        for (Node child : node.children) {
            Chance chance = child.chance(known);
            if (chance == Chance.NEVER) {
                continue;
            }
            boolean tellsNobody = collect(child, known, contactPoints);
            if (!child.continueMatching) {
                endsAtNobody |= soFarToNobody && tellsNobody;
                if (chance == Chance.ALWAYS) {
                    return endsAtNobody;
                }
            } else {
                aChildTakesAndTellsNobody |= tellsNobody;
                if (chance == Chance.ALWAYS) {
                    aChildAlwaysTakes = true;
                    soFarToNobody &= tellsNobody;
                }
            }
        }
        boolean toNobody = node.match.receiver.equals(AlertmanagerConfiguration.NOBODY);
        if (!aChildAlwaysTakes && !toNobody) {
            contactPoints.add(node.match.receiver);
        }
        return endsAtNobody || (soFarToNobody && aChildTakesAndTellsNobody) || (!aChildAlwaysTakes && toNobody);
    }

    private static Node node(RouteNode route, Optional<ObjectKey> policy, String parentReceiver) {
        String receiver =
                route.contactPoint() == null ? parentReceiver : ContactPointFragment.receiverName(route.contactPoint());
        return new Node(
                route.matchers().stream()
                        .map(matcher -> new Condition(matcher, matcher.ofValue()))
                        .toList(),
                route.routes().stream()
                        .map(child -> node(child, policy, receiver))
                        .toList(),
                route.continueMatching(),
                new Match(policy, route.path(), receiver, route.muteTimings(), route.activeTimings()));
    }

    /** Whether a node takes alerts of which some labels are known. */
    private enum Chance {
        NEVER,
        SOMETIMES,
        ALWAYS
    }

    /** A matcher, ready to be asked. */
    private record Condition(LabelMatcher matcher, Predicate<String> holds) {}

    private record Node(List<Condition> conditions, List<Node> children, boolean continueMatching, Match match) {

        /** The namespace whose alerts alone it may match; null when there is no such fence. */
        @Nullable
        String namespace() {
            return conditions.stream()
                    .map(Condition::matcher)
                    .filter(matcher ->
                            matcher.op() == MatchOp.EQUAL && matcher.label().equals(RuleCompiler.NAMESPACE_LABEL))
                    .map(LabelMatcher::value)
                    .findFirst()
                    .orElse(null);
        }

        boolean matches(Map<String, String> labels) {
            return conditions.stream()
                    .allMatch(condition -> condition
                            .holds()
                            .test(labels.getOrDefault(condition.matcher().label(), "")));
        }

        Chance chance(Map<String, String> known) {
            Chance chance = Chance.ALWAYS;
            for (Condition condition : conditions) {
                String value = known.get(condition.matcher().label());
                if (value == null) {
                    chance = Chance.SOMETIMES;
                } else if (!condition.holds().test(value)) {
                    return Chance.NEVER;
                }
            }
            return chance;
        }
    }
}
