package dev.tocsin.operator;

import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.Engines;
import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.publish.Replica;
import dev.tocsin.publish.SecretConfigurationStore;
import dev.tocsin.status.StatusWriter;
import dev.tocsin.vet.Amtool;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * The operator's side of delivery on a real API server, with one real Alertmanager, which has what is in the Secret as
 * soon as it is touched. The Secret is "config" in tocsin-system.
 */
final class DeliveryOperator implements AutoCloseable {
    /** Short, so that tests need not wait. */
    static final DeliveryLoop.Timing QUICK = new DeliveryLoop.Timing(
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofMillis(500));

    private final RunningAlertmanager alertmanager;
    private final SecretConfigurationStore store;
    private final StatusWriter statusWriter;
    private final DeliveryLoop loop;
    private final Operator operator;

    DeliveryOperator(
            KubernetesClient client,
            OperatorConfiguration configuration,
            RunningAlertmanager alertmanager,
            MeterRegistry metrics,
            DeliveryLoop.Timing timing) {
        this.alertmanager = alertmanager;
        this.store = new SecretConfigurationStore(client, "tocsin-system", "config", Optional.empty());
        this.statusWriter = new StatusWriter(client, metrics).start();
        this.loop = new DeliveryLoop(
                client,
                configuration,
                new Amtool(Engines.binary("amtool")),
                store,
                (member, revision) -> mount(),
                HttpClient.newHttpClient(),
                statusWriter,
                contactPoints -> {},
                metrics,
                Clock.systemUTC(),
                timing);
        this.operator =
                new Operator(overrider -> overrider.withKubernetesClient(client).withCloseClientOnStop(false));
        operator.register(new ContactPointReconciler(loop));
        operator.register(new NotificationPolicyReconciler(loop));
    }

    private void mount() {
        try {
            alertmanager.replaceFile(store.read().orElseThrow().yaml());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void lead() {
        operator.start();
        loop.start();
        loop.members().appeared(new Replica("alertmanager", "alertmanager-0", "uid", alertmanager.url()));
    }

    @Override
    public void close() {
        operator.stop();
        loop.close();
        statusWriter.close();
    }
}
