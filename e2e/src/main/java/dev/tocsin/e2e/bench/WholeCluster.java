package dev.tocsin.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.publish.ClusterNames;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** A cluster with a kubelet, on it Tocsin as its chart comes, and prometheus-operator beside it, until it is closed. */
final class WholeCluster implements AutoCloseable {
    private final KubernetesClient client;
    private final Thread takeDown;

    private WholeCluster(KubernetesClient client, Thread takeDown) {
        this.client = client;
        this.takeDown = takeDown;
    }

    /** Brings it up; returns when all of it runs. */
    static WholeCluster up() throws IOException, InterruptedException {
        // Also when the benchmark is interrupted.
        Thread takeDown = new Thread(() -> script("down"));
        Runtime.getRuntime().addShutdownHook(takeDown);
        Path kubeconfig = Path.of(script("up").strip());
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(Files.readString(kubeconfig)))
                .build();
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(Rig.TEAM)
                        .endMetadata()
                        .build())
                .serverSideApply();
        return new WholeCluster(client, takeDown);
    }

    private static String script(String command) {
        try {
            Process process = new ProcessBuilder("e2e/bench-cluster", command)
                    .directory(Repository.root().toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("e2e/bench-cluster " + command + " failed");
            }
            return printed;
        } catch (IOException e) {
            throw new IllegalStateException("e2e/bench-cluster " + command + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("e2e/bench-cluster " + command + " was interrupted", e);
        }
    }

    KubernetesClient client() {
        return client;
    }

    /** What a pod answers, through the API server. */
    JsonNode get(String namespace, String pod, int port, String path) {
        return Json.read(client.raw("/api/v1/namespaces/" + namespace + "/pods/" + pod + ":" + port + "/proxy" + path));
    }

    /** The active alerts of all of Tocsin's evaluators: since when, by name; of replicas that differ the latest. */
    Map<String, Instant> alerts() {
        Map<String, Instant> result = new HashMap<>();
        for (Pod pod : client.pods()
                .inNamespace(Rig.SYSTEM)
                .withLabels(ClusterNames.selector("evaluator"))
                .list()
                .getItems()) {
            add(result, get(Rig.SYSTEM, pod.getMetadata().getName(), ClusterNames.EVALUATOR_PORT, "/api/v1/alerts"));
        }
        return result;
    }

    /** Adds alerts of an answer of a Prometheus or a vmalert: since when, by name, the latest where there are several. */
    static void add(Map<String, Instant> alerts, JsonNode answer) {
        for (JsonNode alert : answer.path("data").path("alerts")) {
            alerts.merge(
                    alert.path("labels").path("alertname").asText(),
                    Instant.parse(alert.path("activeAt").asText()),
                    (a, b) -> a.isAfter(b) ? a : b);
        }
    }

    @Override
    public void close() {
        client.close();
        Runtime.getRuntime().removeShutdownHook(takeDown);
        script("down");
    }
}
