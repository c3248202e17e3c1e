package dev.tocsin.vet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.Verdict;
import dev.tocsin.configuration.OperatorConfiguration;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the datasource through <code>/api/v1/format_query</code> (Prometheus since 2.43, Mimir, Thanos), which parses
 * and does not evaluate.
 */
public final class DatasourceExpressionCheck implements ExpressionCheck {
    private static final Logger LOG = LoggerFactory.getLogger(DatasourceExpressionCheck.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int CONCURRENCY = 8;

    private final OperatorConfiguration configuration;
    private final HttpClient http;

    public DatasourceExpressionCheck(OperatorConfiguration configuration, HttpClient http) {
        this.configuration = configuration;
        this.http = http;
    }

    @Override
    public Map<CompiledRule, Verdict> check(Collection<CompiledRule> rules) {
        Map<CompiledRule, Future<Optional<Verdict>>> answers = new HashMap<>();
        Map<CompiledRule, Verdict> refused = new HashMap<>();
        try (ExecutorService executor =
                Executors.newFixedThreadPool(CONCURRENCY, Thread.ofVirtual().factory())) {
            rules.forEach(rule -> answers.put(rule, executor.submit(() -> ask(rule))));
            for (Map.Entry<CompiledRule, Future<Optional<Verdict>>> answer : answers.entrySet()) {
                answer.getValue().get().ifPresent(verdict -> refused.put(answer.getKey(), verdict));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return refused;
    }

    /** The first expression that is refused. */
    private Optional<Verdict> ask(CompiledRule rule) {
        OperatorConfiguration.Datasource datasource =
                configuration.datasource(rule.datasource()).orElseThrow();
        try {
            for (Map.Entry<String, String> expression : rule.expressions().entrySet()) {
                Optional<Verdict> refusal = ask(datasource, expression.getKey(), expression.getValue());
                if (refusal.isPresent()) {
                    return refusal;
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("datasource {} cannot be asked about an expression: {}", datasource.name(), e.toString());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Optional<Verdict> ask(OperatorConfiguration.Datasource datasource, String field, String expression)
            throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(datasource.url() + "/api/v1/format_query"))
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return refusal(field, response);
    }

    /** Only an answer that calls the data bad is a verdict; anything else says nothing about the expression. */
    private static Optional<Verdict> refusal(String field, HttpResponse<String> response)
            throws JsonProcessingException {
        if (response.statusCode() != 400) {
            return Optional.empty();
        }
        JsonNode body = JSON.readTree(response.body());
        return body.path("errorType").asText().equals("bad_data")
                ? Optional.of(new Verdict.Refused(
                        Verdict.Reason.InvalidExpression,
                        field + ": " + body.path("error").asText()))
                : Optional.empty();
    }
}
