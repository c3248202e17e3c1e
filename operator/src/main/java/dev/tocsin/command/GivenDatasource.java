package dev.tocsin.command;

import dev.tocsin.configuration.OperatorConfiguration.Language;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A datasource that the command line names, and of which no configuration tells more.
 *
 * @param language found out by asking it
 */
record GivenDatasource(String url, Language language) {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Prometheus has no operator of this name (3.x: "bad_data: parse error"); MetricsQL has. */
    private static final String METRICSQL_ONLY = "1 default 2";

    /**
     * Asks each of them one question.
     *
     * @param urls by name
     * @return by name
     * @throws BadInput if one does not answer as a datasource does
     */
    static Map<String, GivenDatasource> ask(Map<String, String> urls) {
        Map<String, GivenDatasource> result = new LinkedHashMap<>();
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            urls.forEach((name, url) -> result.put(name, new GivenDatasource(url, languageOf(http, name, url))));
        }
        return result;
    }

    private static Language languageOf(HttpClient http, String name, String url) {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(url + "/api/v1/query?query="
                                    + URLEncoder.encode(METRICSQL_ONLY, StandardCharsets.UTF_8)))
                            .timeout(TIMEOUT)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return switch (answer.statusCode()) {
                case 200 -> Language.MetricsQL;
                case 400 -> Language.PromQL;
                default ->
                    throw new BadInput("--datasource: %s=%s answers %d to a query; give the URL before /api/v1/query"
                            .formatted(name, url, answer.statusCode()));
            };
        } catch (IllegalArgumentException e) {
            throw new BadInput("--datasource: %s=%s is no URL: %s".formatted(name, url, e.getMessage()));
        } catch (IOException e) {
            throw new BadInput("--datasource: %s=%s cannot be asked: %s".formatted(name, url, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BadInput("--datasource: interrupted");
        }
    }
}
