package dev.tocsin.e2e.bench;

import static dev.tocsin.e2e.bench.Goal.PLACE_SECONDS_300000;
import static dev.tocsin.e2e.bench.Goal.POLL_CORES_300000;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import com.sun.net.httpserver.HttpServer;
import dev.tocsin.observe.EvaluatorState;
import dev.tocsin.place.Pool;
import dev.tocsin.publish.Replica;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.Executors;

/**
 * What cannot be run on one machine, simulated with the operator's own code: placing 300,000 rules, and asking 60 shards
 * of two replicas what they evaluate.
 */
final class ScaleScenario implements Scenario {
    private static final int RULES_PER_SHARD = 5_000;
    private static final int REPLICAS = 2;

    /** Between two polls of a replica's active alerts, and of its complete list when it has 5,000 rules. */
    private static final int ALERTS_SECONDS = 1;

    private static final int RULES_SECONDS = 100;

    @Override
    public Set<Goal> goals() {
        return Set.of(PLACE_SECONDS_300000, POLL_CORES_300000);
    }

    @Override
    public void measure(Run run) throws Exception {
        int rules = run.size(300_000, 10_000);
        if (run.wants(PLACE_SECONDS_300000)) {
            place(run, rules);
        }
        if (run.wants(POLL_CORES_300000)) {
            poll(run, rules);
        }
    }

    private static void place(Run run, int rules) {
        int shards = rules / RULES_PER_SHARD;
        double[] costs = PlacementScenario.costs(1, rules);
        long began = System.nanoTime();
        Pool pool = PlacementScenario.filled(shards, costs);
        double placed = (System.nanoTime() - began) / 1e9;
        long resizing = System.nanoTime();
        pool.resize(shards + 1);
        int moves = pool.begin(Integer.MAX_VALUE).size();
        double moved = (System.nanoTime() - resizing) / 1e9;
        run.report(
                PLACE_SECONDS_300000,
                placed + moved,
                null,
                "%d rules to %d shards %.1f s; one shard more: %d rules move (%.2f %%), %.1f s; load max/mean %.3f"
                        .formatted(rules, shards, placed, moves, 100.0 * moves / rules, moved, pool.imbalance()));
    }

    /** A round of both polls over all replicas, with one rule in a hundred firing; answers come from a local server. */
    private static void poll(Run run, int rules) throws IOException, InterruptedException {
        byte[] list = rulesAnswer();
        byte[] alerts = alertsAnswer();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            byte[] answer = exchange.getRequestURI().getPath().endsWith("alerts") ? alerts : list;
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        try (HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            EvaluatorState state = new EvaluatorState(http);
            Replica replica = new Replica(
                    "default-0",
                    "pod",
                    "uid",
                    "http://127.0.0.1:" + server.getAddress().getPort());
            int replicas = rules / RULES_PER_SHARD * REPLICAS;
            for (int warmUp = 0; warmUp < run.size(20, 1); warmUp++) {
                state.rules(replica);
                state.alerts(replica);
            }
            double before = cpuSeconds();
            for (int i = 0; i < replicas; i++) {
                state.rules(replica);
            }
            double ofRules = cpuSeconds() - before;
            before = cpuSeconds();
            for (int i = 0; i < replicas; i++) {
                state.alerts(replica);
            }
            double ofAlerts = cpuSeconds() - before;
            run.report(
                    POLL_CORES_300000,
                    ofRules / RULES_SECONDS + ofAlerts / ALERTS_SECONDS,
                    null,
                    "%d replicas of %d rules: all lists %.2f CPU seconds every %d s, all alerts (1 %% of the rules) %.3f every %d s"
                            .formatted(replicas, RULES_PER_SHARD, ofRules, RULES_SECONDS, ofAlerts, ALERTS_SECONDS));
        } finally {
            server.stop(0);
        }
    }

    private static double cpuSeconds() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e9;
    }

    private static byte[] rulesAnswer() {
        ObjectNode answer = Json.MAPPER.createObjectNode().put("status", "success");
        ArrayNode groups = answer.putObject("data").putArray("groups");
        for (int i = 0; i < RULES_PER_SHARD; i++) {
            ObjectNode group = groups.addObject();
            group.put("name", Rig.TEAM + "/" + Rules.name(i))
                    .put("interval", 30)
                    .put("id", "17602310" + (100_000_000 + i))
                    .put("file", "/slots/0/rules.yaml");
            ObjectNode rule = group.putArray("rules").addObject();
            rule.put("state", "inactive").put("name", "BenchRule" + i).put("query", Rules.quietExpression(i));
            rule.put("duration", 0).put("health", "ok").put("lastError", "").put("evaluationTime", 0.0012);
            rule.put("lastEvaluation", "2026-01-01T00:00:00.123456789Z").put("type", "alerting");
            rule.put("lastSamples", 0).put("lastSeriesFetched", 1).put("datasourceType", "prometheus");
            rule.putObject("labels").put("severity", "none").put("tocsin_rule", Rules.name(i));
            rule.putObject("annotations")
                    .put("summary", "{{ $labels.job }} has {{ $value }} in case " + i)
                    .put("runbook", "https://runbooks.example.com/bench/requests-of-case-" + i);
        }
        return answer.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] alertsAnswer() {
        ObjectNode answer = Json.MAPPER.createObjectNode().put("status", "success");
        ArrayNode alerts = answer.putObject("data").putArray("alerts");
        for (int i = 0; i < RULES_PER_SHARD / 100; i++) {
            ObjectNode alert = alerts.addObject();
            alert.put("state", "firing").put("name", "BenchRule" + i).put("value", "1");
            alert.put("group_id", "17602310" + (100_000_000 + i));
            alert.put("activeAt", "2026-01-01T00:00:00Z").put("expression", Rules.quietExpression(i));
            alert.putObject("labels")
                    .put("alertname", "BenchRule" + i)
                    .put("tocsin_namespace", Rig.TEAM)
                    .put("tocsin_rule", Rules.name(i));
            alert.putObject("annotations").put("summary", "one has 1 in case " + i);
        }
        return answer.toString().getBytes(StandardCharsets.UTF_8);
    }
}
