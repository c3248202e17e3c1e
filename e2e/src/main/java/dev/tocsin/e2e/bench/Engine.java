package dev.tocsin.e2e.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program that runs until it is closed; what it uses is read from /proc. */
final class Engine implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final double TICKS_PER_SECOND = 100;
    private static final Pattern SAMPLE = Pattern.compile("^([a-zA-Z_:][\\w:]*)(\\{.*})? (\\S+)", Pattern.MULTILINE);

    private final String name;
    private final Process process;
    private final String url;
    private final Path log;

    private Engine(String name, Process process, String url, Path log) {
        this.name = name;
        this.process = process;
        this.url = url;
        this.log = log;
    }

    /**
     * Starts a program; returns at once.
     *
     * @param url of its web server
     */
    static Engine start(String name, Path log, String url, List<String> command, Map<String, String> environment)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return new Engine(name, process, url, log);
    }

    /** The command line of an engine that make tools has built. */
    static List<String> command(String engine, List<String> arguments) {
        List<String> result = new ArrayList<>(List.of(Repository.tool(engine).toString()));
        result.addAll(arguments);
        return result;
    }

    /** Waits until it answers 200 there. */
    Engine awaitAnswer(String path) throws InterruptedException {
        return awaitAnswer(path, PATIENCE);
    }

    /** Waits for so long until it answers 200 there. */
    Engine awaitAnswer(String path, Duration atMost) throws InterruptedException {
        Wait.until(name + " answers at " + url + path, atMost, Duration.ofMillis(20), () -> {
            mustRun();
            return answers(path);
        });
        return this;
    }

    /** Throws if it has ended. */
    void mustRun() {
        if (!process.isAlive()) {
            throw new IllegalStateException(name + " has ended, see " + log);
        }
    }

    boolean answers(String path) throws InterruptedException {
        try {
            return send(request(path).build()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = send(request(path).build());
        if (response.statusCode() != 200) {
            throw new IOException(url + path + " answers " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    void post(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = send(
                request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
        if (response.statusCode() >= 300) {
            throw new IOException(url + path + " answers " + response.statusCode() + ": " + response.body());
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(20));
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** A metric of the program, summed over its series. */
    double metric(String metric) throws IOException, InterruptedException {
        double sum = 0;
        Matcher samples = SAMPLE.matcher(get("/metrics"));
        while (samples.find()) {
            if (samples.group(1).equals(metric)) {
                sum += Double.parseDouble(samples.group(3));
            }
        }
        return sum;
    }

    /** How often a text is in what it has printed. */
    long printed(String text) throws IOException {
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(text)).count();
        }
    }

    /** Seconds of CPU so far, programs that it ran included. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(proc("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = 0;
        for (int field = 11; field <= 14; field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** Resident memory now, MiB. */
    double residentMiB() throws IOException {
        return status("VmRSS");
    }

    /** The largest resident memory so far, MiB. */
    double largestResidentMiB() throws IOException {
        return status("VmHWM");
    }

    private double status(String field) throws IOException {
        Matcher value = Pattern.compile("(?m)^" + field + ":\\s+(\\d+) kB").matcher(Files.readString(proc("status")));
        if (!value.find()) {
            throw new IOException(name + " has no " + field);
        }
        return Long.parseLong(value.group(1)) / 1024.0;
    }

    private Path proc(String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }

    String url() {
        return url;
    }

    /** Asks it to end, and waits until it has. */
    void terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException(name + " does not end, see " + log);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** A port that nothing listens on, below those that the system gives to outgoing connections. */
    static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // another one, then
            }
        }
    }
}
