package dev.tocsin.engines;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real Alertmanager on this machine, with its configuration file and storage in a folder of its own. */
public final class RunningAlertmanager implements AutoCloseable {
    private final Path folder;
    private final String url;
    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();

    private RunningAlertmanager(Path folder, String url, Process process) {
        this.folder = folder;
        this.url = url;
        this.process = process;
    }

    /**
     * Starts one and waits until it is ready.
     *
     * @param folder an empty folder
     * @param configuration the file that it starts with
     */
    public static RunningAlertmanager start(Path folder, String configuration)
            throws IOException, InterruptedException {
        return start(folder, configuration, "127.0.0.1:" + freePort());
    }

    /** The same with an address of the caller's, as HOST:PORT. */
    public static RunningAlertmanager start(Path folder, String configuration, String address)
            throws IOException, InterruptedException {
        Files.writeString(folder.resolve("alertmanager.yaml"), configuration);
        ProcessBuilder command = new ProcessBuilder(List.of(
                        Engines.binary("alertmanager").toString(),
                        "--config.file=" + folder.resolve("alertmanager.yaml"),
                        "--storage.path=" + folder.resolve("storage"),
                        "--web.listen-address=" + address,
                        "--cluster.listen-address=",
                        "--enable-feature=receiver-name-in-metrics"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        // AWS' library, for one, would take settings of this machine from it.
        command.environment().clear();
        Process process = command.start();
        RunningAlertmanager alertmanager = new RunningAlertmanager(folder, "http://" + address, process);
        alertmanager.awaitReady();
        return alertmanager;
    }

    /**
     * Starts one that tells of each alert by itself, at once, as firing and as resolved.
     *
     * @param folder where it makes a folder of its own
     * @param receiver the URL that is told
     */
    public static RunningAlertmanager tellingEach(Path folder, String receiver)
            throws IOException, InterruptedException {
        return tellingEach(folder, receiver, "127.0.0.1:" + freePort());
    }

    /** The same with an address of the caller's, as HOST:PORT. */
    public static RunningAlertmanager tellingEach(Path folder, String receiver, String address)
            throws IOException, InterruptedException {
        return start(Files.createDirectory(folder.resolve("alertmanager")), """
                route: {receiver: all, group_by: ["..."], group_wait: 0s, group_interval: 1s, repeat_interval: 4h}
                receivers:
                - {name: all, webhook_configs: [{url: "%s", send_resolved: true}]}
                """.formatted(receiver), address);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        for (int attempt = 0; attempt < 100; attempt++) {
            try {
                if (get("/-/ready").statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                if (!process.isAlive()) {
                    throw new IOException("Alertmanager ended: " + log(), e);
                }
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new IOException("Alertmanager is not ready: " + log());
    }

    public String url() {
        return url;
    }

    public String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    /** How often it has read its file, for whatever reason. */
    public long reloads() throws IOException {
        return log().lines()
                .filter(line -> line.contains("Loading configuration file"))
                .count();
    }

    /** Replaces the file, as the kubelet does. */
    public void replaceFile(String configuration) throws IOException {
        Files.writeString(folder.resolve("alertmanager.yaml"), configuration);
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Has it load its file now; answers when it has. */
    public HttpResponse<String> reload() throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(url + "/-/reload"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Sends one firing alert with these labels, given as JSON. */
    public void fire(String labels) throws IOException, InterruptedException {
        post("[{\"labels\":" + labels + ",\"annotations\":{\"summary\":\"it burns\"}}]");
    }

    /** Says that an alert with these labels, given as JSON, is over. */
    public void resolve(String labels) throws IOException, InterruptedException {
        post("[{\"labels\":" + labels + ",\"annotations\":{\"summary\":\"it burns\"},\"endsAt\":\""
                + Instant.now().minusMillis(1) + "\"}]");
    }

    private void post(String alerts) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(url + "/api/v2/alerts"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(alerts))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("Alertmanager refuses the alert: " + response.body());
        }
    }

    /** Silences alerts by one label for an hour; returns the silence's id. */
    public String silence(String label, String value) throws IOException, InterruptedException {
        Instant now = Instant.now();
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(url + "/api/v2/silences"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                """
                                {"matchers": [{"name": "%s", "value": "%s", "isRegex": false, "isEqual": true}],
                                 "startsAt": "%s", "endsAt": "%s", "createdBy": "test", "comment": "test"}
                                """.formatted(label, value, now, now.plusSeconds(3600))))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("Alertmanager refuses the silence: " + response.body());
        }
        return response.body()
                .replaceAll(".*\"silenceID\":\"([^\"]+)\".*", "$1")
                .strip();
    }

    /** Ends a silence. */
    public void expire(String silence) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(url + "/api/v2/silence/" + silence))
                        .DELETE()
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("Alertmanager does not end the silence: " + response.body());
        }
    }

    /** The sum of a metric over all series whose text holds all of these parts. */
    public double metric(String name, String... parts) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> Stream.of(parts).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
