package dev.tocsin.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A vmalert that is not Tocsin's pushes its alerts, as any Prometheus would. */
class IngestTest extends ClusterTest {
    private static final String POLICY = "alerts-of-others";

    private final Team platform = team("platform");
    private final Team victim = team("pretended");

    @AfterAll
    void removePolicy() {
        client.resources(NotificationPolicy.class)
                .inNamespace(tocsin.namespace())
                .withName(POLICY)
                .delete();
    }

    @Test
    void alertsOfOthersGoByClusterPoliciesAndPassForNobodys() {
        victim.delivers();
        platform.contactPoint("receiver", """
                receivers: [{webhook: {url: {value: "%s"}}}]
                allowFrom: {namespaces: [%s]}
                """.formatted(receiver.url(platform.path()), tocsin.namespace()));
        platform.awaitReady(ContactPoint.class, "receiver");
        client.resource(clusterPolicy()).create();
        within(30, "the Cluster policy is ready")
                .until(() -> Status.is(
                        client.resources(NotificationPolicy.class)
                                .inNamespace(tocsin.namespace())
                                .withName(POLICY)
                                .get(),
                        "Ready",
                        "True"));

        pushAlerts();

        within(90, "the alert of the other vmalert at the receiver")
                .untilAsserted(() -> assertThat(receiver.alerts(platform.path()))
                        .anySatisfy(alert -> assertThat(alert.labels())
                                .containsEntry("alertname", "Foreign")
                                .containsEntry("cluster", "west")
                                .doesNotContainKeys("tocsin_namespace", "tocsin_rule")));
        assertThat(receiver.alerts(victim.path())).isEmpty();
    }

    private NotificationPolicy clusterPolicy() {
        return Serialization.unmarshal(
                """
                apiVersion: tocsin.dev/v1alpha1
                kind: NotificationPolicy
                metadata: {name: %s, namespace: %s}
                spec:
                  scope: Cluster
                  route:
                    contactPoint: %s/receiver
                    matchers: [{label: cluster, op: "=", value: west}]
                    groupWait: 0s
                """.formatted(POLICY, tocsin.namespace(), platform.namespace()), NotificationPolicy.class);
    }

    /** With the image of Tocsin's own evaluators, which every node has. */
    private void pushAlerts() {
        String image = tocsin.pods("evaluator")
                .getFirst()
                .getSpec()
                .getContainers()
                .getFirst()
                .getImage();
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("rules")
                        .withNamespace(platform.namespace())
                        .endMetadata()
                        .withData(Map.of("rules.yaml", """
                                groups:
                                - name: others
                                  rules:
                                  - alert: Foreign
                                    expr: vector(1)
                                    labels: {cluster: west, tocsin_namespace: %s, tocsin_rule: pretended}
                                """.formatted(victim.namespace())))
                        .build())
                .create();
        client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("vmalert")
                        .withNamespace(platform.namespace())
                        .endMetadata()
                        .withNewSpec()
                        .withAutomountServiceAccountToken(false)
                        .addNewContainer()
                        .withName("vmalert")
                        .withImage(image)
                        .withArgs(
                                "-rule=/rules/rules.yaml",
                                "-evaluationInterval=2s",
                                "-datasource.url=" + samples.url(),
                                "-notifier.url=" + tocsin.ingestUrl())
                        .addNewVolumeMount()
                        .withName("rules")
                        .withMountPath("/rules")
                        .endVolumeMount()
                        .endContainer()
                        .addNewVolume()
                        .withName("rules")
                        .withNewConfigMap()
                        .withName("rules")
                        .endConfigMap()
                        .endVolume()
                        .endSpec()
                        .build())
                .create();
    }
}
