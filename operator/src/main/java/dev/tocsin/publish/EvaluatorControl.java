package dev.tocsin.publish;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes one vmalert load its rule files, and asks it which revisions it has loaded (vmalert 1.150). */
public class EvaluatorControl {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http;

    public EvaluatorControl(HttpClient http) {
        this.http = http;
    }

    /**
     * Asks for a reload. vmalert answers at once and always 200: only {@link #loadedRevisions} tells what came of it.
     *
     * @throws IOException if the replica cannot be reached
     */
    public void reload(Replica replica) throws IOException, InterruptedException {
        send(replica.url() + "/-/reload");
    }

    /**
     * Which of these revisions are loaded: each slot's file holds an empty group named after its revision.
     *
     * @throws IOException if the replica cannot be reached
     */
    public Set<String> loadedRevisions(Replica replica, Collection<String> revisions)
            throws IOException, InterruptedException {
        String filter = revisions.stream()
                .map(revision -> "rule_group%5B%5D=" + URLEncoder.encode(revision, StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        String body = send(replica.url() + "/api/v1/rules?" + filter);
        return JSON.readValue(body, Answer.class).data().groups().stream()
                .map(Group::name)
                .filter(revisions::contains)
                .collect(Collectors.toSet());
    }

    private String send(String url) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(url + " answers " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Answer(Data data) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Data(List<Group> groups) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Group(String name) {}
}
