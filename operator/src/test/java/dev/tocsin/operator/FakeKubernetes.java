package dev.tocsin.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * As much of the Kubernetes API as the delivery loop uses: lists (of namespaces an empty one), Secrets and ConfigMaps one by one, and status by JSON patch,
 * which is kept for the test to read.
 */
final class FakeKubernetes implements AutoCloseable {
    private static final String API = "/apis/tocsin.dev/v1alpha1";

    private final HttpServer server;
    private final Map<String, JsonNode> objects = new ConcurrentHashMap<>();
    private final Map<String, JsonNode> statuses = new ConcurrentHashMap<>();
    private final AtomicInteger statusWrites = new AtomicInteger();

    FakeKubernetes() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    KubernetesClient client() {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .withDisableHostnameVerification(true)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    /** Puts an object there, given as YAML, for lists and gets. */
    JsonNode put(String yaml) {
        JsonNode object = Serialization.unmarshal(yaml, JsonNode.class);
        objects.put(pathOf(object), object);
        return object;
    }

    void remove(String path) {
        objects.remove(path);
    }

    /** The status last applied to an object, by plural/namespace/name. */
    @Nullable
    JsonNode status(String plural, String namespace, String name) {
        return statuses.get(API + "/namespaces/" + namespace + "/" + plural + "/" + name);
    }

    int statusWrites() {
        return statusWrites.get();
    }

    private static String pathOf(JsonNode object) {
        JsonNode metadata = object.get("metadata");
        String plural = switch (object.get("kind").asText()) {
            case "ContactPoint" -> "contactpoints";
            case "NotificationPolicy" -> "notificationpolicies";
            case "ConfigMap" -> "configmaps";
            default -> "secrets";
        };
        return (plural.equals("secrets") || plural.equals("configmaps") ? "/api/v1" : API) + "/namespaces/"
                + metadata.get("namespace").asText() + "/" + plural + "/"
                + metadata.get("name").asText();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (exchange.getRequestMethod().equals("PATCH") && path.endsWith("/status")) {
            JsonNode patch = Serialization.unmarshal(new String(body, StandardCharsets.UTF_8), JsonNode.class);
            String object = path.substring(0, path.length() - "/status".length());
            statuses.put(object, patch.path(1).path("value"));
            statusWrites.incrementAndGet();
            answer(
                    exchange,
                    200,
                    objects.getOrDefault(object, Serialization.jsonMapper().createObjectNode()));
        } else if (path.equals(API + "/contactpoints") || path.equals(API + "/notificationpolicies")) {
            answer(exchange, 200, list(path.substring(API.length() + 1)));
        } else if (path.equals("/api/v1/namespaces")) {
            answer(exchange, 200, list("namespaces"));
        } else if (objects.containsKey(path)) {
            answer(exchange, 200, objects.get(path));
        } else {
            ObjectNode status = Serialization.jsonMapper().createObjectNode();
            status.put("kind", "Status")
                    .put("apiVersion", "v1")
                    .put("status", "Failure")
                    .put("code", 404);
            answer(exchange, 404, status);
        }
    }

    private ObjectNode list(String plural) {
        ObjectNode list = Serialization.jsonMapper().createObjectNode();
        list.put("apiVersion", "tocsin.dev/v1alpha1").put("kind", "List");
        list.putObject("metadata").put("resourceVersion", "1");
        var items = list.putArray("items");
        objects.forEach((path, object) -> {
            if (path.contains("/" + plural + "/")) {
                items.add(object);
            }
        });
        return list;
    }

    private static void answer(HttpExchange exchange, int code, JsonNode body) throws IOException {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
