package dev.tocsin.adopt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.configuration.OperatorConfiguration.Adopt;
import dev.tocsin.crds.ApiServerWithCrds;
import dev.tocsin.engines.ApiServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** PrometheusRules on a real API server, which has no garbage collector: what is deleted, adoption itself has deleted. */
@Tag("integration")
class PrometheusRuleAdoptionIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static ApiServer server;
    private static KubernetesClient client;
    private static int namespaces;

    private String namespace = "";
    private KubernetesClient adoptionClient;
    private PrometheusRuleAdoption adoption;

    @BeforeAll
    static void startApiServer() throws IOException {
        server = ApiServer.start();
        client = server.client();
        CustomResourceDefinition crd = Serialization.unmarshal(
                Files.readString(Path.of("src/test/resources/adopt/prometheusrules.yaml")),
                CustomResourceDefinition.class);
        client.resource(crd).create();
        client.resource(crd).waitUntilCondition(ApiServerWithCrds::isEstablished, 30, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stopApiServer() {
        server.close();
    }

    @BeforeEach
    void startAdoption() {
        namespaces++;
        namespace = "team-" + namespaces;
        server.namespace(namespace);
        adopt();
    }

    @AfterEach
    void stopAdoption() {
        adoption.close();
        adoptionClient.close();
    }

    private void adopt() {
        adoptionClient = server.newClient();
        adoption = new PrometheusRuleAdoption(
                        adoptionClient, new Adopt("release=" + namespace, "metrics"), new SimpleMeterRegistry())
                .start();
    }

    @Test
    void fiveHundredPrometheusRulesRunAsAlertRulesAndFollowTheirEditsAndDeletions() {
        for (int i = 0; i < 500; i++) {
            apply("rules-" + i, 1);
        }
        await("each has its two alerts")
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(rules()).hasSize(1000));
        assertThat(rules()).allSatisfy(rule -> {
            assertThat(rule.getSpec().datasource()).isEqualTo("metrics");
            assertThat(rule.getSpec().interval()).isEqualTo("15s");
            assertThat(rule.getSpec().labels()).containsEntry("team", "shop");
            assertThat(rule.getMetadata().getOwnerReferences()).singleElement().satisfies(owner -> {
                assertThat(owner.getKind()).isEqualTo("PrometheusRule");
                assertThat(owner.getController()).isTrue();
            });
            assertThat(rule.getMetadata().getLabels()).containsEntry("app.kubernetes.io/managed-by", "tocsin");
        });

        for (int i = 0; i < 100; i++) {
            apply("rules-" + i, 2);
        }
        for (int i = 100; i < 200; i++) {
            prometheusRule("rules-" + i, 1).delete();
        }

        await("edits and deletions are followed").atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            assertThat(rules()).hasSize(800);
            assertThat(rules())
                    .filteredOn(rule -> rule.getSpec().expr().endsWith("> 2"))
                    .hasSize(100);
        });
    }

    @Test
    void whatSomebodyEditsOrDeletesIsPutBack() {
        apply("rules", 1);
        AlertRule rule = awaitRules(2).getFirst();
        AlertRuleSpec spec = rule.getSpec();

        client.resource(rule).edit(edited -> {
            edited.setSpec(Serialization.unmarshal("expr: up == 5\npaused: true\n", AlertRuleSpec.class));
            return edited;
        });
        await("the edit is put back")
                .atMost(SOON)
                .untilAsserted(
                        () -> assertThat(client.resource(rule).get().getSpec()).isEqualTo(spec));
        String uid = rule.getMetadata().getUid();

        client.resource(rule).delete();

        await("the rule is made anew").atMost(SOON).untilAsserted(() -> {
            AlertRule again = client.resource(rule).get();
            assertThat(again).isNotNull();
            assertThat(again.getMetadata().getUid()).isNotEqualTo(uid);
            assertThat(again.getSpec()).isEqualTo(spec);
        });
    }

    @Test
    void anEditOfAnExpressionKeepsTheObject() {
        apply("rules", 1);
        List<String> before = uids(awaitRules(2));

        apply("rules", 7);

        await("the edit arrives")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(rules())
                        .filteredOn(rule -> rule.getSpec().expr().endsWith("> 7"))
                        .hasSize(1));
        assertThat(uids(rules())).isEqualTo(before);
    }

    @Test
    void onlyWhatTheSelectorFindsIsAdopted() {
        apply("rules", 1);
        awaitRules(2);

        prometheusRule("rules", 1).edit(rule -> {
            rule.getMetadata().setLabels(Map.of());
            return rule;
        });

        await("its AlertRules are deleted")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(rules()).isEmpty());
    }

    @Test
    void whatWasDeletedWhileNobodyWatchedIsDeletedAfterwards() {
        apply("gone", 1);
        apply("stays", 1);
        awaitRules(4);
        stopAdoption();
        prometheusRule("gone", 1).delete();

        adopt();

        await("the AlertRules of what is gone are deleted")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(rules())
                        .hasSize(2)
                        .allMatch(rule -> rule.getMetadata()
                                .getOwnerReferences()
                                .getFirst()
                                .getName()
                                .equals("stays")));
    }

    @Test
    void anAlertRuleOfAPersonIsLeftAlone() {
        apply("rules", 1);
        AlertRule adopted = awaitRules(2).getFirst();
        prometheusRule("rules", 1).delete();
        await("adopted rules are deleted")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(rules()).isEmpty());
        AlertRule own =
                Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: AlertRule
                metadata: {name: %s, namespace: %s}
                spec: {expr: up == 3}
                """.formatted(adopted.getMetadata().getName(), namespace), AlertRule.class);
        client.resource(own).create();

        apply("rules", 1);

        await("the other rule is adopted")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(rules()).hasSize(2));
        assertThat(client.resource(own).get().getSpec().expr()).isEqualTo("up == 3");
    }

    private static List<String> uids(List<AlertRule> rules) {
        return rules.stream().map(rule -> rule.getMetadata().getUid()).sorted().toList();
    }

    private List<AlertRule> awaitRules(int number) {
        await("AlertRules are made")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(rules()).hasSize(number));
        return rules();
    }

    private List<AlertRule> rules() {
        return client.resources(AlertRule.class).inNamespace(namespace).list().getItems();
    }

    private void apply(String name, int threshold) {
        prometheusRule(name, threshold).serverSideApply();
    }

    private io.fabric8.kubernetes.client.dsl.Resource<GenericKubernetesResource> prometheusRule(
            String name, int threshold) {
        return client.resource(
                Serialization.unmarshal("""
                apiVersion: monitoring.coreos.com/v1
                kind: PrometheusRule
                metadata: {name: %1$s, namespace: %2$s, labels: {release: %2$s}}
                spec:
                  groups:
                  - name: group
                    interval: 15s
                    labels: {team: shop}
                    rules:
                    - {record: "job:up:sum", expr: sum by (job) (up)}
                    - {alert: Errors, expr: errors > %3$d, for: 5m, labels: {severity: page}}
                    - {alert: Errors, expr: errors > 0, labels: {severity: info}}
                """.formatted(name, namespace, threshold), GenericKubernetesResource.class));
    }
}
