package dev.tocsin.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A webhook receiver that remembers what it was told of each alert, by the alert's name. */
final class Sink implements AutoCloseable {
    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final Map<String, List<Told>> alerts = new HashMap<>();

    /**
     * One alert in one notification.
     *
     * @param startsAt since when it fires, as the notification says
     * @param nanos when, by the monotonic clock
     */
    record Told(boolean firing, Instant startsAt, long nanos) {}

    Sink() throws IOException {
        server.createContext("/", exchange -> {
            long now = System.nanoTime();
            JsonNode message = Json.MAPPER.readTree(exchange.getRequestBody());
            synchronized (this) {
                for (JsonNode alert : message.path("alerts")) {
                    alerts.computeIfAbsent(
                                    alert.path("labels").path("alertname").asText(), name -> new ArrayList<>())
                            .add(new Told(
                                    alert.path("status").asText().equals("firing"),
                                    Instant.parse(alert.path("startsAt").asText()),
                                    now));
                }
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    /** Makes the contact point and the policy by which it is told of all alerts of the rules. */
    void receiveFrom(Rig rig) {
        String path = "/apis/tocsin.dev/v1alpha1/namespaces/" + Rig.TEAM + "/";
        ObjectNode contactPoint = Json.object("tocsin.dev/v1alpha1", "ContactPoint", Rig.TEAM, "sink");
        ObjectNode webhook =
                contactPoint.putObject("spec").putArray("receivers").addObject().putObject("webhook");
        webhook.put("sendResolved", true).putObject("url").put("value", url());
        rig.client().raw(path + "contactpoints", "POST", contactPoint.toString());
        ObjectNode policy = Json.object("tocsin.dev/v1alpha1", "NotificationPolicy", Rig.TEAM, "all");
        ObjectNode route = policy.putObject("spec").putObject("route");
        route.put("contactPoint", "sink").put("groupWait", "1s").put("groupInterval", "1s");
        route.putArray("groupBy").add("alertname");
        rig.client().raw(path + "notificationpolicies", "POST", policy.toString());
    }

    /** How many alerts it was told of. */
    synchronized int notified() {
        return alerts.size();
    }

    /** All that it was told of an alert. */
    synchronized List<Told> told(String alert) {
        return List.copyOf(alerts.getOrDefault(alert, List.of()));
    }

    /** When it was first told of an alert, by the monotonic clock. */
    synchronized long firstNanos(String alert) {
        return Objects.requireNonNull(alerts.get(alert)).getFirst().nanos();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
