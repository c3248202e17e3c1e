package dev.tocsin.publish;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Gives alerts to one Alertmanager, and asks it for those that it has (v0.31.1, /api/v2/alerts). */
public final class AlertmanagerAlerts {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int OK = 200;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http;

    public AlertmanagerAlerts(HttpClient http) {
        this.http = http;
    }

    /**
     * One alert.
     *
     * @param endsAt when it ends unless it is sent again
     * @param generatorUrl where it comes from, as its notifications say; may be empty
     */
    public record Alert(
            Map<String, String> labels,
            Map<String, String> annotations,
            Instant startsAt,
            Instant endsAt,
            String generatorUrl) {

        /** An alert whose times are written as Alertmanager's API writes them, and which may have no generator. */
        public static Alert read(
                Map<String, String> labels,
                Map<String, String> annotations,
                String startsAt,
                String endsAt,
                @Nullable String generatorUrl) {
            return new Alert(
                    labels,
                    annotations,
                    OffsetDateTime.parse(startsAt).toInstant(),
                    OffsetDateTime.parse(endsAt).toInstant(),
                    Objects.requireNonNullElse(generatorUrl, ""));
        }

        /** The same alert with another end. */
        public Alert until(Instant end) {
            return new Alert(labels, annotations, startsAt, end, generatorUrl);
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record ApiAlert(
            Map<String, String> labels,
            Map<String, String> annotations,
            String startsAt,
            String endsAt,
            @Nullable String generatorURL) {
        static ApiAlert of(Alert alert) {
            return new ApiAlert(
                    alert.labels(),
                    alert.annotations(),
                    alert.startsAt().toString(),
                    alert.endsAt().toString(),
                    alert.generatorUrl());
        }

        Alert alert() {
            return Alert.read(labels, annotations, startsAt, endsAt, generatorURL);
        }
    }

    /**
     * Gives it alerts.
     *
     * @throws IOException if it cannot be reached or refuses them
     */
    public void post(Replica member, List<Alert> alerts) throws IOException, InterruptedException {
        String body = JSON.writeValueAsString(alerts.stream().map(ApiAlert::of).toList());
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(member.url() + "/api/v2/alerts"))
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != OK) {
            throw new IOException(member.pod() + " answers " + response.statusCode() + ": " + response.body());
        }
    }

    /**
     * The alerts of an AlertRule that it has and that have not ended.
     *
     * @throws IOException if it cannot be reached
     */
    public List<Alert> of(Replica member, ObjectKey key) throws IOException, InterruptedException {
        return get(
                member,
                filter(RuleCompiler.NAMESPACE_LABEL, "=", key.namespace()) + "&"
                        + filter(RuleCompiler.RULE_LABEL, "=", key.name()));
    }

    /**
     * The alerts of all AlertRules that it has and that have not ended.
     *
     * @throws IOException if it cannot be reached
     */
    public Map<ObjectKey, List<Alert>> ofAll(Replica member) throws IOException, InterruptedException {
        return get(
                        member,
                        filter(RuleCompiler.NAMESPACE_LABEL, "!=", "") + "&"
                                + filter(RuleCompiler.RULE_LABEL, "!=", ""))
                .stream()
                .collect(Collectors.groupingBy(alert -> new ObjectKey(
                        alert.labels().getOrDefault(RuleCompiler.NAMESPACE_LABEL, ""),
                        alert.labels().getOrDefault(RuleCompiler.RULE_LABEL, ""))));
    }

    private List<Alert> get(Replica member, String filter) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(member.url() + "/api/v2/alerts?" + filter))
                        .timeout(TIMEOUT)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != OK) {
            throw new IOException(member.pod() + " answers " + response.statusCode());
        }
        return JSON.readValue(response.body(), new TypeReference<List<ApiAlert>>() {}).stream()
                .map(ApiAlert::alert)
                .toList();
    }

    private static String filter(String label, String operator, String value) {
        return "filter=" + URLEncoder.encode(label + operator + "\"" + value + "\"", StandardCharsets.UTF_8);
    }
}
