package dev.tocsin.adopt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.AlertRule;
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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A cluster that gets its PrometheusRules after its operator. */
@Tag("integration")
class LatePrometheusRulesIT {

    @Test
    void aKindThatComesLaterIsAdoptedWithoutARestart() throws IOException, InterruptedException {
        try (ApiServer server = ApiServer.start();
                KubernetesClient adoptionClient = server.newClient();
                PrometheusRuleAdoption _ = new PrometheusRuleAdoption(
                                adoptionClient, new Adopt("release=late", null), new SimpleMeterRegistry())
                        .start()) {
            server.namespace("shop");
            Thread.sleep(Duration.ofSeconds(3));
            CustomResourceDefinition crd = Serialization.unmarshal(
                    Files.readString(Path.of("src/test/resources/adopt/prometheusrules.yaml")),
                    CustomResourceDefinition.class);
            server.client().resource(crd).create();
            server.client().resource(crd).waitUntilCondition(ApiServerWithCrds::isEstablished, 30, TimeUnit.SECONDS);
            server.client()
                    .resource(Serialization.unmarshal("""
                            apiVersion: monitoring.coreos.com/v1
                            kind: PrometheusRule
                            metadata: {name: chart, namespace: shop, labels: {release: late}}
                            spec: {groups: [{name: chart, rules: [{alert: Down, expr: up == 0}]}]}
                            """, GenericKubernetesResource.class))
                    .create();

            await("its alert is an AlertRule")
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(server.client()
                                    .resources(AlertRule.class)
                                    .inNamespace("shop")
                                    .list()
                                    .getItems())
                            .singleElement()
                            .satisfies(
                                    rule -> assertThat(rule.getSpec().alert()).isEqualTo("Down")));
        }
    }
}
