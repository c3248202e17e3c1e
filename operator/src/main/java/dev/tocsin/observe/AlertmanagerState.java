package dev.tocsin.observe;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.tocsin.api.v1alpha1.Hold;
import dev.tocsin.observe.SendCounters.Sender;
import dev.tocsin.publish.AlertmanagerAlerts.Alert;
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
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the state of one Alertmanager member (v0.31.1: /api/v2/alerts/groups, /metrics). */
public final class AlertmanagerState {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int OK = 200;
    private static final ObjectReader GROUPS = JsonMapper.builder().build().readerForListOf(ApiGroup.class);

    private static final String REQUESTS = "alertmanager_notification_requests_total{";
    private static final String FAILED_REQUESTS = "alertmanager_notification_requests_failed_total{";
    private static final String LOST = "alertmanager_notifications_failed_total{";
    private static final String LOADED_AT = "alertmanager_config_last_reload_success_timestamp_seconds ";

    /** Names of receivers are namespace/name and hold nothing that the exposition format escapes. */
    private static final Pattern LABEL = Pattern.compile("(integration|receiver_name|reason)=\"([^\"]*)\"");

    private final HttpClient http;

    public AlertmanagerState(HttpClient http) {
        this.http = http;
    }

    /**
     * All alerts that have not ended. The groups are asked for, since the list of alerts does not say which of them are
     * muted: muting is a matter of each group, which goes to one receiver.
     *
     * @throws IOException if the member cannot be asked
     */
    public List<RoutedAlert> alerts(Replica member) throws IOException, InterruptedException {
        return alerts(groups(member, ""));
    }

    /**
     * What the templates of a receiver are executed with when it is told of the alerts that the member has for it now:
     * for each group the data as <code>amtool template render</code> reads it.
     *
     * @param receiver Alertmanager's name of it
     * @throws IOException if the member cannot be asked
     */
    public List<String> templateData(Replica member, String receiver) throws IOException, InterruptedException {
        String only = "?receiver=" + URLEncoder.encode(Pattern.quote(receiver), StandardCharsets.UTF_8);
        return groups(member, only).stream()
                .flatMap(group -> group.templateData().stream())
                .map(TemplateData::toJson)
                .toList();
    }

