package dev.tocsin.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.command.Program.Run;
import dev.tocsin.engines.ApiServer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands ask the cluster that kubectl would ask. */
@Tag("integration")
class ClusterCommandsIT {
    private static final String KUBECONFIG = "kubeconfig";
    private static final String OBJECTS = """
            apiVersion: tocsin.dev/v1alpha1
            kind: ContactPoint
            metadata: {name: pager, namespace: platform}
            spec:
              receivers: [{webhook: {url: {secretKeyRef: {name: pager, key: url}}}}]
              allowFrom: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}
            ---
            apiVersion: tocsin.dev/v1alpha1
            kind: NotificationPolicy
            metadata: {name: all, namespace: platform}
            spec: {scope: Cluster, route: {contactPoint: pager, matchers: [{label: severity, op: "=", value: critical}]}}
            ---
            apiVersion: tocsin.dev/v1alpha1
            kind: NotificationPolicy
            metadata: {name: shop, namespace: shop}
            spec: {route: {contactPoint: platform/pager}}
            ---
            apiVersion: tocsin.dev/v1alpha1
            kind: AlertRule
            metadata: {name: down, namespace: shop}
            spec: {expr: up == 0, labels: {severity: critical}}
            """;
    private static final String OPERATOR = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: t, namespace: tocsin-system, labels: {app.kubernetes.io/name: tocsin, app.kubernetes.io/component: operator}}
            spec:
              selector: {matchLabels: {a: b}}
              template:
                metadata: {labels: {a: b}}
                spec:
                  containers: [{name: operator, image: a}]
                  volumes: [{name: config, configMap: {name: t-5f2}}]
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: t-5f2, namespace: tocsin-system}
            data:
              config.yaml: |
                datasources: [{name: default, url: "http://a"}]
                evaluators: {image: vmalert}
                alertmanager: {name: a, members: 1, configSecret: a}
                delivery: {clusterPolicyNamespaces: [], defaultContactPoint: platform/pager}
            """;

    private static final Map<String, Object> NOT_LIVE = Map.of(
            "type", "Loaded",
            "status", "False",
            "reason", "NotLive",
            "message", "",
            "lastTransitionTime", "2026-11-25T00:00:00Z");

    @TempDir
    private Path folder;

    @AfterEach
    void forgetTheCluster() {
        System.clearProperty(KUBECONFIG);
    }

    @Test
    void whatIsInTheClusterIsAskedAboutWithTheOperatorsConfiguration() throws IOException {
        try (ApiServer server = ApiServer.start()) {
            use(server.kubeconfig());
            server.namespace("platform");
            server.namespace("shop");
            server.namespace("tocsin-system");
            apply(server.client(), OBJECTS);

            Run withoutConfiguration = Program.run("route", "--rule", "shop/down");
            apply(server.client(), OPERATOR);
            Run withConfiguration = Program.run("route", "--rule", "shop/down");
            Run pushed = Program.run("route", "alertname=Pushed");
            server.client()
                    .genericKubernetesResources("tocsin.dev/v1alpha1", "ContactPoint")
                    .inNamespace("platform")
                    .withName("pager")
                    .editStatus(object -> {
                        object.setAdditionalProperty("status", Map.of("conditions", List.of(NOT_LIVE)));
                        return object;
                    });
            Run ofWhatIsNotLive = Program.run("route", "--rule", "shop/down");

            assertThat(withoutConfiguration.output()).isEqualTo("""
                            CONTACT POINT    THROUGH                           ROUTE        TOLD
                            platform/pager   NotificationPolicy/platform/all   spec.route   yes
                            platform/pager   NotificationPolicy/shop/shop      spec.route   yes

                            Note: the operator's configuration cannot be read: there is none in namespace tocsin-system.
                            Note: policies of scope Cluster count wherever they are (platform), as the operator's configuration is not known; give it with --config.
                            """);
            assertThat(withConfiguration.output()).startsWith("""
                            CONTACT POINT    THROUGH                        ROUTE        TOLD
                            platform/pager   NotificationPolicy/shop/shop   spec.route   yes

                            Note: NotificationPolicy platform/all is refused and left out here: spec.scope: namespace "platform" may not\
                            """);
            assertThat(pushed.output())
                    .contains("platform/pager   OperatorConfiguration   delivery.defaultContactPoint   yes");
            assertThat(ofWhatIsNotLive.output())
                    .startsWith("Nobody is told.\n")
                    .contains("NotificationPolicy shop/shop counts in part: spec.route.contactPoint: the ContactPoint"
                            + " \"platform/pager\" is itself refused");
        }
    }

    @Test
    void whatIsInTheClusterIsImportedAndExported() throws IOException {
        try (ApiServer server = ApiServer.start()) {
            use(server.kubeconfig());
            server.namespace("shop");
            CustomResourceDefinition crd = Serialization.unmarshal(
                    Files.readString(Path.of("src/test/resources/adopt/prometheusrules.yaml")),
                    CustomResourceDefinition.class);
            server.client().resource(crd).create();
            await("the API server tells of the kind")
                    .until(() -> server.client().getApiResources("monitoring.coreos.com/v1") != null);
            apply(server.client(), """
                    apiVersion: monitoring.coreos.com/v1
                    kind: PrometheusRule
                    metadata: {name: chart, namespace: shop}
                    spec:
                      groups:
                      - name: chart
                        rules:
                        - {alert: Down, expr: up == 0, for: 5m}
                        - {record: job:up:sum, expr: sum by (job) (up)}
                    """);

            ImportAndExportTest.Run imported = ImportAndExportTest.run("", "import", "--cluster");
            apply(server.client(), imported.output());
            ImportAndExportTest.Run exported = await("the API server has begun to store all kinds")
                    .until(
                            () -> ImportAndExportTest.run("", "export", "--cluster", "--format", "prometheus"),
                            run -> run.exitCode() == 0);

            assertThat(imported.exitCode()).isZero();
            assertThat(imported.output()).contains("kind: AlertRule", "namespace: shop", "up == 0");
            assertThat(imported.messages()).contains("PrometheusRule shop/chart", "recording rule job:up:sum");
            assertThat(server.client()
                            .resources(AlertRule.class)
                            .inNamespace("shop")
                            .list()
                            .getItems())
                    .singleElement()
                    .satisfies(rule -> assertThat(rule.getSpec().alert()).isEqualTo("Down"));
            assertThat(exported.output()).contains("alert: Down", "expr: \"up == 0\"");
        }
    }

    @Test
    void aClusterThatDoesNotAnswerIsNamed() throws IOException {
        use("""
                clusters: [{name: a, cluster: {server: "http://127.0.0.1:1"}}]
                contexts: [{name: a, context: {cluster: a, user: a}}]
                current-context: a
                users: [{name: a, user: {}}]
                """);

        Run run = Program.run("route", "a=1");

        assertThat(run.errors())
                .startsWith("The cluster at http://127.0.0.1:1/ cannot be asked: ")
                .endsWith("; set KUBECONFIG, or name files with -f.\n")
                .hasLineCount(1);
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void aKubeconfigThatCannotBeReadIsNamed() throws IOException {
        use("{clusters");

        Run run = Program.run("route", "a=1");

        assertThat(run.errors()).startsWith("The kubeconfig cannot be used: ").hasLineCount(1);
        assertThat(run.status()).isEqualTo(2);
    }

    private void use(String kubeconfig) throws IOException {
        System.setProperty(
                KUBECONFIG,
                Files.writeString(folder.resolve("kubeconfig"), kubeconfig).toString());
    }

    private static void apply(KubernetesClient client, String objects) {
        client.load(new ByteArrayInputStream(objects.getBytes(StandardCharsets.UTF_8)))
                .items()
                .forEach(object -> client.resource(object).serverSideApply());
    }
}
