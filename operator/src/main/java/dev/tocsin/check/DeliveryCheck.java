package dev.tocsin.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.api.v1alpha1.NotificationPolicySpec;
import dev.tocsin.api.v1alpha1.PolicyScope;
import dev.tocsin.check.Finding.Severity;
import dev.tocsin.check.Finding.Topic;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.delivery.Assembler;
import dev.tocsin.compile.delivery.Assembler.Assembly;
import dev.tocsin.compile.delivery.Assembler.Offers;
import dev.tocsin.compile.delivery.Assembler.PolicyOffer;
import dev.tocsin.compile.delivery.Compiled;
import dev.tocsin.compile.delivery.ContactPointCompiler;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.compile.delivery.DeadRoutes;
import dev.tocsin.compile.delivery.DeadRoutes.DeadRoute;
import dev.tocsin.compile.delivery.Grants;
import dev.tocsin.compile.delivery.PolicyCompiler;
import dev.tocsin.compile.delivery.PolicyFragment;
import dev.tocsin.compile.delivery.ReferencedValues.Lookup;
import dev.tocsin.compile.delivery.ValueRef;
import dev.tocsin.configuration.OperatorConfiguration.Delivery;
import dev.tocsin.importing.GivenObject;
import dev.tocsin.vet.ConfigurationVetter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compiles ContactPoints and NotificationPolicies and has amtool judge them, one by one and all together, and Alertmanager at a start. */
final class DeliveryCheck {
    private final ConfigurationVetter vetter;
    private final Optional<Delivery> delivery;
    private final List<Finding> findings = new ArrayList<>();

    /** @param delivery that part of the operator's configuration; empty when it is not known */
    DeliveryCheck(ConfigurationVetter vetter, Optional<Delivery> delivery) {
        this.vetter = vetter;
        this.delivery = delivery;
    }

    List<Finding> findings() {
        return findings;
    }

    /**
     * What the operator would publish.
     *
     * @param refused the objects that the API server would not take: they exist, and count for nothing
     */
    Assembly check(CheckedFiles files, Set<CheckedObject> refused) {
        Map<ObjectKey, Grants> grants = new TreeMap<>();
        Map<ObjectKey, ContactPointFragment> contactPoints =
                contactPoints(files.objects("ContactPoint"), refused, files.values(), grants);
        List<CheckedObject> policyObjects = files.objects("NotificationPolicy").stream()
                .filter(object -> !refused.contains(object))
                .toList();
        Map<ObjectKey, PolicyOffer> policies = policies(policyObjects);
        Optional<ObjectKey> defaultContactPoint = delivery.flatMap(
                        known -> Optional.ofNullable(known.defaultContactPoint()))
                .map(ObjectKey::parse);
        Assembly assembly = new Assembler(defaultContactPoint)
                .assemble(new Offers(contactPoints, grants, policies, files.namespaces()));
        for (CheckedObject object : policyObjects) {
            Optional.ofNullable(assembly.policies().get(object.key()))
                    .flatMap(Assembler.LivePolicy::objection)
                    .ifPresent(verdict -> findings.add(object.refused(Topic.reference, verdict)));
        }
        nameDeadRoutes(policyObjects, assembly);
        String yaml = assembly.configuration().toYaml();
        vetter.objection(yaml)
                .or(() -> vetter.objectionAtStart(yaml))
                .ifPresent(error -> findings.add(new Finding(
                        Severity.error,
                        Topic.delivery,
                        "-",
                        0,
                        "all ContactPoints and NotificationPolicies together",
                        "",
                        "Alertmanager refuses them: " + redacted(error, contactPoints))));
        return assembly;
    }

    private void nameDeadRoutes(List<CheckedObject> policyObjects, Assembly assembly) {
        Map<ObjectKey, List<DeadRoute>> dead = DeadRoutes.of(assembly.configuration());
        policyObjects.forEach(object -> dead.getOrDefault(object.key(), List.of())
                .forEach(route -> findings.add(object.finding(
                        Severity.warning, Topic.route, route.path(), "takes no alert, ever: " + route.why()))));
    }

    private static String redacted(String error, Map<ObjectKey, ContactPointFragment> contactPoints) {
        String result = error;
        for (ContactPointFragment fragment : contactPoints.values()) {
            result = fragment.redacted(result);
        }
        return result;
    }

