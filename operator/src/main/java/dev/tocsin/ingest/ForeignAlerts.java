package dev.tocsin.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;

/**
 * Alerts as Alertmanager takes them (v0.31.1, POST /api/v2/alerts) without what only Tocsin's evaluators may say.
 *
 * @param body a JSON array
 * @param alerts how many there are
 * @param stripped how many labels were taken away
 */
record ForeignAlerts(byte[] body, int alerts, int stripped) {
    /** Of every label by which Tocsin knows its own alerts. */
    static final String OWN_PREFIX = "tocsin_";

    /**
     * The fields of an alert. No other is handed on: Alertmanager reads JSON as Go does, which takes "Labels" and even
     * "label&#x17F;" for "labels".
     */
    private static final List<String> FIELDS = List.of("labels", "annotations", "startsAt", "endsAt", "generatorURL");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * Reads a request.
     *
     * @throws IOException if it is not a JSON array of objects; the message says so in words
     */
    static ForeignAlerts of(byte[] request) throws IOException {
        JsonNode sent;
        try {
            sent = JSON.readTree(request);
        } catch (JsonProcessingException e) {
            throw new IOException("the body is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!sent.isArray()) {
            throw new IOException("the body is not a list of alerts");
        }
        ArrayNode alerts = JSON.createArrayNode();
        int stripped = 0;
        for (JsonNode alert : sent) {
            if (!alert.isObject() || !alert.path("labels").isObject()) {
                throw new IOException("an alert is not an object with labels");
            }
            ObjectNode clean = alerts.addObject();
            FIELDS.stream().filter(alert::has).forEach(field -> clean.set(field, alert.get(field)));
            ObjectNode labels = (ObjectNode) clean.get("labels");
            int before = labels.size();
            labels.properties().removeIf(label -> label.getKey().startsWith(OWN_PREFIX));
            stripped += before - labels.size();
        }
        return new ForeignAlerts(JSON.writeValueAsBytes(alerts), alerts.size(), stripped);
    }
}
