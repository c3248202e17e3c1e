package dev.tocsin.command;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Counts the requests to the Kubernetes API that fail, by status code; code "none" when there is no answer at all. A
 * request that the client tries again counts each time; of one that is never answered, the last try does not (Fabric8
 * 7.8 tells of the tries that it repeats).
 */
final class ApiErrors implements Interceptor {
    static final String NAME = "tocsin.api.errors";
    private static final int FIRST_ERROR = 400;

    private final MeterRegistry metrics;

    ApiErrors(MeterRegistry metrics) {
        this.metrics = metrics;
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        if (response.code() >= FIRST_ERROR) {
            count(request, Integer.toString(response.code()));
        }
    }

    @Override
    public void afterConnectionFailure(HttpRequest request, Throwable failure) {
        count(request, "none");
    }

    private void count(HttpRequest request, String code) {
        metrics.counter(NAME, "method", request.method(), "code", code).increment();
    }
}
