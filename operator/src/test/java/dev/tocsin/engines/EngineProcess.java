package dev.tocsin.engines;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** A real engine that runs as a process on this machine's loopback addresses until it is closed. */
public final class EngineProcess implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final String url;

    private EngineProcess(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /**
     * Starts an engine and waits until it answers.
     *
     * @param name of the binary
     * @param address host:port on which it will listen
     * @param health path that answers 200 when it is up
     * @param log where its output goes
     */
    public static EngineProcess start(String name, String address, String health, Path log, List<String> arguments) {
        return start(name, address, health, log, arguments, Map.of());
    }

    /**
     * Starts an engine and waits until it answers.
     *
     * @param environment variables beside those of this process
     */
    public static EngineProcess start(
            String name,
            String address,
            String health,
            Path log,
            List<String> arguments,
            Map<String, String> environment) {
        List<String> command = new ArrayList<>(List.of(Engines.binary(name).toString()));
        command.addAll(arguments);
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            EngineProcess engine = new EngineProcess(process, "http://" + address);
            await(name + " answers at " + address + health)
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(50))
                    .ignoreExceptions()
                    .failFast(name + " has ended, see " + log, () -> !process.isAlive())
                    .until(() -> engine.get(health).statusCode() == 200);
            return engine;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** VictoriaMetrics that shows new samples at once. */
    public static EngineProcess victoriaMetrics(Path folder) {
        return victoriaMetrics(folder, Duration.ZERO);
    }

    /**
     * VictoriaMetrics that hides new samples.
     *
     * @param latencyOffset for how long; 30s is its own default
     */
    public static EngineProcess victoriaMetrics(Path folder, Duration latencyOffset) {
        String address = "127.0.0.1:" + freePort();
        return start(
                "victoria-metrics",
                address,
                "/health",
                folder.resolve("victoria-metrics.log"),
                List.of(
                        "-storageDataPath=" + folder.resolve("victoria-metrics"),
                        "-httpListenAddr=" + address,
                        "-search.latencyOffset=" + latencyOffset.toSeconds() + "s",
                        "-inmemoryDataFlushInterval=1s",
                        "-search.disableCache"));
    }

    /** Prometheus that takes samples by OpenTelemetry's protocol, also those that are older than others. */
    public static EngineProcess prometheus(Path folder) {
        String address = "127.0.0.1:" + freePort();
        return start(
                "prometheus",
                address,
                "/-/ready",
                folder.resolve("prometheus.log"),
                List.of(
                        "--config.file="
                                + written(
                                        folder, "prometheus.yml", "storage: {tsdb: {out_of_order_time_window: 1d}}\n"),
                        "--storage.tsdb.path=" + folder.resolve("prometheus"),
                        "--web.listen-address=" + address,
                        "--web.enable-otlp-receiver"));
    }

    /** vmalert that shows its alerts and tells nobody of them. */
    public static EngineProcess vmalert(Path folder, String rules, String datasource) {
        String address = "127.0.0.1:" + freePort();
        return start(
                "vmalert",
                address,
                "/health",
                folder.resolve("vmalert.log"),
                List.of(
                        "-rule=" + written(folder, "rules.yml", rules),
                        "-httpListenAddr=" + address,
                        "-datasource.url=" + datasource,
                        "-notifier.blackhole",
                        "-disableAlertgroupLabel",
                        "-rule.evalDelay=0s"));
    }

    private static Path written(Path folder, String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A port that nothing listens on at the moment: below those from which the system takes ports for outgoing
     * connections, so that it stays free until an engine listens.
     */
    public static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // another one, then
            }
        }
    }

    public String url() {
        return url;
    }

    public long pid() {
        return process.pid();
    }

    /** What the engine answers to a GET of that path. */
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(Duration.ofSeconds(5))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** What the engine answers to a POST of that text to that path. */
    public HttpResponse<String> post(String path, String body) {
        return post(path, "text/plain", body);
    }

    /** What the engine answers to a POST of that text to that path. */
    public HttpResponse<String> post(String path, String contentType, String body) {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(URI.create(url + path))
                            .header("Content-Type", contentType)
                            .timeout(Duration.ofSeconds(5))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