    private List<ApiGroup> groups(Replica member, String query) throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                http.send(request(member, "/api/v2/alerts/groups" + query), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != OK) {
                throw new IOException(member.pod() + " answers " + response.statusCode() + " to /api/v2/alerts/groups");
            }
            return GROUPS.readValue(body);
        }
    }

    /** An alert is in a group for each route that takes it. */
    private static List<RoutedAlert> alerts(List<ApiGroup> groups) {
        Map<Map<String, String>, RoutedAlert> alerts = new LinkedHashMap<>();
        for (ApiGroup group : groups) {
            for (ApiAlert alert : group.alerts()) {
                RoutedAlert routed = alerts.computeIfAbsent(
                        alert.labels(),
                        labels -> new RoutedAlert(
                                alert.alert(),
                                OffsetDateTime.parse(alert.updatedAt()).toInstant(),
                                new TreeSet<>(),
                                new TreeSet<>(),
                                EnumSet.noneOf(Hold.class)));
                Set<Hold> holds = alert.status().holds();
                routed.receivers().add(group.receiver().name());
                routed.holds().addAll(holds);
                if (holds.isEmpty()) {
                    routed.told().add(group.receiver().name());
                }
            }
        }
        return List.copyOf(alerts.values());
    }

    /**
     * What the member has counted of its sending. It names receivers only with the feature flag
     * receiver-name-in-metrics; without it the answer is empty.
     *
     * @throws IOException if the member cannot be asked
     */
    public Map<Sender, SendCounters> sendCounters(Replica member) throws IOException, InterruptedException {
        HttpResponse<Stream<String>> response =
                http.send(request(member, "/metrics"), HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = response.body()) {
            if (response.statusCode() != OK) {
                throw new IOException(member.pod() + " answers " + response.statusCode() + " to /metrics");
            }
            return sendCounters(lines.iterator());
        }
    }

    static Map<Sender, SendCounters> sendCounters(Iterator<String> lines) {
        Map<Sender, Double> requests = new HashMap<>();
        Map<Sender, Double> failed = new HashMap<>();
        Map<Sender, Map<String, Double>> lost = new HashMap<>();
        double loadedAt = 0;
        while (lines.hasNext()) {
            String line = lines.next();
            if (line.startsWith(REQUESTS)) {
                sample(line, (sender, reason, value) -> requests.put(sender, value));
            } else if (line.startsWith(FAILED_REQUESTS)) {
                sample(line, (sender, reason, value) -> failed.put(sender, value));
            } else if (line.startsWith(LOST)) {
                sample(
                        line,
                        (sender, reason, value) -> lost.computeIfAbsent(sender, key -> new HashMap<>())
                                .put(reason, value));
            } else if (line.startsWith(LOADED_AT)) {
                loadedAt = value(line);
            }
        }
        Map<Sender, SendCounters> result = new HashMap<>();
        for (Map.Entry<Sender, Double> count : requests.entrySet()) {
            Sender sender = count.getKey();
            result.put(
                    sender,
                    new SendCounters(
                            loadedAt,
                            count.getValue(),
                            failed.getOrDefault(sender, 0.0),
                            lost.getOrDefault(sender, Map.of())));
        }
        return result;
    }

    private interface Sample {
        void take(Sender sender, String reason, double value);
    }

    private static void sample(String line, Sample sample) {
        Map<String, String> labels = new HashMap<>();
        Matcher matcher = LABEL.matcher(line);
        while (matcher.find()) {
            labels.put(matcher.group(1), matcher.group(2));
        }
        String receiver = labels.get("receiver_name");
        if (receiver != null) {
            sample.take(
                    new Sender(receiver, labels.getOrDefault("integration", "")),
                    labels.getOrDefault("reason", ""),
                    value(line));
        }
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }

    private static HttpRequest request(Replica member, String path) {
        return HttpRequest.newBuilder(URI.create(member.url() + path))
                .timeout(TIMEOUT)
                .build();
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record ApiGroup(Map<String, String> labels, ApiReceiver receiver, List<ApiAlert> alerts) {

        /** Absent where nobody is told. */
        Optional<TemplateData> templateData() {
            List<TemplateData.Alert> told = alerts.stream()
                    .filter(alert -> alert.status().holds().isEmpty())
                    .map(ApiAlert::firing)
                    .toList();
            return told.isEmpty() ? Optional.empty() : Optional.of(TemplateData.of(receiver.name(), labels, told));
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record ApiAlert(
            Map<String, String> labels,
            Map<String, String> annotations,
            String startsAt,
            String updatedAt,
            String endsAt,
            @Nullable String generatorURL,
            String fingerprint,
            ApiStatus status) {

        Alert alert() {
            return Alert.read(labels, annotations, startsAt, endsAt, generatorURL);
        }

        TemplateData.Alert firing() {
            return TemplateData.Alert.firing(labels, annotations, startsAt, generatorURL, fingerprint);
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record ApiReceiver(String name) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record ApiStatus(
            @Nullable List<String> silencedBy,
            @Nullable List<String> inhibitedBy,
            @Nullable List<String> mutedBy) {

        Set<Hold> holds() {
            Set<Hold> holds = EnumSet.noneOf(Hold.class);
            add(holds, Hold.Silenced, silencedBy);
            add(holds, Hold.Inhibited, inhibitedBy);
            add(holds, Hold.Muted, mutedBy);
            return holds;
        }

        private static void add(Set<Hold> holds, Hold hold, @Nullable List<String> by) {
            if (by != null && !by.isEmpty()) {
                holds.add(hold);
            }
        }
    }
}
