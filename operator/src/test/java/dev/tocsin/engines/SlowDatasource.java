package dev.tocsin.engines;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** A datasource that answers some queries later than the one behind it does, or for a while refuses all, or answers none. */
public final class SlowDatasource implements AutoCloseable {
    /** A header that tells who asks. */
    public static final String WHO = "Replica";

    private static final int UNAVAILABLE = 503;
    private static final int MANY = 1_000;

    private final HttpServer server;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, Duration> delays = new ConcurrentHashMap<>();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private volatile boolean away;
    private final Semaphore answers = new Semaphore(MANY);

    /** @param behind base URL of the real one */
    public SlowDatasource(String behind) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> answer(exchange, behind));
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Queries that contain that text are answered later by as much; by zero for not at all. */
    public void delay(String text, Duration delay) {
        delays.put(text, delay);
    }

    /** Whether every query is refused. */
    public void away(boolean now) {
        away = now;
    }

    /**
     * Refuses every query of one who asks.
     *
     * @param who as its header {@link #WHO} says
     */
    public void refuse(String who) {
        refused.add(who);
    }

    /** Whoever asks is answered. */
    public void refuseNobody() {
        refused.clear();
    }

    /** From now on queries wait: as where a node or a link is lost, and nothing closes the connection. */
    public void hang() {
        answers.acquireUninterruptibly(MANY);
    }

    /** Queries that wait are answered. */
    public void hangNoMore() {
        answers.release(MANY);
    }

    private void answer(HttpExchange exchange, String behind) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (away
                    || refused.contains(
                            String.valueOf(exchange.getRequestHeaders().getFirst(WHO)))) {
                exchange.sendResponseHeaders(UNAVAILABLE, -1);
                return;
            }
            answers.acquire();
            answers.release();
            String query = exchange.getRequestURI() + new String(body, StandardCharsets.UTF_8);
            for (Map.Entry<String, Duration> delay : delays.entrySet()) {
                if (query.contains(delay.getKey())) {
                    Thread.sleep(delay.getValue());
                }
            }
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(behind + exchange.getRequestURI()))
                    .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
            String type = exchange.getRequestHeaders().getFirst("Content-Type");
            if (type != null) {
                request.header("Content-Type", type);
            }
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            response.headers()
                    .firstValue("Content-Type")
                    .ifPresent(value -> exchange.getResponseHeaders().set("Content-Type", value));
            exchange.sendResponseHeaders(
                    response.statusCode(), response.body().length == 0 ? -1 : response.body().length);
            exchange.getResponseBody().write(response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        http.shutdownNow();
    }
}