    private Map<ObjectKey, ContactPointFragment> contactPoints(
            List<CheckedObject> objects,
            Set<CheckedObject> refused,
            Map<ValueRef, Lookup> values,
            Map<ObjectKey, Grants> grants) {
        Map<ContactPointFragment, CheckedObject> compiled = new LinkedHashMap<>();
        for (CheckedObject object : objects) {
            grants.put(object.key(), Grants.NONE);
            try {
                UnknownKeys unknownKeys = new UnknownKeys(values, object.key().namespace());
                JsonNode json = object.tree().json().path("spec").deepCopy();
                unknownKeys.takeOutOf(json, "spec");
                ContactPointSpec spec = GivenObject.read(json, ContactPointSpec.class);
                grants.put(object.key(), Grants.of(spec.allowFrom()));
                if (!refused.contains(object)) {
                    unknownKeys
                            .paths()
                            .forEach(path -> findings.add(object.finding(
                                    Severity.warning,
                                    Topic.reference,
                                    path,
                                    "cannot be checked, as its certificates and keys are not among the files")));
                    compile(object, spec, new Placeholders(values))
                            .ifPresent(fragment -> compiled.put(fragment, object));
                }
            } catch (JsonProcessingException e) {
                unreadable(object, refused, e);
            }
        }
        Map<ContactPointFragment, Verdict.Refused> refusedByEngine = vetter.refusedContactPoints(compiled.keySet());
        Map<ObjectKey, ContactPointFragment> usable = new TreeMap<>();
        compiled.forEach((fragment, object) -> {
            Verdict.Refused verdict = refusedByEngine.get(fragment);
            if (verdict == null) {
                usable.put(object.key(), fragment);
            } else {
                findings.add(object.refused(Topic.delivery, verdict));
            }
        });
        return usable;
    }

    private Optional<ContactPointFragment> compile(
            CheckedObject object, ContactPointSpec spec, Placeholders placeholders) {
        return switch (new ContactPointCompiler().compile(object.key(), "", 0, spec, placeholders)) {
            case Compiled.Usable<ContactPointFragment>(ContactPointFragment fragment) -> {
                String unknown = unknownConfigMaps(placeholders);
                if (unknown.isEmpty() || spec.templates() == null) {
                    yield Optional.of(fragment);
                }
                findings.add(object.finding(
                        Severity.warning,
                        Topic.reference,
                        "spec.templates",
                        "its templates cannot be checked, as these are not among the files: " + unknown));
                yield Optional.of(new ContactPointFragment(
                        fragment.key(), "", 0, fragment.receiver(), List.of(), fragment.secrets(), Map.of()));
            }
            case Compiled.Refused<ContactPointFragment>(Verdict.Refused verdict) -> {
                findings.add(object.refused(Topic.delivery, verdict));
                yield Optional.empty();
            }
        };
    }

    private static String unknownConfigMaps(Placeholders placeholders) {
        return placeholders.unknown().stream()
                .filter(ref -> ref.kind() == ValueRef.Kind.ConfigMap)
                .map(ref -> "ConfigMap " + ref.namespace() + "/" + ref.name())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private Map<ObjectKey, PolicyOffer> policies(List<CheckedObject> objects) {
        Map<CheckedObject, NotificationPolicySpec> specs = new LinkedHashMap<>();
        for (CheckedObject object : objects) {
            try {
                specs.put(object, object.spec(NotificationPolicySpec.class));
            } catch (JsonProcessingException e) {
                unreadable(object, Set.of(), e);
            }
        }
        PolicyCompiler compiler = new PolicyCompiler(clusterPolicyNamespaces(specs));
        Map<PolicyFragment, CheckedObject> compiled = new LinkedHashMap<>();
        specs.forEach((object, spec) -> {
            switch (compiler.compile(object.key(), "", 0, spec)) {
                case Compiled.Usable<PolicyFragment>(PolicyFragment fragment) -> compiled.put(fragment, object);
                case Compiled.Refused<PolicyFragment>(Verdict.Refused verdict) ->
                    findings.add(object.refused(Topic.delivery, verdict));
            }
        });
        Map<PolicyFragment, Verdict.Refused> refusedByEngine = vetter.refusedPolicies(compiled.keySet());
        Map<ObjectKey, PolicyOffer> offers = new TreeMap<>();
        compiled.forEach((fragment, object) -> {
            Verdict.Refused verdict = refusedByEngine.get(fragment);
            if (verdict == null) {
                offers.put(object.key(), new PolicyOffer(fragment, null));
            } else {
                findings.add(object.refused(Topic.delivery, verdict));
            }
        });
        return offers;
    }

    /** Where nothing is known of the operator's configuration, policies may stand where they do. */
    private Set<String> clusterPolicyNamespaces(Map<CheckedObject, NotificationPolicySpec> specs) {
        Stream<String> namespaces = delivery.map(known -> known.clusterPolicyNamespaces().stream())
                .orElseGet(() -> specs.entrySet().stream()
                        .filter(policy -> policy.getValue().scope() == PolicyScope.Cluster)
                        .map(policy -> policy.getKey().key().namespace()));
        return namespaces.collect(Collectors.toSet());
    }

    private void unreadable(CheckedObject object, Set<CheckedObject> refused, JsonProcessingException e) {
        if (!refused.contains(object)) {
            findings.add(object.finding(Severity.error, Topic.schema, "spec", e.getOriginalMessage()));
        }
    }
}
