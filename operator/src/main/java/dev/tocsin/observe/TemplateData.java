package dev.tocsin.observe;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What Alertmanager (v0.31.1, template.Data) executes the templates of a receiver with, for one group of alerts that
 * fire. Of those that have ended its API does not tell.
 */
record TemplateData(
        String receiver,
        String status,
        List<Alert> alerts,
        Map<String, String> groupLabels,
        Map<String, String> commonLabels,
        Map<String, String> commonAnnotations,
        @JsonProperty("externalURL") String externalUrl) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Alertmanager hides when an alert that fires would end. */
    private static final String NO_END = "0001-01-01T00:00:00Z";

    private static final String FIRING = "firing";

    /** One of the alerts. */
    record Alert(
            String status,
            Map<String, String> labels,
            Map<String, String> annotations,
            String startsAt,
            String endsAt,
            @JsonProperty("generatorURL") String generatorUrl,
            String fingerprint) {

        static Alert firing(
                Map<String, String> labels,
                Map<String, String> annotations,
                String startsAt,
                @Nullable String generatorUrl,
                String fingerprint) {
            return new Alert(
                    FIRING,
                    labels,
                    annotations,
                    startsAt,
                    NO_END,
                    Objects.requireNonNullElse(generatorUrl, ""),
                    fingerprint);
        }
    }

    /** @param alerts of one group, at least one */
    static TemplateData of(String receiver, Map<String, String> groupLabels, List<Alert> alerts) {
        return new TemplateData(
                receiver,
                FIRING,
                alerts,
                groupLabels,
                common(alerts, Alert::labels),
                common(alerts, Alert::annotations),
                "http://alertmanager");
    }

    private static Map<String, String> common(List<Alert> alerts, Function<Alert, Map<String, String>> pairs) {
        Map<String, String> common = new LinkedHashMap<>(pairs.apply(alerts.getFirst()));
        alerts.forEach(alert -> common.entrySet().retainAll(pairs.apply(alert).entrySet()));
        return common;
    }

    /** As <code>amtool template render --template.data</code> reads it. */
    String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can always be written", e);
        }
    }
}
