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
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the state of one vmalert from its API (vmalert 1.150: /api/v1/alerts, /api/v1/rules). */
public final class EvaluatorState {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final ObjectReader ALERTS = JSON.readerFor(AlertsAnswer.class);
    private static final Pattern SLOT_FILE = Pattern.compile(".*/(\\d{1,4})/[^/]+");
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
        AlertsAnswer answer = read(send(replica.url() + "/api/v1/alerts"), ALERTS);
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
    public Map<RuleInSlot, SeenRule> rules(Replica replica) throws IOException, InterruptedException {
        return rulesAt(replica.url() + "/api/v1/rules?exclude_alerts=true");
    }

    /**
     * These rules only.
     *
     * @throws IOException if the replica cannot be asked
     */
    public Map<RuleInSlot, SeenRule> rules(Replica replica, Collection<ObjectKey> keys)
            throws IOException, InterruptedException {
        return rulesAt(keys.stream()
                .map(key -> "rule_group%5B%5D=" + URLEncoder.encode(key.toString(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&", replica.url() + "/api/v1/rules?exclude_alerts=true&", "")));
    }

    /**
     * The rules whose last evaluation failed; few, as long as the datasource answers.
     *
     * @throws IOException if the replica cannot be asked
     */
    public Map<RuleInSlot, SeenRule> failing(Replica replica) throws IOException, InterruptedException {
        return rulesAt(replica.url() + "/api/v1/rules?extended_states=true&state=unhealthy&exclude_alerts=true");
    }

    private Map<RuleInSlot, SeenRule> rulesAt(String url) throws IOException, InterruptedException {
        Map<RuleInSlot, SeenRule> result = new HashMap<>();
        HttpResponse<InputStream> response = send(url);
        Instant now = date(response);
        RulesAnswer answer = read(response, RULES);
        for (ApiGroup group : Objects.requireNonNullElse(answer.data().groups(), List.<ApiGroup>of())) {
            if (group.rules() != null
                    && !group.rules().isEmpty()
                    && group.name().contains("/")) {
                result.put(
                        new RuleInSlot(ObjectKey.parse(group.name()), slot(group.file())),
                        group.seen(group.rules(), now));
            }
        }
        return result;
    }

    /** Each slot is mounted as a folder of its number. */
    private static int slot(String file) {
        Matcher matcher = SLOT_FILE.matcher(file);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
    }

    private HttpResponse<InputStream> send(String url) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build(),
                HttpResponse.BodyHandlers.ofInputStream());
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // as Jackson's reader has it
    private static <T> T read(HttpResponse<InputStream> response, ObjectReader reader) throws IOException {
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException(response.uri() + " answers " + response.statusCode());
            }
            return reader.readValue(body);
        }
    }

    /** When the replica answered, by its own clock; long ago if it does not say. */
    private static Instant date(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Date")
                .map(text -> DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from))
                .orElse(Instant.EPOCH);
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
    private record ApiAlert(
            String state,
            String value,
            Map<String, String> labels,
            String activeAt,
            @JsonProperty("group_id") String groupId) {
        SeenAlert seen() {
            return new SeenAlert(
                    state.equals("firing"), SeenAlert.ownLabels(labels), value, time(activeAt), groupId.intern());
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record RulesAnswer(RulesData data) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record RulesData(@Nullable List<ApiGroup> groups) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record ApiGroup(
            String name,
            String id,
            String file,
            double interval,
            @Nullable List<ApiRule> rules) {
        /** The first rule is the alert, the others go with it: what one of them fails at, the AlertRule fails at. */
        SeenRule seen(List<ApiRule> of, Instant now) {
            ApiRule first = of.getFirst();
            Instant lastEvaluation = time(first.lastEvaluation());
            return new SeenRule(
                    id.intern(),
                    lastEvaluation,
                    of.stream()
                            .map(ApiRule::error)
                            .filter(error -> !error.isEmpty())
                            .findFirst()
                            .orElse(""),
                    first.matchesNothing(),
                    lastEvaluation.equals(Instant.EPOCH) ? Pace.NONE : pace(of, lastEvaluation, now));
        }

        private Pace pace(List<ApiRule> of, Instant lastEvaluation, Instant now) {
            double took = of.stream().mapToDouble(ApiRule::evaluationTime).sum();
            return new Pace(interval, took, Math.max(0, lastEvaluation.until(now, ChronoUnit.MILLIS) / 1e3));
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record ApiRule(
            @JsonProperty("lastError") @Nullable String lastError,
            @Nullable String lastEvaluation,
            double evaluationTime,
            @Nullable Integer lastSamples,
            @Nullable Integer lastSeriesFetched) {
        String error() {
            return lastError == null ? "" : lastError.strip();
        }

        boolean matchesNothing() {
            return lastSeriesFetched != null && lastSeriesFetched == 0 && (lastSamples == null || lastSamples == 0);
        }
    }
}
