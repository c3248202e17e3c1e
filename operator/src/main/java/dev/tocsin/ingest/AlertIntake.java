package dev.tocsin.ingest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens as an Alertmanager does to those who push alerts, and hands each on to every member: members share silences
 * and what was sent, but not alerts. It answers 200 when at least one member has taken them, as the others then need
 * not, and else what a member says.
 */
public final class AlertIntake implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertIntake.class);
    private static final String PATH = "/api/v2/alerts";
    private static final int MAX_BODY_BYTES = 4 * 1024 * 1024;
    private static final int AT_ONCE = 8;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String MAX_REQUEST_SECONDS = "20";

    private final List<Members> alertmanagers;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Semaphore places = new Semaphore(AT_ONCE, true);
    private final HttpServer server;
    private final Counter alerts;
    private final Counter stripped;
    private final Counter failures;

    /**
     * Members of an Alertmanager, all of the addresses that a name has.
     *
     * @param host a name or an address
     */
    public record Members(String host, int port) {

        /**
         * Reads host:port.
         *
         * @throws IllegalArgumentException if it is not written so
         */
        public static Members parse(String text) {
            URI uri = URI.create("http://" + text);
            if (uri.getHost() == null
                    || uri.getPort() < 0
                    || !("http://" + text).equals("http://" + uri.getAuthority())) {
                throw new IllegalArgumentException("\"" + text + "\" is not written host:port");
            }
            return new Members(uri.getHost(), uri.getPort());
        }

        private Stream<URI> addresses() {
            try {
                return Arrays.stream(InetAddress.getAllByName(host))
                        .map(address -> URI.create("http://" + literal(address) + ":" + port + PATH));
            } catch (UnknownHostException e) {
                LOG.warn("{} has no address", host);
                return Stream.empty();
            }
        }

        private static String literal(InetAddress address) {
            String text = address.getHostAddress();
            return text.contains(":") ? "[" + text + "]" : text;
        }
    }

    /** What is answered. */
    private record Answer(int status, String text) {}

    /**
     * Begins to listen.
     *
     * @param port 0 for any that is free
     */
    public AlertIntake(int port, List<Members> alertmanagers, MeterRegistry metrics) throws IOException {
        this.alertmanagers = List.copyOf(alertmanagers);
        this.alerts = Counter.builder("tocsin.ingest.alerts")
                .description("Alerts that others pushed and that were handed on")
                .register(metrics);
        this.stripped = Counter.builder("tocsin.ingest.stripped.labels")
                .description("Labels tocsin_… that others pushed and that were taken away")
                .register(metrics);
        this.failures = Counter.builder("tocsin.ingest.failures")
                .description("Requests that an Alertmanager member did not take")
                .register(metrics);
        // A sender that trickles must not hold a place for ever. Read by the server's class when it is loaded.
        System.setProperty("sun.net.httpserver.maxReqTime", MAX_REQUEST_SECONDS);
        this.server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Whether there is somebody to hand alerts on to. */
    public boolean isReady() {
        return alertmanagers.stream().flatMap(Members::addresses).findAny().isPresent();
    }

    @Override
    public void close() {
        server.stop(1);
        http.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange);
            byte[] body = (answer.text() + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestURI().getPath().equals(PATH)) {
            return new Answer(404, "alerts are taken at " + PATH + " only");
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().set("Allow", "POST");
            return new Answer(405, "alerts are posted; what is there is asked of Alertmanager itself");
        }
        try {
            if (!places.tryAcquire(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                return new Answer(503, "too many requests at once");
            }
            try {
                byte[] request = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
                return request.length > MAX_BODY_BYTES
                        ? new Answer(413, "more than " + MAX_BODY_BYTES + " bytes; push fewer alerts at once")
                        : handOn(request);
            } finally {
                places.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(503, "it ends");
        }
    }

    private Answer handOn(byte[] request) {
        ForeignAlerts clean;
        try {
            clean = ForeignAlerts.of(request);
        } catch (IOException e) {
            return new Answer(400, String.valueOf(e.getMessage()));
        }
        stripped.increment(clean.stripped());
        List<CompletableFuture<Optional<Answer>>> asked = new ArrayList<>();
        alertmanagers.stream()
                .flatMap(Members::addresses)
                .distinct()
                .forEach(member -> asked.add(post(member, clean.body())));
        List<Answer> answers =
                asked.stream().flatMap(answer -> answer.join().stream()).toList();
        int taken = answers.stream().filter(AlertIntake::isTaken).toList().size();
        failures.increment(asked.size() - taken);
        if (taken > 0) {
            alerts.increment(clean.alerts());
            return new Answer(200, "taken");
        }
        return answers.stream()
                .min(Comparator.comparingInt(Answer::status))
                .orElse(new Answer(503, "no member of Alertmanager can be reached"));
    }

    private static boolean isTaken(Answer answer) {
        return answer.status() / 100 == 2;
    }

    /** Empty when the member cannot be reached. */
    private CompletableFuture<Optional<Answer>> post(URI member, byte[] body) {
        HttpRequest request = HttpRequest.newBuilder(member)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> Optional.of(new Answer(response.statusCode(), response.body())))
                .exceptionally(failure -> {
                    LOG.warn("{} cannot be reached: {}", member.getAuthority(), failure.toString());
                    return Optional.empty();
                });
    }
}
