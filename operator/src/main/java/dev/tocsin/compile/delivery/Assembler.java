package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.PolicyScope;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.Verdict.Reason;
import dev.tocsin.compile.delivery.AlertmanagerConfiguration.PolicyRoute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Joins fragments into one configuration and resolves the references between them.
 *
 * <p>Order: policies of scope Cluster, then those of scope Namespace, each by namespace and name; then the default
 * contact point. The policies stand side by side under the root rather than beneath a node per namespace: so the
 * default contact point is told exactly what no policy takes, also where Cluster policies have let an alert pass on.
 *
 * <p>A reference that does not resolve harms its own node only: the node stays, with its timings and its children, and
 * its alerts go to the contact point of its parent. At the top of a policy that parent is the default contact point;
 * since there may be none, such a policy also lets the policies after it see its alerts.
 */
public final class Assembler {
    private final Optional<ObjectKey> defaultContactPoint;

    public Assembler(Optional<ObjectKey> defaultContactPoint) {
        this.defaultContactPoint = defaultContactPoint;
    }

    /**
     * What there is to assemble.
     *
     * @param contactPoints the version of each that is to be live
     * @param grants for every ContactPoint that exists, also those that are refused
     * @param policies what each NotificationPolicy offers
     * @param namespaces the labels of each namespace
     */
    public record Offers(
            Map<ObjectKey, ContactPointFragment> contactPoints,
            Map<ObjectKey, Grants> grants,
            Map<ObjectKey, PolicyOffer> policies,
            Map<String, Map<String, String>> namespaces) {}

    /**
     * What one policy offers.
     *
     * @param current as the object stands now; null when refused
     * @param lastGood as it was live before; null when it never was
     */
    public record PolicyOffer(
            @Nullable PolicyFragment current, @Nullable PolicyFragment lastGood) {}

    /**
     * The configuration and what became of each policy.
     *
     * @param policies the version of each that is live; one that offers nothing is absent
     * @param defaultMissing the configured default contact point when it has no live version
     * @param notPermitted the references to each contact point that it does not allow
     */
    public record Assembly(
            AlertmanagerConfiguration configuration,
            Map<ObjectKey, LivePolicy> policies,
            Optional<ObjectKey> defaultMissing,
            Map<ObjectKey, List<Reference>> notPermitted) {

        /** The same with these ways for test notifications. */
        public Assembly withTests(List<TestRoute> routes) {
            return new Assembly(configuration.withTests(routes), policies, defaultMissing, notPermitted);
        }
    }

    /**
     * Where a policy names a contact point.
     *
     * @param path of the route
     */
    public record Reference(ObjectKey policy, String path) {}

    /**
     * A policy in the configuration.
     *
     * @param objection against the object as it stands now: references that do not resolve
     */
    public record LivePolicy(PolicyFragment fragment, Optional<Verdict.Refused> objection) {}

    public Assembly assemble(Offers offers) {
        Map<ObjectKey, LivePolicy> live = new TreeMap<>();
        offers.policies().forEach((key, offer) -> choose(offer, offers).ifPresent(policy -> live.put(key, policy)));

        List<PolicyFragment> ordered = live.values().stream()
                .map(LivePolicy::fragment)
                .sorted(Comparator.comparing((PolicyFragment policy) -> policy.scope() != PolicyScope.Cluster)
                        .thenComparing(PolicyFragment::key))
                .toList();
        Optional<ObjectKey> usableDefault =
                defaultContactPoint.filter(key -> offers.contactPoints().containsKey(key));
        AlertmanagerConfiguration configuration = new AlertmanagerConfiguration(
                usableDefault.map(ContactPointFragment::receiverName).orElse(AlertmanagerConfiguration.NOBODY),
                ordered.stream()
                        .map(policy -> new PolicyRoute(policy.key(), resolvedRoot(policy, offers)))
                        .toList(),
                ordered.stream()
                        .flatMap(policy -> policy.inhibitRules().stream())
                        .toList(),
                new TreeMap<>(offers.contactPoints())
                        .values().stream().map(ContactPointFragment::receiver).toList(),
                ordered.stream()
                        .flatMap(policy -> policy.timeIntervals().stream())
                        .toList(),
                List.of());
        return new Assembly(
                configuration,
                live,
                usableDefault.isPresent() ? Optional.empty() : defaultContactPoint,
                notPermitted(offers));
    }

