package dev.tocsin.command;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import dev.tocsin.api.v1alpha1.NotificationPolicySpec;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.configuration.InvalidConfigurationException;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.configuration.OperatorConfiguration.Delivery;
import dev.tocsin.publish.ClusterNames;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapVolumeSource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the objects of a cluster as they stand, with the rights of whoever asks. */
final class ClusterObjects {
    private static final String CONFIGURATION_KEY = "config.yaml";

    private final KubernetesClient client;
    private final String operatorNamespace;
    private final List<String> notes = new ArrayList<>();

    /** @param operatorNamespace where the operator and its configuration are */
    ClusterObjects(KubernetesClient client, String operatorNamespace) {
        this.client = client;
        this.operatorNamespace = operatorNamespace;
    }

    /**
     * Reads all of them.
     *
     * @param delivery that part of the operator's configuration; when empty it is read from the cluster, as far as the
     *     user's rights reach
     * @param rule the AlertRule that is asked about
     * @throws KubernetesClientException when the cluster does not answer, or refuses
     */
    DeliveryObjects read(Optional<Delivery> delivery, Optional<ObjectKey> rule) {
        Map<ObjectKey, ContactPointSpec> contactPoints = new TreeMap<>();
        Set<ObjectKey> unusable = new TreeSet<>();
        for (ContactPoint object :
                client.resources(ContactPoint.class).inAnyNamespace().list().getItems()) {
            contactPoints.put(key(object), object.getSpec());
            if (object.getStatus() != null && says(object.getStatus().conditions(), "Loaded", "NotLive")) {
                unusable.add(key(object));
            }
        }
        Map<ObjectKey, NotificationPolicySpec> policies = new TreeMap<>();
        for (NotificationPolicy object : client.resources(NotificationPolicy.class)
                .inAnyNamespace()
                .list()
                .getItems()) {
            policies.put(key(object), object.getSpec());
            if (object.getStatus() != null && says(object.getStatus().conditions(), "Loaded", "OlderGeneration")) {
                notes.add("NotificationPolicy " + key(object)
                        + ": an older generation of it is in force, which is not"
                        + " known here; the answer is about the object as it stands");
            }
        }
        return new DeliveryObjects(
                contactPoints,
                unusable,
                policies,
                rule.map(this::rule).orElse(Map.of()),
                namespaces(),
                delivery.or(this::delivery),
                notes);
    }

    private Map<ObjectKey, AlertRuleSpec> rule(ObjectKey key) {
        AlertRule found = client.resources(AlertRule.class)
                .inNamespace(key.namespace())
                .withName(key.name())
                .get();
        return found == null ? Map.of() : Map.of(key, found.getSpec());
    }

    private static boolean says(@Nullable List<Condition> conditions, String type, String reason) {
        return conditions != null
                && conditions.stream()
                        .anyMatch(condition -> condition.type().equals(type)
                                && condition.reason().equals(reason));
    }

    /** Without the right to read them, what is granted to namespaces by their labels is not known. */
    private Map<String, Map<String, String>> namespaces() {
        Map<String, Map<String, String>> labels = new HashMap<>();
        try {
            client.namespaces()
                    .list()
                    .getItems()
                    .forEach(namespace -> labels.put(
                            namespace.getMetadata().getName(),
                            Objects.requireNonNullElse(namespace.getMetadata().getLabels(), Map.of())));
        } catch (KubernetesClientException e) {
            notes.add("namespaces cannot be listed (" + Kubeconfig.reason(e)
                    + "): what allowFrom.namespaceSelector grants counts as" + " not granted");
        }
        return labels;
    }

    /** From the ConfigMap that the operator's pods mount. */
    private Optional<Delivery> delivery() {
        try {
            return client
                    .apps()
                    .deployments()
                    .inNamespace(operatorNamespace)
                    .withLabels(ClusterNames.selector("operator"))
                    .list()
                    .getItems()
                    .stream()
                    .flatMap(deployment -> deployment.getSpec().getTemplate().getSpec().getVolumes().stream())
                    .map(Volume::getConfigMap)
                    .flatMap(Stream::ofNullable)
                    .map(ConfigMapVolumeSource::getName)
                    .flatMap(this::configuration)
                    .findFirst()
                    .map(OperatorConfiguration::delivery)
                    .or(() -> withoutConfiguration("there is none in namespace " + operatorNamespace));
        } catch (KubernetesClientException e) {
            return withoutConfiguration(Kubeconfig.reason(e));
        } catch (InvalidConfigurationException e) {
            return withoutConfiguration(String.valueOf(e.getMessage()));
        }
    }

    private Stream<OperatorConfiguration> configuration(String configMap) {
        ConfigMap found = client.configMaps()
                .inNamespace(operatorNamespace)
                .withName(configMap)
                .get();
        return found == null || found.getData() == null || !found.getData().containsKey(CONFIGURATION_KEY)
                ? Stream.empty()
                : Stream.of(OperatorConfiguration.parse(found.getData().get(CONFIGURATION_KEY)));
    }

    private Optional<Delivery> withoutConfiguration(String why) {
        notes.add("the operator's configuration cannot be read: " + why);
        return Optional.empty();
    }

    private static ObjectKey key(HasMetadata object) {
        return new ObjectKey(
                object.getMetadata().getNamespace(), object.getMetadata().getName());
    }
}
