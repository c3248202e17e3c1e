package dev.tocsin.publish;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes one Alertmanager load its configuration file, asks it which one it has loaded, and hands it alerts (v0.31.1). */
public class AlertmanagerControl {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int OK = 200;
    private static final String HASH = "alertmanager_config_hash ";
    private static final String SUCCESSFUL = "alertmanager_config_last_reload_successful ";

    private final HttpClient http;

    public AlertmanagerControl(HttpClient http) {
        this.http = http;
    }

    /**
     * What a member has loaded.
     *
     * @param hash of the configuration that it works with
     * @param successful whether its last attempt to load one succeeded
     */
    public record Loaded(double hash, boolean successful) {}

    /**
     * Makes it load its file now; it answers when that is done.
     *
     * @return why it refuses the file; empty when it has loaded it
     * @throws IOException if the member cannot be reached
     */
    public Optional<String> reload(Replica member) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                request(member, "/-/reload")
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return response.statusCode() == OK
                ? Optional.empty()
                : Optional.of(response.body().strip());
    }

    /**
     * Which configuration the member works with.
     *
     * @throws IOException if the member cannot be reached or does not say
     */
    public Loaded loaded(Replica member) throws IOException, InterruptedException {
        HttpResponse<Stream<String>> response =
                http.send(request(member, "/metrics").build(), HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = response.body()) {
            if (response.statusCode() != OK) {
                throw new IOException(member.pod() + " answers " + response.statusCode() + " to /metrics");
            }
            return loaded(member, lines.iterator());
        }
    }

    /** Two gauges without labels; the hash comes first, since families are sorted by name. */
    private static Loaded loaded(Replica member, Iterator<String> lines) throws IOException {
        double hash = Double.NaN;
        while (lines.hasNext()) {
            String line = lines.next();
            if (line.startsWith(HASH)) {
                hash = Double.parseDouble(line.substring(HASH.length()));
            } else if (line.startsWith(SUCCESSFUL)) {
                return new Loaded(hash, Double.parseDouble(line.substring(SUCCESSFUL.length())) == 1);
            }
        }
        throw new IOException(member.pod() + " does not say which configuration it has loaded");
    }

    /**
     * Hands it an alert.
     *
     * @param alert as POST /api/v2/alerts takes it, JSON
     * @throws IOException if the member cannot be reached or does not take it
     */
    public void send(Replica member, String alert) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                request(member, "/api/v2/alerts")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("[" + alert + "]"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != OK) {
            throw new IOException(member.pod() + " answers " + response.statusCode() + " to /api/v2/alerts");
        }
    }

    private static HttpRequest.Builder request(Replica member, String path) {
        return HttpRequest.newBuilder(URI.create(member.url() + path)).timeout(TIMEOUT);
    }
}
