package dev.tocsin.operator;

import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.ContactPointStatus;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.ApiServer;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.status.Conditions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * API server, Alertmanager, a server that it sends to and the operator's side of delivery, all real, for tests of one
 * namespace's objects. The API server serves many tests, the rest one.
 */
final class DeliveryWorld implements AutoCloseable {
    static final String SYSTEM = "tocsin-system";
    static final String TEAM = "shop";

    private static final OperatorConfiguration CONFIGURATION = OperatorConfiguration.parse("""
            datasources: [{name: default, url: "http://127.0.0.1:1"}]
            evaluators: {image: vmalert}
            alertmanager: {name: alertmanager, members: 1, configSecret: config}
            delivery: {clusterPolicyNamespaces: [shop]}
            """);

    private final ApiServer apiServer = ApiServer.start();
    private KubernetesClient operatorClient;
    private CaptureServer sink;
    private RunningAlertmanager alertmanager;
    private DeliveryOperator operator;

    DeliveryWorld() {
        apiServer.namespace(SYSTEM);
        apiServer.namespace(TEAM);
    }

    /** Begins a test; its operator does not lead yet. */
    void start(Path folder) throws IOException, InterruptedException {
        operatorClient = apiServer.newClient();
        sink = new CaptureServer();
        alertmanager = RunningAlertmanager.start(folder, "route: {receiver: a}\nreceivers: [{name: a}]\n");
        newOperator(DeliveryOperator.QUICK);
    }

    /** Ends a test, and takes away what it has left in the API server. */
    void stop() {
        operator.close();
        client().resources(ContactPoint.class).inNamespace(TEAM).delete();
        client().resources(NotificationPolicy.class).inNamespace(TEAM).delete();
        client().secrets().inNamespace(SYSTEM).delete();
        client().secrets().inNamespace(TEAM).delete();
        operatorClient.close();
        alertmanager.close();
        sink.close();
    }

    @Override
    public void close() {
        apiServer.close();
    }

    // ---- the operator ----

    /** Has the operator lead. */
    void lead() {
        operator.lead();
    }

    void stopOperator() {
        operator.close();
    }

    /** Another operator in the place of the one before, which is stopped; it does not lead yet. */
    void restartOperator(DeliveryLoop.Timing timing) {
        operator.close();
        newOperator(timing);
    }

    private void newOperator(DeliveryLoop.Timing timing) {
        operator = new DeliveryOperator(operatorClient, CONFIGURATION, alertmanager, new SimpleMeterRegistry(), timing);
    }

    // ---- what it works with ----

    CaptureServer sink() {
        return sink;
    }

    RunningAlertmanager alertmanager() {
        return alertmanager;
    }

    ApiServer apiServer() {
        return apiServer;
    }

    /** The test's own client. */
    KubernetesClient client() {
        return apiServer.client();
    }

    void create(HasMetadata object) {
        client().resource(object).create();
    }

    void apply(HasMetadata object) {
        client().resource(object).forceConflicts().serverSideApply();
    }

    /** A ContactPoint of the team. */
    Resource<ContactPoint> contactPoint(String name) {
        return client().resources(ContactPoint.class).inNamespace(TEAM).withName(name);
    }

    /** A NotificationPolicy of the team. */
    Resource<NotificationPolicy> policy(String name) {
        return client().resources(NotificationPolicy.class).inNamespace(TEAM).withName(name);
    }

    // ---- what it says ----

    /** Null as long as there is none. */
    static @Nullable ContactPointStatus status(Resource<ContactPoint> resource) {
        ContactPoint object = resource.get();
        return object == null ? null : object.getStatus();
    }

    /** One that is not there is Unknown without a reason. */
    static Condition condition(Resource<ContactPoint> resource, String type) {
        return condition(Optional.ofNullable(status(resource)).map(ContactPointStatus::conditions), type);
    }

    /** One that is not there is Unknown without a reason. */
    static Condition policyCondition(Resource<NotificationPolicy> resource, String type) {
        return condition(
                Optional.ofNullable(resource.get())
                        .flatMap(object -> Optional.ofNullable(object.getStatus()))
                        .flatMap(status -> Optional.ofNullable(status.conditions())),
                type);
    }

    private static Condition condition(Optional<List<Condition>> conditions, String type) {
        return conditions
                .flatMap(known -> Conditions.find(known, type))
                .orElse(new Condition(type, "Unknown", 0L, "", "", ""));
    }

    void awaitReady(String contactPoint) {
        await(contactPoint + " is ready")
                .until(() ->
                        condition(contactPoint(contactPoint), "Ready").status().equals("True"));
    }

    void awaitPolicyReady(String policy) {
        await(policy + " is ready")
                .until(() -> policyCondition(policy(policy), "Ready").status().equals("True"));
    }

    /** Alertmanager's configuration in the Secret; empty as long as there is none. */
    String published() {
        Secret secret =
                client().secrets().inNamespace(SYSTEM).withName("config").get();
        return secret == null
                ? ""
                : new String(
                        Base64.getDecoder().decode(secret.getData().get("alertmanager.yaml")), StandardCharsets.UTF_8);
    }
}
