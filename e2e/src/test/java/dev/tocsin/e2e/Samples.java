package dev.tocsin.e2e;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A metric whose values tests set: written into VictoriaMetrics every second, as a scraped one would be. */
final class Samples implements AutoCloseable {
    private static final String METRIC = "e2e_value";

    private final KubernetesClient client;
    private final String url;
    private final String server;
    private final Map<String, Double> values = new ConcurrentHashMap<>();
    private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("samples").factory());

    Samples(KubernetesClient client, String namespace, String service) {
        this.client = client;
        this.url = "http://%s.%s.svc:8428".formatted(service, namespace);
        this.server = "/api/v1/namespaces/%s/services/%s:http/proxy".formatted(namespace, service);
        Future<?> _ = writer.scheduleAtFixedRate(this::writeAgain, 1, 1, TimeUnit.SECONDS);
    }

    /** The VictoriaMetrics that holds them, as pods call it. */
    String url() {
        return url;
    }

    /** The selector of one series, to use in an expression. */
    static String series(Team team, String name) {
        return "%s{series=\"%s/%s\"}".formatted(METRIC, team.namespace(), name);
    }

    /** Sets a series to a value, from now on; queries see it when this returns. */
    void set(Team team, String name, double value) {
        set(team, List.of(name), value);
    }

    /** Sets several series to a value, from now on; queries see it when this returns. */
    void set(Team team, List<String> names, double value) {
        names.forEach(name -> values.put(series(team, name), value));
        write();
        client.raw(server + "/internal/force_flush");
    }

    private void write() {
        if (!values.isEmpty()) {
            client.raw(
                    server + "/api/v1/import/prometheus",
                    "POST",
                    values.entrySet().stream()
                            .map(entry -> entry.getKey() + " " + entry.getValue() + "\n")
                            .collect(Collectors.joining()));
        }
    }

    private void writeAgain() {
        try {
            write();
        } catch (KubernetesClientException e) {
            System.err.println("samples: " + e.getMessage() + "; tried again in a second");
        }
    }

    @Override
    public void close() {
        writer.shutdownNow();
    }
}