    /** Of each policy as it stands; of one that is refused, as it is live. */
    private static Map<ObjectKey, List<Reference>> notPermitted(Offers offers) {
        Map<ObjectKey, List<Reference>> result = new TreeMap<>();
        new TreeMap<>(offers.policies())
                .values().stream()
                        .flatMap(offer ->
                                Stream.ofNullable(offer.current() == null ? offer.lastGood() : offer.current()))
                        .forEach(policy -> policy.route()
                                .all()
                                .filter(node -> isNotPermitted(policy, node, offers))
                                .forEach(node -> result.computeIfAbsent(
                                                Objects.requireNonNull(node.contactPoint()), key -> new ArrayList<>())
                                        .add(new Reference(policy.key(), node.path()))));
        return result;
    }

    private static boolean isNotPermitted(PolicyFragment policy, RouteNode node, Offers offers) {
        return objection(policy, node, offers)
                .filter(objection -> objection.reason() == Reason.RefNotPermitted)
                .isPresent();
    }

    /** The object as it stands; the version before it when only that one is whole; else as much of either as works. */
    private static Optional<LivePolicy> choose(PolicyOffer offer, Offers offers) {
        PolicyFragment current = offer.current();
        PolicyFragment lastGood = offer.lastGood();
        if (current == null) {
            return Optional.ofNullable(lastGood).map(policy -> new LivePolicy(policy, Optional.empty()));
        }
        Optional<Verdict.Refused> objection = Objections.verdict(unresolved(current, offers));
        if (objection.isPresent()
                && lastGood != null
                && unresolved(lastGood, offers).isEmpty()) {
            return Optional.of(new LivePolicy(lastGood, objection));
        }
        return Optional.of(new LivePolicy(current, objection));
    }

    private static List<Verdict.Refused> unresolved(PolicyFragment policy, Offers offers) {
        return policy.route()
                .all()
                .flatMap(node -> objection(policy, node, offers).stream())
                .toList();
    }

    private static Optional<Verdict.Refused> objection(PolicyFragment policy, RouteNode node, Offers offers) {
        ObjectKey target = node.contactPoint();
        String path = node.path() + ".contactPoint: ";
        String namespace = policy.key().namespace();
        if (target == null) {
            return Optional.empty();
        }
        Grants grants = offers.grants().get(target);
        if (grants == null) {
            return Optional.of(new Verdict.Refused(
                    Reason.RefNotFound,
                    path + "there is no ContactPoint \"" + target + "\"; create it or correct the name"));
        }
        if (!target.namespace().equals(namespace)
                && !grants.permit(namespace, offers.namespaces().get(namespace))) {
            return Optional.of(new Verdict.Refused(
                    Reason.RefNotPermitted,
                    path + "the ContactPoint \"" + target + "\" does not allow namespace \"" + namespace
                            + "\"; have it added to that object's spec.allowFrom"));
        }
        if (!offers.contactPoints().containsKey(target)) {
            return Optional.of(new Verdict.Refused(
                    Reason.RefNotAccepted,
                    path + "the ContactPoint \"" + target + "\" is itself refused; see kubectl -n " + target.namespace()
                            + " describe contactpoint " + target.name()));
        }
        return Optional.empty();
    }

    private static RouteNode resolvedRoot(PolicyFragment policy, Offers offers) {
        RouteNode root = resolved(policy, policy.route(), offers);
        boolean lostItsContactPoint = root.contactPoint() == null;
        return lostItsContactPoint ? with(root, null, true, root.routes()) : root;
    }

    private static RouteNode resolved(PolicyFragment policy, RouteNode node, Offers offers) {
        ObjectKey target = objection(policy, node, offers).isPresent() ? null : node.contactPoint();
        List<RouteNode> children = new ArrayList<>();
        node.routes().forEach(child -> children.add(resolved(policy, child, offers)));
        return with(node, target, node.continueMatching(), children);
    }

    private static RouteNode with(
            RouteNode node, @Nullable ObjectKey contactPoint, boolean continueMatching, List<RouteNode> routes) {
        return new RouteNode(
                node.path(),
                contactPoint,
                node.groupBy(),
                node.groupWait(),
                node.groupInterval(),
                node.repeatInterval(),
                node.matchers(),
                continueMatching,
                node.muteTimings(),
                node.activeTimings(),
                routes);
    }
}
