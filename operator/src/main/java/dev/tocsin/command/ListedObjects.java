package dev.tocsin.command;

import dev.tocsin.importing.Source;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads objects of the cluster of the user's KUBECONFIG, of all namespaces. */
final class ListedObjects {
    private static final List<String> RULES_AND_DELIVERY = List.of(
            "monitoring.coreos.com/v1 PrometheusRule",
            "monitoring.coreos.com/v1beta1 AlertmanagerConfig",
            "monitoring.coreos.com/v1alpha1 AlertmanagerConfig",
            "operator.victoriametrics.com/v1beta1 VMRule",
            "operator.victoriametrics.com/v1beta1 VMAlertmanagerConfig");
    private static final List<String> OURS = List.of(
            "tocsin.dev/v1alpha1 AlertRule",
            "tocsin.dev/v1alpha1 ContactPoint",
            "tocsin.dev/v1alpha1 NotificationPolicy",
            "v1 Secret",
            "v1 ConfigMap");

    private static final String INSTEAD = " instead of --cluster";

    private ListedObjects() {}

    /**
     * What can be imported, each object once: where two versions are served, the newer.
     *
     * @throws BadInput when the cluster does not answer, or refuses
     */
    static List<Source> toImport() {
        return Kubeconfig.ask(INSTEAD, ListedObjects::toImport);
    }

    private static List<Source> toImport(KubernetesClient client) {
        List<Source> sources = new ArrayList<>();
        List<String> read = new ArrayList<>();
        for (String type : RULES_AND_DELIVERY) {
            String kind = type.substring(type.indexOf(' ') + 1);
            String group = type.substring(0, type.indexOf('/'));
            if (!read.contains(group + kind)) {
                List<GenericKubernetesResource> objects = list(client, type);
                if (!objects.isEmpty()) {
                    read.add(group + kind);
                }
                objects.forEach(object -> sources.add(source(object)));
            }
        }
        return sources;
    }

    /**
     * Tocsin's objects, and all Secrets and ConfigMaps.
     *
     * @throws BadInput when the cluster does not answer, or refuses
     */
    static List<Source> ofTocsin() {
        return Kubeconfig.ask(
                INSTEAD,
                client -> OURS.stream()
                        .flatMap(type -> list(client, type).stream())
                        .map(ListedObjects::source)
                        .toList());
    }

    private static Source source(GenericKubernetesResource object) {
        return new Source(
                object.getKind() + " " + object.getMetadata().getNamespace() + "/"
                        + object.getMetadata().getName(),
                Serialization.asJson(object),
                true);
    }

    private static List<GenericKubernetesResource> list(KubernetesClient client, String type) {
        String apiVersion = type.substring(0, type.indexOf(' '));
        String kind = type.substring(type.indexOf(' ') + 1);
        APIResourceList resources = client.getApiResources(apiVersion);
        if (resources == null) {
            return List.of();
        }
        return resources.getResources().stream()
                .filter(resource ->
                        resource.getKind().equals(kind) && !resource.getName().contains("/"))
                .findFirst()
                .map(resource -> list(client, apiVersion, resource))
                .orElse(List.of());
    }

    private static List<GenericKubernetesResource> list(
            KubernetesClient client, String apiVersion, APIResource resource) {
        int slash = apiVersion.indexOf('/');
        ResourceDefinitionContext context = new ResourceDefinitionContext.Builder()
                .withGroup(slash < 0 ? "" : apiVersion.substring(0, slash))
                .withVersion(apiVersion.substring(slash + 1))
                .withKind(resource.getKind())
                .withPlural(resource.getName())
                .withNamespaced(Boolean.TRUE.equals(resource.getNamespaced()))
                .build();
        return client.genericKubernetesResources(context).inAnyNamespace().list().getItems().stream()
                .peek(ListedObjects::withoutBookkeeping)
                .sorted(Comparator.comparing(object -> object.getMetadata().getNamespace() + "/"
                        + object.getMetadata().getName()))
                .toList();
    }

    private static void withoutBookkeeping(HasMetadata object) {
        object.getMetadata().setManagedFields(null);
    }
}
