package dev.tocsin.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * prometheus-operator with one Prometheus, on the whole cluster: takes PrometheusRules, one per rule. That a rule is loaded
 * is what Prometheus says.
 */
final class PrometheusOperatorPeer {
    static final String NAME = "prometheus-operator and Prometheus";
    private static final String PATH = "/apis/monitoring.coreos.com/v1/namespaces/" + Rig.TEAM + "/prometheusrules";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final WholeCluster cluster;

    PrometheusOperatorPeer(WholeCluster cluster) {
        this.cluster = cluster;
    }

    /** Creates the rules of these numbers; returns when the API server has them. */
    void create(int from, int to, String expression) throws InterruptedException {
        Rules.create(cluster.client(), PATH, from, to, i -> object(i, expression));
    }

    /** Creates a rule; the time until it is loaded. */
    Duration createOne(int number) throws InterruptedException {
        long began = System.nanoTime();
        create(number, number + 1, Rules.quietExpression(number));
        Wait.until(
                "the peer has loaded a rule",
                PATIENCE,
                Duration.ofMillis(100),
                () -> !get("/api/v1/rules?rule_name%5B%5D=" + Rules.peerAlert(number))
                        .path("data")
                        .path("groups")
                        .isEmpty());
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** How many rules are loaded. */
    int count() {
        return get("/api/v1/rules").path("data").path("groups").size();
    }

    /** Waits until so many rules are loaded. */
    void awaitRules(int count) throws InterruptedException {
        Wait.until("the peer has loaded " + count + " rules", PATIENCE, Duration.ofSeconds(1), () -> count() >= count);
    }

    /** Its active alerts: since when, by name. */
    Map<String, Instant> alerts() {
        Map<String, Instant> result = new HashMap<>();
        WholeCluster.add(result, get("/api/v1/alerts"));
        return result;
    }

    private JsonNode get(String path) {
        return cluster.get(Rig.PEER, "prometheus-peer-0", 9090, path);
    }

    private static String object(int number, String expression) {
        ObjectNode rule = Json.object("monitoring.coreos.com/v1", "PrometheusRule", Rig.TEAM, Rules.name(number));
        rule.putObject("spec").putArray("groups").add(Rules.group(number, expression, "60s", "1h"));
        return rule.toString();
    }
}
