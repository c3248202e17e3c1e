package dev.tocsin.compile.delivery;

import dev.tocsin.compile.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Answers where an alert goes, by walking the tree as Alertmanager does (v0.31.1, dispatch/route.go): depth first; the
 * first child that matches takes the alert unless it continues; a node none of whose children matches takes it itself.
 */
public final class Routing {
    private final Node root;

    public Routing(AlertmanagerConfiguration configuration) {
        List<Node> children = configuration.policies().stream()
                .map(policy -> node(policy.route(), Optional.of(policy.policy()), configuration.defaultReceiver()))
                .toList();
        this.root = new Node(
                labels -> true,
                children,
                false,
                new Match(Optional.empty(), "", configuration.defaultReceiver(), List.of(), List.of()));
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
        return match(root, labels).toList();
    }

    private static Stream<Match> match(Node node, Map<String, String> labels) {
        if (!node.matches.test(labels)) {
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

    private static Node node(RouteNode route, Optional<ObjectKey> policy, String parentReceiver) {
        String receiver =
                route.contactPoint() == null ? parentReceiver : ContactPointFragment.receiverName(route.contactPoint());
        return new Node(
                route.matchers().stream().map(LabelMatcher::predicate).reduce(labels -> true, Predicate::and),
                route.routes().stream()
                        .map(child -> node(child, policy, receiver))
                        .toList(),
                route.continueMatching(),
                new Match(policy, route.path(), receiver, route.muteTimings(), route.activeTimings()));
    }

    private record Node(
            Predicate<Map<String, String>> matches, List<Node> children, boolean continueMatching, Match match) {}
}
