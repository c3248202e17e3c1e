package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/** A namespace, with what its team writes there. */
final class Team implements AutoCloseable {
    private final KubernetesClient client;
    private final String namespace;
    private final Receiver receiver;

    Team(KubernetesClient client, String name, Receiver receiver) {
        this.client = client;
        this.namespace =
                "e2e-%s-%04x".formatted(name, ThreadLocalRandom.current().nextInt(0x10000));
        this.receiver = receiver;
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
    }

    String namespace() {
        return namespace;
    }

    /** The path at the receiver to which {@link #delivers} has this team's alerts sent. */
    String path() {
        return "/" + namespace;
    }

    /** Applies a rule, as kubectl apply --server-side does. */
    AlertRule rule(String name, String spec) {
        return apply(AlertRule.class, name, spec);
    }

    ContactPoint contactPoint(String name, String spec) {
        return apply(ContactPoint.class, name, spec);
    }

    NotificationPolicy policy(String name, String spec) {
        return apply(NotificationPolicy.class, name, spec);
    }

    void secret(String name, Map<String, String> data) {
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withStringData(data)
                        .build())
                .fieldManager("e2e")
                .forceConflicts()
                .serverSideApply();
    }

    /** A contact point, named receiver, at the receiver's path of this team. */
    ContactPoint receives() {
        return contactPoint(
                "receiver", "receivers: [{webhook: {url: {value: \"%s\"}}}]".formatted(receiver.url(path())));
    }

    /** Has every alert of this namespace sent to {@link #path}, each by itself and soon; waits until that is in force. */
    void delivers() {
        receives();
        policy("all", everything("receiver"));
        awaitReady(ContactPoint.class, "receiver");
        awaitReady(NotificationPolicy.class, "all");
    }

    /** The spec of a policy that sends all alerts to one contact point, each by itself and soon. */
    static String everything(String contactPoint) {
        return """
                route:
                  contactPoint: %s
                  groupBy: ["..."]
                  groupWait: 0s
                  groupInterval: 5s
                  repeatInterval: 4h
                """.formatted(contactPoint);
    }

    <T extends HasMetadata> T apply(Class<T> kind, String name, String spec) {
        T object = Serialization.unmarshal(
                "apiVersion: %s\nkind: %s\nmetadata: {name: %s, namespace: %s}\nspec:\n%s"
                        .formatted(
                                HasMetadata.getApiVersion(kind),
                                HasMetadata.getKind(kind),
                                name,
                                namespace,
                                spec.indent(2)),
                kind);
        return client.resource(object).fieldManager("e2e").forceConflicts().serverSideApply();
    }

    <T extends HasMetadata> Resource<T> resource(Class<T> kind, String name) {
        return client.resources(kind).inNamespace(namespace).withName(name);
    }

    List<AlertRule> rules() {
        return client.resources(AlertRule.class).inNamespace(namespace).list().getItems();
    }

    /** Waits half a minute at most until an object is as wanted, and gives it as it is then. */
    <T extends HasMetadata> T await(Class<T> kind, String name, String what, Predicate<T> wanted) {
        return ClusterTest.within(30, "%s %s/%s %s".formatted(kind.getSimpleName(), namespace, name, what))
                .until(() -> resource(kind, name).get(), found -> found != null && wanted.test(found));
    }

    <T extends HasMetadata> T awaitReady(Class<T> kind, String name) {
        return await(kind, name, "is ready", object -> Status.is(object, "Ready", "True"));
    }

    /** Waits until the receiver has been told that a rule's alert fires, or is resolved. */
    void awaitNotified(int seconds, String rule, String status) {
        ClusterTest.within(seconds, "%s of %s/%s at the receiver".formatted(status, namespace, rule))
                .untilAsserted(() -> assertThat(receiver.alerts(path()))
                        .anyMatch(alert -> alert.is(status) && alert.isOf(namespace, rule)));
    }

    @Override
    public void close() {
        client.namespaces().withName(namespace).delete();
    }
}
