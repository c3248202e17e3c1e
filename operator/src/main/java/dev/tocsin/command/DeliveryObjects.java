package dev.tocsin.command;

import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.api.v1alpha1.NotificationPolicySpec;
import dev.tocsin.api.v1alpha1.PolicyScope;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.Assembler;
import dev.tocsin.compile.delivery.Assembler.Assembly;
import dev.tocsin.compile.delivery.Assembler.Offers;
import dev.tocsin.compile.delivery.Assembler.PolicyOffer;
import dev.tocsin.compile.delivery.Compiled;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.Grants;
import dev.tocsin.compile.delivery.PolicyCompiler;
import dev.tocsin.compile.delivery.PolicyFragment;
import dev.tocsin.configuration.OperatorConfiguration.Delivery;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The objects that decide where alerts go, as someone has them in files or in a cluster, and what the operator makes
 * of them. Credentials are not looked at: a ContactPoint counts as one that can be told.
 *
 * @param unusable ContactPoints of which, as is known, nothing is live
 * @param namespaces the labels of each namespace
 * @param delivery that part of the operator's configuration; empty when it is not known
 * @param notes what is to be known about any answer
 */
record DeliveryObjects(
        Map<ObjectKey, ContactPointSpec> contactPoints,
        Set<ObjectKey> unusable,
        Map<ObjectKey, NotificationPolicySpec> policies,
        Map<ObjectKey, AlertRuleSpec> rules,
        Map<String, Map<String, String>> namespaces,
        Optional<Delivery> delivery,
        List<String> notes) {

    /**
     * As the operator would publish them.
     *
     * @param remarks takes what it would say against single objects
     */
    Assembly assemble(List<String> remarks) {
        Set<String> clusterPolicyNamespaces = clusterPolicyNamespaces();
        if (delivery.isEmpty() && !clusterPolicyNamespaces.isEmpty()) {
            remarks.add("policies of scope Cluster count wherever they are ("
                    + String.join(", ", clusterPolicyNamespaces)
                    + "), as the operator's configuration is not known; give it with --config");
        }
        PolicyCompiler compiler = new PolicyCompiler(clusterPolicyNamespaces);
        Map<ObjectKey, PolicyOffer> offers = new TreeMap<>();
        policies.forEach((key, spec) -> {
            switch (compiler.compile(key, "", 0, spec)) {
                case Compiled.Usable<PolicyFragment>(PolicyFragment fragment) ->
                    offers.put(key, new PolicyOffer(fragment, null));
                case Compiled.Refused<PolicyFragment>(var refused) ->
                    remarks.add("NotificationPolicy " + key + " is refused and left out here: " + refused.message());
            }
        });
        Map<ObjectKey, ContactPointFragment> usable = new TreeMap<>();
        Map<ObjectKey, Grants> grants = new TreeMap<>();
        contactPoints.forEach((key, spec) -> {
            grants.put(key, Grants.of(spec.allowFrom()));
            if (!unusable.contains(key)) {
                usable.put(key, standIn(key, spec));
            }
        });
        Assembly assembly =
                new Assembler(defaultContactPoint()).assemble(new Offers(usable, grants, offers, namespaces));
        assembly.policies()
                .forEach((key, policy) -> policy.objection()
                        .ifPresent(refused ->
                                remarks.add("NotificationPolicy " + key + " counts in part: " + refused.message())));
        assembly.defaultMissing()
                .ifPresent(key -> remarks.add("the default contact point " + key + " is missing or refused"));
        return assembly;
    }

    /** Credentials are not looked at: what counts is whether there are receivers. */
    private static ContactPointFragment standIn(ObjectKey key, ContactPointSpec spec) {
        Map<String, Object> receiver = new TreeMap<>();
        receiver.put("name", ContactPointFragment.receiverName(key));
        if (spec.receivers() != null && !spec.receivers().isEmpty()) {
            receiver.put("receivers", spec.receivers().size());
        }
        return new ContactPointFragment(key, "", 0, receiver, List.of(), List.of(), Map.of());
    }

    private Optional<ObjectKey> defaultContactPoint() {
        return delivery.flatMap(known -> Optional.ofNullable(known.defaultContactPoint()))
                .map(ObjectKey::parse);
    }

    /** Where nothing is known of the operator's configuration, policies may stand where they do. */
    private Set<String> clusterPolicyNamespaces() {
        return delivery.map(known -> Set.copyOf(known.clusterPolicyNamespaces()))
                .orElseGet(this::namespacesOfClusterPolicies);
    }

    private Set<String> namespacesOfClusterPolicies() {
        return policies.entrySet().stream()
                .filter(policy -> policy.getValue().scope() == PolicyScope.Cluster)
                .map(policy -> policy.getKey().namespace())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
