package dev.tocsin.operator;

import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.ApiServer;
import dev.tocsin.engines.EngineProcess;
import dev.tocsin.engines.Engines;
import dev.tocsin.publish.ClusterNames;
import dev.tocsin.status.Conditions;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** API server, VictoriaMetrics, evaluators and the operator, all real, for tests of the way of a rule. */
final class RuleWorld implements AutoCloseable {
    static final String SYSTEM = "tocsin-system";
    static final String TEAM = "shop";
    static final String OTHER_TEAM = "bank";

    private final ApiServer apiServer;
    private final EngineProcess victoriaMetrics;
    private final String datasourceUrl;
    private Duration catchUp = Duration.ofMinutes(10);
    private String otherDatasource = "";
    private final EvaluatorNode node;
    private OperatorConfiguration configuration;
    private TocsinOperator operator;
    private KubernetesClient operatorClient;
    private MeterRegistry metrics = new SimpleMeterRegistry();
    private volatile Consumer<String> beforeStatus = rule -> {};

    /** Sees the operator's writes of an AlertRule's status just before they go out. */
    private final class StatusWrites implements Interceptor {
        private static final Pattern PATH = Pattern.compile(".*/alertrules/([^/]+)/status");

        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            Matcher path = PATH.matcher(request.uri().getPath());
            if (request.method().equals("PATCH") && path.matches()) {
                beforeStatus.accept(path.group(1));
            }
        }
    }

    RuleWorld(Path folder) {
        this(folder, "http://127.0.0.1:1", "shards: 2");
    }

    /**
     * A world whose evaluators tell someone.
     *
     * @param shards how many, as the configuration of a datasource has it
     */
    RuleWorld(Path folder, String notifierUrl, String shards) {
        this(folder, notifierUrl, shards, "");
    }

    /**
     * A world with something else in the operator's configuration.
     *
     * @param further top-level fields
     */
    RuleWorld(Path folder, String notifierUrl, String shards, String further) {
        this(folder, notifierUrl, shards, further, url -> url);
    }

    /**
     * A world with something before its datasource.
     *
     * @param before from the datasource's URL to the URL that the evaluators use
     */
    RuleWorld(Path folder, String notifierUrl, String shards, String further, UnaryOperator<String> before) {
        apiServer = ApiServer.start();
        apiServer.namespace(SYSTEM);
        apiServer.namespace(TEAM);
        apiServer.namespace(OTHER_TEAM);
        victoriaMetrics = EngineProcess.victoriaMetrics(folder);
        datasourceUrl = before.apply(victoriaMetrics.url());
        configuration = configuration(shards, further);
        node = new EvaluatorNode(apiServer.client(), SYSTEM, notifierUrl, folder);
        startOperator();
    }

    private OperatorConfiguration configuration(String shards) {
        return configuration(shards, "");
    }

    private OperatorConfiguration configuration(String shards, String further) {
        return OperatorConfiguration.parse(
                """
                datasources:
                - {name: default, url: "%s", %s}
                %s
                rules: {interval: 1s}
                evaluators: {image: vmalert, slots: 3, slotBytes: 65536, catchUpSeconds: %d}
                alertmanager: {name: alertmanager, members: 1, configSecret: alertmanager-config}
                observation: {alertsSeconds: 1, rulesSeconds: 2}
                %s
                """.formatted(datasourceUrl, shards, otherDatasource, catchUp.toSeconds(), further));
    }

    /** Restarts the operator with another configuration. */
    void restartOperator(String shards) {
        stopOperator();
        configuration = configuration(shards);
        startOperator();
    }

    /** Restarts the operator with one more datasource, of one shard and with the same metrics, that is called other. */
    void restartOperatorWithOtherDatasource(String shards) {
        otherDatasource = "- {name: other, url: \"%s\", shards: 1}".formatted(datasourceUrl);
        restartOperator(shards);
    }

    /**
     * Restarts the operator with something else in its configuration.
     *
     * @param further top-level fields
     */
    void restartOperatorWith(String further) {
        stopOperator();
        configuration = configuration("shards: 2", further);
        startOperator();
    }

    /** Restarts the operator with another bound for replicas that catch up. */
    void catchUpWithin(Duration longest) {
        catchUp = longest;
        restartOperator("shards: 1");
    }

    void startOperator() {
        metrics = new SimpleMeterRegistry();
        operatorClient = apiServer.newClient(new StatusWrites());
        operator = new TocsinOperator(
                operatorClient,
                configuration,
                new TocsinOperator.Environment(
                        SYSTEM,
                        "operator-0",
                        Optional.empty(),
                        Engines.repositoryRoot().resolve("target/tools/bin"),
                        false),
                metrics,
                Clock.systemUTC());
        operator.start();
    }

    /** What happens between the operator's decision to write the status of a rule and the write. */
    void beforeStatus(Consumer<String> happens) {
        beforeStatus = happens;
    }

    void stopOperator() {
        operator.close();
        operatorClient.close();
    }

    KubernetesClient client() {
        return apiServer.client();
    }

    EvaluatorNode node() {
        return node;
    }

    /** What a gauge says, NaN as long as there is none with these tags (keys and values in turn). */
    double gauge(String name, String... tags) {
        Gauge gauge = metrics.find(name).tags(tags).gauge();
        return gauge == null ? Double.NaN : gauge.value();
    }

    /**
     * Has the operator find the pod of an Alertmanager, as a kubelet would report it.
     *
     * @param ip where it listens, at port 9093
     */
    void foundAlertmanager(String ip) {
        client().resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("alertmanager-0")
                        .withNamespace(SYSTEM)
                        .withLabels(ClusterNames.selector("alertmanager"))
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("alertmanager")
                        .withImage("alertmanager")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        EvaluatorNode.reportRunning(client(), SYSTEM, "alertmanager-0", "alertmanager", ip);
    }

    /** Writes one sample of a metric, now. */
    void sample(String series, double value) {
        victoriaMetrics.post("/api/v1/import/prometheus", series + " " + value + "\n");
    }

    /** Applies an AlertRule of the team's namespace, as kubectl apply --server-side does. */
    AlertRule apply(String name, String spec) {
        return apply(TEAM, name, spec);
    }

    /** The same in another namespace. */
    AlertRule apply(String namespace, String name, String spec) {
        AlertRule rule = Serialization.unmarshal(
                "apiVersion: tocsin.dev/v1alpha1\nkind: AlertRule\nmetadata: {name: %s, namespace: %s}\nspec:\n%s"
                        .formatted(name, namespace, spec.indent(2)),
                AlertRule.class);
        return client().resource(rule).fieldManager("test").forceConflicts().serverSideApply();
    }

    /** Applies an object of another kind in the team's namespace. */
    void put(String kind, String name, String spec) {
        GenericKubernetesResource object = Serialization.unmarshal(
                "apiVersion: tocsin.dev/v1alpha1\nkind: %s\nmetadata: {name: %s, namespace: %s}\nspec: {%s}\n"
                        .formatted(kind, name, TEAM, spec),
                GenericKubernetesResource.class);
        client().resource(object).fieldManager("test").forceConflicts().serverSideApply();
    }

    /** The ConfigMaps in which rules are published. */
    List<ConfigMap> slots() {
        return client().configMaps()
                .inNamespace(SYSTEM)
                .withLabel("app.kubernetes.io/component", "rules")
                .list()
                .getItems();
    }

    void delete(String name) {
        client().resources(AlertRule.class).inNamespace(TEAM).withName(name).delete();
    }

    AlertRule get(String name) {
        return get(TEAM, name);
    }

    AlertRule get(String namespace, String name) {
        return client().resources(AlertRule.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    /** Waits until the rule's status is as wanted. */
    AlertRuleStatus awaitStatus(String name, String what, Predicate<AlertRuleStatus> wanted) {
        return awaitStatus(TEAM, name, what, wanted);
    }

    AlertRuleStatus awaitStatus(String namespace, String name, String what, Predicate<AlertRuleStatus> wanted) {
        await("AlertRule " + namespace + "/" + name + ": " + what)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .failFast(() -> false)
                .untilAsserted(() -> {
                    AlertRuleStatus status = get(namespace, name).getStatus();
                    if (status == null || !wanted.test(status)) {
                        throw new AssertionError("status is " + Serialization.asJson(status));
                    }
                });
        return get(namespace, name).getStatus();
    }

    static boolean is(AlertRuleStatus status, String type, String truth) {
        return Conditions.find(status.conditions(), type)
                .filter(condition -> condition.status().equals(truth))
                .isPresent();
    }

    static String message(AlertRuleStatus status, String type) {
        return Conditions.find(status.conditions(), type)
                .map(Condition::message)
                .orElse("");
    }

    @Override
    public void close() {
        stopOperator();
        node.close();
        victoriaMetrics.close();
        apiServer.close();
    }
}
