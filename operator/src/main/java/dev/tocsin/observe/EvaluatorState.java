package dev.tocsin.observe;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.publish.Replica;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the state of one vmalert from its API (vmalert 1.150: /api/v1/alerts, /api/v1/rules). */
public final class EvaluatorState {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final ObjectReader ALERTS = JSON.readerFor(AlertsAnswer.class);
    private static final ObjectReader RULES = JSON.readerFor(RulesAnswer.class);

    private final HttpClient http;

    public EvaluatorState(HttpClient http) {
        this.http = http;
    }

    /**
     * The active alerts, by rule; small, whatever the number of rules.
     *
     * @throws IOException if the replica cannot be asked
     */
    public Map<ObjectKey, List<SeenAlert>> alerts(Replica replica) throws IOException, InterruptedException {
        Map<ObjectKey, List<SeenAlert>> result = new HashMap<>();
        AlertsAnswer answer = get(replica.url() + "/api/v1/alerts", ALERTS);
        for (ApiAlert alert : Objects.requireNonNullElse(answer.data().alerts(), List.<ApiAlert>of())) {
            String namespace = alert.labels().get(RuleCompiler.NAMESPACE_LABEL);
            String name = alert.labels().get(RuleCompiler.RULE_LABEL);
            if (namespace != null && name != null) {
                result.computeIfAbsent(new ObjectKey(namespace, name), key -> new ArrayList<>())
                        .add(alert.seen());
            }
        }
        return result;
    }

    /**
     * All rules: some hundred bytes each, so it is asked for rarely.
     *
     * @throws IOException if the replica cannot be asked
     */
    public Map<ObjectKey, SeenRule> rules(Replica replica) throws IOException, InterruptedException {
        return rulesAt(replica.url() + "/api/v1/rules");
    }

    /**
     * These rules only.
     *
     * @throws IOException if the replica cannot be asked
     */
    public Map<ObjectKey, SeenRule> rules(Replica replica, Collection<ObjectKey> keys)
            throws IOException, InterruptedException {
        return rulesAt(keys.stream()
                .map(key -> "rule_group%5B%5D=" + URLEncoder.encode(key.toString(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&", replica.url() + "/api/v1/rules?", "")));
    }

    private Map<ObjectKey, SeenRule> rulesAt(String url) throws IOException, InterruptedException {
        Map<ObjectKey, SeenRule> result = new HashMap<>();
        RulesAnswer answer = get(url, RULES);
        for (ApiGroup group : Objects.requireNonNullElse(answer.data().groups(), List.<ApiGroup>of())) {
            if (group.rules() != null
                    && !group.rules().isEmpty()
                    && group.name().contains("/")) {
                result.put(
                        ObjectKey.parse(group.name()), group.rules().getFirst().seen());
            }
        }
        return result;
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // as Jackson's reader has it
    private <T> T get(String url, ObjectReader reader) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = http.send(
                HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException(url + " answers " + response.statusCode());
            }
            return reader.readValue(body);
        }
    }

    private static Instant time(@Nullable String text) {
        if (text == null || text.startsWith("0001-")) {
            return Instant.EPOCH;
        }
        return OffsetDateTime.parse(text).toInstant();
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record AlertsAnswer(AlertsData data) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record AlertsData(@Nullable List<ApiAlert> alerts) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record ApiAlert(String state, String value, Map<String, String> labels, String activeAt) {
        SeenAlert seen() {
            Map<String, String> own = new TreeMap<>(labels);
            own.remove("alertname");
            own.remove(RuleCompiler.NAMESPACE_LABEL);
            own.remove(RuleCompiler.RULE_LABEL);
            return new SeenAlert(state.equals("firing"), own, value, time(activeAt));
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record RulesAnswer(RulesData data) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record RulesData(@Nullable List<ApiGroup> groups) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record ApiGroup(String name, @Nullable List<ApiRule> rules) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record ApiRule(
            @JsonProperty("lastError") @Nullable String lastError,
            @Nullable String lastEvaluation,
            @Nullable Integer lastSamples,
            @Nullable Integer lastSeriesFetched) {
        SeenRule seen() {
            boolean nothing =
                    lastSeriesFetched != null && lastSeriesFetched == 0 && (lastSamples == null || lastSamples == 0);
            return new SeenRule(time(lastEvaluation), lastError == null ? "" : lastError.strip(), nothing);
        }
    }
}
