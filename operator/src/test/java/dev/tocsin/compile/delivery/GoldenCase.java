package dev.tocsin.compile.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import dev.tocsin.compile.Golden;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.configuration.OperatorConfiguration.Delivery;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A folder of objects: every document of its in-*.yaml files is a ContactPoint, a NotificationPolicy, a Secret with
 * stringData, a ConfigMap, or (without kind) the delivery part of the operator's configuration.
 */
record GoldenCase(
        List<ContactPoint> contactPoints,
        List<NotificationPolicy> policies,
        Map<ValueRef, String> values,
        Map<String, Map<String, String>> namespaces,
        Delivery delivery) {

    /** The compiled configuration, what went into it, and a verdict for each object by kind and key. */
    record Result(
            AlertmanagerConfiguration configuration,
            Map<String, Verdict> verdicts,
            List<ContactPointFragment> contactPoints,
            List<PolicyFragment> policies) {}

    static GoldenCase read(Path folder) throws IOException {
        GoldenCase result = new GoldenCase(
                new ArrayList<>(), new ArrayList<>(), new HashMap<>(), new HashMap<>(), new Delivery(List.of(), null));
        for (JsonNode document : Golden.documents(folder)) {
            result = result.with(document);
        }
        return result;
    }

    private GoldenCase with(JsonNode document) throws IOException {
        switch (document.path("kind").asText()) {
            case "ContactPoint" -> contactPoints.add(Golden.YAML.treeToValue(document, ContactPoint.class));
            case "NotificationPolicy" -> policies.add(Golden.YAML.treeToValue(document, NotificationPolicy.class));
            case "Secret" -> addValues(ValueRef.Kind.Secret, document, "stringData");
            case "Namespace" -> {
                Map<String, String> labels = new HashMap<>();
                document.at("/metadata/labels")
                        .properties()
                        .forEach(label ->
                                labels.put(label.getKey(), label.getValue().asText()));
                namespaces.put(document.at("/metadata/name").asText(), labels);
            }
            case "ConfigMap" -> addValues(ValueRef.Kind.ConfigMap, document, "data");
            default -> {
                return new GoldenCase(
                        contactPoints, policies, values, namespaces, Golden.YAML.treeToValue(document, Delivery.class));
            }
        }
        return this;
    }

    private void addValues(ValueRef.Kind kind, JsonNode document, String field) {
        JsonNode metadata = document.get("metadata");
        document.get(field)
                .properties()
                .forEach(entry -> values.put(
                        new ValueRef(
                                kind,
                                metadata.get("namespace").asText(),
                                metadata.get("name").asText(),
                                entry.getKey()),
                        entry.getValue().asText()));
    }

    Result compile() {
        Map<String, Verdict> verdicts = new TreeMap<>();
        Map<ObjectKey, ContactPointFragment> live = new HashMap<>();
        Map<ObjectKey, Grants> grants = new HashMap<>();
        for (ContactPoint contactPoint : contactPoints) {
            ObjectKey key = key(contactPoint);
            grants.put(key, Grants.of(contactPoint.getSpec().allowFrom()));
            switch (new ContactPointCompiler().compile(key, "uid", 1, contactPoint.getSpec(), this::value)) {
                case Compiled.Usable<ContactPointFragment>(ContactPointFragment fragment) -> {
                    live.put(key, fragment);
                    verdicts.put("ContactPoint " + key, new Verdict.Accepted());
                }
                case Compiled.Refused<ContactPointFragment>(Verdict.Refused refused) ->
                    verdicts.put("ContactPoint " + key, refused);
            }
        }
        Map<ObjectKey, Assembler.PolicyOffer> offers = new HashMap<>();
        PolicyCompiler compiler = new PolicyCompiler(Set.copyOf(delivery.clusterPolicyNamespaces()));
        for (NotificationPolicy policy : policies) {
            ObjectKey key = key(policy);
            switch (compiler.compile(key, "uid", 1, policy.getSpec())) {
                case Compiled.Usable<PolicyFragment>(PolicyFragment fragment) ->
                    offers.put(key, new Assembler.PolicyOffer(fragment, null));
                case Compiled.Refused<PolicyFragment>(Verdict.Refused refused) ->
                    verdicts.put("NotificationPolicy " + key, refused);
            }
        }
        Assembler.Assembly assembly = new Assembler(
                        Optional.ofNullable(delivery.defaultContactPoint()).map(ObjectKey::parse))
                .assemble(new Assembler.Offers(live, grants, offers, namespaces))
                .withTests(contactPoints.stream()
                        .filter(object ->
                                object.getMetadata().getAnnotations().containsKey(ContactPoint.TEST_ANNOTATION))
                        .map(object -> TestRoute.to(live.get(key(object))))
                        .toList());
        assembly.policies()
                .forEach((key, policy) -> verdicts.put(
                        "NotificationPolicy " + key,
                        policy.objection().<Verdict>map(refused -> refused).orElse(new Verdict.Accepted())));
        return new Result(
                assembly.configuration(),
                verdicts,
                List.copyOf(live.values()),
                assembly.policies().values().stream()
                        .map(Assembler.LivePolicy::fragment)
                        .toList());
    }

    private ReferencedValues.Lookup value(ValueRef ref) {
        String value = values.get(ref);
        if (value != null) {
            return new ReferencedValues.Lookup.Found(value);
        }
        return values.keySet().stream()
                        .anyMatch(other -> other.kind() == ref.kind()
                                && other.namespace().equals(ref.namespace())
                                && other.name().equals(ref.name()))
                ? new ReferencedValues.Lookup.NoKey()
                : new ReferencedValues.Lookup.NoObject();
    }

    private static ObjectKey key(HasMetadata object) {
        return new ObjectKey(
                object.getMetadata().getNamespace(), object.getMetadata().getName());
    }
}
