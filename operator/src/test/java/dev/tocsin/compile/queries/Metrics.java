package dev.tocsin.compile.queries;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.configuration.OperatorConfiguration.Language;
import dev.tocsin.engines.EngineProcess;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real VictoriaMetrics or Prometheus with the samples of a test. */
public final class Metrics implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern SERIES = Pattern.compile("(\\w+)(?:\\{(.*)})?");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    private final EngineProcess engine;
    private final Language language;

    private Metrics(EngineProcess engine, Language language) {
        this.engine = engine;
        this.language = language;
    }

    /** Starts an empty VictoriaMetrics. */
    public static Metrics start(Path folder) {
        return start(folder, Language.MetricsQL);
    }

    /** Starts an empty VictoriaMetrics that hides samples from queries for 30s, as it does by default. */
    public static Metrics startWithLatency(Path folder) {
        return new Metrics(EngineProcess.victoriaMetrics(folder, Duration.ofSeconds(30)), Language.MetricsQL);
    }

    /** Starts an empty engine of that language's own: VictoriaMetrics or Prometheus. */
    public static Metrics start(Path folder, Language language) {
        return new Metrics(
                switch (language) {
                    case MetricsQL -> EngineProcess.victoriaMetrics(folder);
                    case PromQL -> EngineProcess.prometheus(folder);
                },
                language);
    }

    public String url() {
        return engine.url();
    }

    /** Stops answering, as when the datasource is down. */
    public void kill() {
        engine.close();
    }

    /**
     * Stores one sample.
     *
     * @param series such as <code>cpu{instance="a"}</code>
     */
    public Metrics push(String series, double value, Instant at) {
        return switch (language) {
            case MetricsQL -> push(series + " " + text(value) + " " + at.toEpochMilli());
            case PromQL -> pushByOpenTelemetry(series, value, at);
        };
    }

    /**
     * Stores samples in VictoriaMetrics.
     *
     * @param lines in Prometheus' text format, with timestamps in milliseconds
     */
    public Metrics push(String lines) {
        assertThat(engine.post("/api/v1/import/prometheus", lines + "\n").statusCode())
                .isEqualTo(204);
        return this;
    }

    private Metrics pushByOpenTelemetry(String series, double value, Instant at) {
        Matcher parts = SERIES.matcher(series);
        assertThat(parts.matches()).as(series).isTrue();
        ObjectNode request = JSON.createObjectNode();
        ObjectNode metric = request.putArray("resourceMetrics")
                .addObject()
                .putArray("scopeMetrics")
                .addObject()
                .putArray("metrics")
                .addObject()
                .put("name", parts.group(1));
        ObjectNode point = metric.putObject("gauge").putArray("dataPoints").addObject();
        point.put("timeUnixNano", at.toEpochMilli() + "000000").put("asDouble", Double.toString(value));
        ArrayNode attributes = point.putArray("attributes");
        Matcher label = LABEL.matcher(Objects.requireNonNullElse(parts.group(2), ""));
        while (label.find()) {
            attributes.addObject().put("key", label.group(1)).putObject("value").put("stringValue", label.group(2));
        }
        HttpResponse<String> response = engine.post("/api/v1/otlp/v1/metrics", "application/json", request.toString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return this;
    }

    /** Makes what was stored visible to queries. */
    public Metrics flush() throws Exception {
        if (language == Language.PromQL) {
            return this;
        }
        assertThat(engine.get("/internal/force_flush").statusCode()).isEqualTo(200);
        return this;
    }

    /**
     * The answer to an expression at a time: numbers by labels, which are written <code>a=1,b=2</code>.
     *
     * @throws AssertionError with the engine's words, when it refuses
     */
    public Map<String, Double> query(String expression, Instant at) throws Exception {
        HttpResponse<String> response = engine.get("/api/v1/query?nocache=1&step=30s&time=" + at.getEpochSecond()
                + "&query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        assertThat(response.statusCode())
                .as("%s%n%s", expression, response.body())
                .isEqualTo(200);
        Map<String, Double> result = new TreeMap<>();
        for (JsonNode series : JSON.readTree(response.body()).at("/data/result")) {
            Map<String, String> labels = new TreeMap<>();
            series.path("metric")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            labels.remove("__name__");
            String value = series.at("/value/1").asText();
            Double other = result.put(
                    labels.toString().replaceAll("[{} ]", ""),
                    value.endsWith("Inf")
                            ? Double.parseDouble(value.replace("Inf", "Infinity"))
                            : Double.parseDouble(value));
            assertThat(other)
                    .as("%s: two series with labels %s", expression, labels)
                    .isNull();
        }
        return result;
    }

    /** The points of the only series with which the engine answers a range query; none when there is none. */
    public List<Double> points(String expression, Instant start, Instant end, long stepSeconds) throws Exception {
        HttpResponse<String> response = engine.get("/api/v1/query_range?nocache=1&step=" + stepSeconds + "s&start="
                + start.getEpochSecond() + "&end=" + end.getEpochSecond() + "&query="
                + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        List<Double> result = new ArrayList<>();
        JSON.readTree(response.body())
                .at("/data/result/0/values")
                .forEach(point -> result.add(point.path(1).asDouble()));
        return result;
    }

    private static String text(double value) {
        return Double.isInfinite(value) ? (value > 0 ? "+Inf" : "-Inf") : Double.toString(value);
    }

    @Override
    public void close() {
        engine.close();
    }
}
