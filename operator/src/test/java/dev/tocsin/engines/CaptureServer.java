package dev.tocsin.engines;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** Keeps every request that a receiver's other side would get. */
public final class CaptureServer implements AutoCloseable {
    private final HttpServer server;
    private final String scheme;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Map<String, String> redirects = new ConcurrentHashMap<>();
    private volatile int status = 200;

    /** A request as it came; the path is with its query. */
    public record Request(String method, String path, Map<String, List<String>> headers, String body) {

        /** The first value of a header, empty when there is none. */
        public String header(String name) {
            return headers.getOrDefault(name, List.of("")).getFirst();
        }
    }

    private record Answer(String contentType, String body) {}

    /** Speaks plain HTTP. */
    public CaptureServer() throws IOException {
        this(HttpServer.create(loopback(), 0), "http");
    }

    private CaptureServer(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    Map.copyOf(exchange.getRequestHeaders()),
                    body));
            String elsewhere = redirects.get(exchange.getRequestURI().getPath());
            if (elsewhere != null) {
                exchange.getResponseHeaders().set("Location", elsewhere);
                exchange.sendResponseHeaders(307, -1);
                exchange.close();
                return;
            }
            Answer answer = answers.getOrDefault(exchange.getRequestURI().getPath(), new Answer("text/plain", "ok"));
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    /**
     * Speaks TLS.
     *
     * @param clientCertificates whether to turn away clients that show none that the identity trusts
     */
    public static CaptureServer tls(TlsIdentity identity, boolean clientCertificates) throws IOException {
        HttpsServer server = HttpsServer.create(loopback(), 0);
        SSLContext context = identity.context();
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters tls = context.getDefaultSSLParameters();
                tls.setNeedClientAuth(clientCertificates);
                parameters.setSSLParameters(tls);
            }
        });
        return new CaptureServer(server, "https");
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String url(String path) {
        return scheme + "://127.0.0.1:" + port() + path;
    }

    /** What it answers from now on. */
    public void answer(int newStatus) {
        status = newStatus;
    }

    /** What it answers to requests for a path. */
    public void answer(String path, String contentType, String body) {
        answers.put(path, new Answer(contentType, body));
    }

    /** Sends requests for a path to another URL. */
    public void redirect(String path, String url) {
        redirects.put(path, url);
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Those for a path, with or without a query. */
    public List<Request> requests(String path) {
        return requests.stream()
                .filter(request -> request.path().equals(path) || request.path().startsWith(path + "?"))
                .toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
