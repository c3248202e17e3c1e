package dev.tocsin.exporting;

import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.api.v1alpha1.NotificationPolicySpec;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.Assembler;
import dev.tocsin.compile.delivery.Compiled;
import dev.tocsin.compile.delivery.ContactPointCompiler;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.Grants;
import dev.tocsin.compile.delivery.PolicyCompiler;
import dev.tocsin.compile.delivery.PolicyFragment;
import dev.tocsin.compile.delivery.ReferencedValues;
import dev.tocsin.compile.delivery.ValueRef;
import dev.tocsin.configuration.OperatorConfiguration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Writes ContactPoints and NotificationPolicies as a configuration file of Alertmanager. */
public final class AlertmanagerExport {
    private AlertmanagerExport() {}

    /**
     * Exports all delivery objects. A Secret's key that is not among the objects leaves a stand-in, and is named.
     *
     * @param configuration the operator's, which says where policies may have scope Cluster and who is told by default;
     *     without it every namespace may, and nobody is
     */
    public static Exported export(ExportedObjects objects, Optional<OperatorConfiguration> configuration) {
        List<String> left = new ArrayList<>(objects.unreadable());
        Set<ValueRef> missing = new HashSet<>();
        ReferencedValues values =
                ref -> new ReferencedValues.Lookup.Found(objects.value(ref).orElseGet(() -> {
                    missing.add(ref);
                    return standIn(ref);
                }));
        Map<ObjectKey, ContactPointFragment> contactPoints = new HashMap<>();
        Map<ObjectKey, Grants> grants = new HashMap<>();
        for (Map.Entry<ObjectKey, ContactPointSpec> entry :
                objects.contactPoints().entrySet()) {
            grants.put(entry.getKey(), Grants.of(entry.getValue().allowFrom()));
            switch (new ContactPointCompiler().compile(entry.getKey(), "", 1, entry.getValue(), values)) {
                case Compiled.Usable<ContactPointFragment>(var fragment) -> contactPoints.put(entry.getKey(), fragment);
                case Compiled.Refused<ContactPointFragment>(var refused) ->
                    left.add("ContactPoint " + entry.getKey() + ": " + refused.message());
            }
        }
        Map<ObjectKey, Assembler.PolicyOffer> policies = policies(objects, configuration, left);
        Assembler.Assembly assembly = new Assembler(configuration
                        .flatMap(known -> Optional.ofNullable(known.delivery().defaultContactPoint()))
                        .map(ObjectKey::parse))
                .assemble(new Assembler.Offers(contactPoints, grants, policies, Map.of()));
        assembly.policies()
                .forEach((key, policy) -> policy.objection()
                        .ifPresent(objection -> left.add("NotificationPolicy " + key + ": " + objection.message())));
        missing.stream()
                .map(ref -> ref.kind() + " " + ref.namespace() + "/" + ref.name() + ", key " + ref.key()
                        + ": is not among the objects; put its value in the place of " + standIn(ref))
                .collect(Collectors.toCollection(TreeSet::new))
                .forEach(left::add);
        return new Exported(assembly.configuration().toYaml(), left);
    }

    private static Map<ObjectKey, Assembler.PolicyOffer> policies(
            ExportedObjects objects, Optional<OperatorConfiguration> configuration, List<String> left) {
        Set<String> clusterPolicyNamespaces = configuration
                .map(known -> Set.copyOf(known.delivery().clusterPolicyNamespaces()))
                .orElseGet(() -> objects.policies().keySet().stream()
                        .map(ObjectKey::namespace)
                        .collect(Collectors.toSet()));
        PolicyCompiler compiler = new PolicyCompiler(clusterPolicyNamespaces);
        Map<ObjectKey, Assembler.PolicyOffer> offers = new HashMap<>();
        for (Map.Entry<ObjectKey, NotificationPolicySpec> entry :
                objects.policies().entrySet()) {
            switch (compiler.compile(entry.getKey(), "", 1, entry.getValue())) {
                case Compiled.Usable<PolicyFragment>(var fragment) ->
                    offers.put(entry.getKey(), new Assembler.PolicyOffer(fragment, null));
                case Compiled.Refused<PolicyFragment>(var refused) ->
                    left.add("NotificationPolicy " + entry.getKey() + ": " + refused.message());
            }
        }
        return offers;
    }

    /** A URL, as many credentials are one. */
    private static String standIn(ValueRef ref) {
        return "https://secret.invalid/" + ref.namespace() + "/" + ref.name() + "/" + ref.key();
    }
}
