package dev.tocsin.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * A peer: a status that is written once a minute for every object, whether it has changed or not, with the time of the
 * last look, as DatadogMonitor's operator does. The objects are ConfigMaps of the peer's namespace.
 */
final class Stamper {
    static final String NAME = "status stamped once a minute";
    private static final int SECONDS_PER_ROUND = 60;
    private static final int CONCURRENT_WRITES = 16;

    private final Rig rig;
    private final int objects;

    Stamper(Rig rig, int objects) throws InterruptedException {
        this.rig = rig;
        this.objects = objects;
        Rules.create(
                rig.client(),
                "/api/v1/namespaces/" + Rig.PEER + "/configmaps",
                0,
                objects,
                number -> Json.object("v1", "ConfigMap", Rig.PEER, "stamped-" + number)
                        .toString());
    }

    /**
     * What it has done.
     *
     * @param writes to the API server
     * @param firing of those rules that were stamped as firing, the time from the evaluator's verdict
     */
    record Stamped(int writes, List<Duration> firing) {}

    /** Stamps all objects, spread evenly over each minute, until the time is over or every rule has been stamped firing. */
    Stamped run(Duration time) throws IOException, InterruptedException {
        Map<String, Duration> firing = new ConcurrentHashMap<>();
        Semaphore permits = new Semaphore(CONCURRENT_WRITES);
        int writes = 0;
        long began = System.nanoTime();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            while (System.nanoTime() - began < time.toNanos() && firing.size() < objects) {
                Map<String, Instant> active = activeAlerts();
                double elapsed = (System.nanoTime() - began) / 1e9;
                int due = (int) (elapsed * objects / SECONDS_PER_ROUND);
                for (; writes < due; writes++) {
                    int number = writes % objects;
                    Instant since = active.get(Rules.name(number));
                    permits.acquire();
                    executor.execute(() -> {
                        stamp(number, since == null ? "OK" : "Alert");
                        permits.release();
                        if (since != null) {
                            firing.putIfAbsent(Rules.name(number), Duration.between(since, Instant.now()));
                        }
                    });
                }
                Thread.sleep(500);
            }
        }
        return new Stamped(writes, List.copyOf(firing.values()));
    }

    private void stamp(int number, String state) {
        ObjectNode patch = Json.MAPPER.createObjectNode();
        patch.putObject("data")
                .put("state", state)
                .put("lastLook", Instant.now().toString());
        rig.client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(Rig.PEER)
                        .withName("stamped-" + number)
                        .endMetadata()
                        .build())
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
    }

    /** By the name of the rule, since when it fires. */
    Map<String, Instant> activeAlerts() throws IOException, InterruptedException {
        Map<String, Instant> result = new HashMap<>();
        for (Engine evaluator : rig.node().evaluators()) {
            for (JsonNode alert :
                    Json.read(evaluator.get("/api/v1/alerts")).path("data").path("alerts")) {
                result.put(
                        alert.path("labels").path("tocsin_rule").asText(),
                        OffsetDateTime.parse(alert.path("activeAt").asText()).toInstant());
            }
        }
        return result;
    }
}
