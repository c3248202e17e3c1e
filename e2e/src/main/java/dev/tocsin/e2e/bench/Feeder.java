package dev.tocsin.e2e.bench;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Writes the current value of some series to VictoriaMetrics once a second, as a scraper would. */
final class Feeder implements AutoCloseable {
    private final Engine victoriaMetrics;
    private final Map<String, Integer> values = new ConcurrentHashMap<>();
    private final Thread thread = Thread.ofVirtual().name("feeder").unstarted(this::run);

    Feeder(Engine victoriaMetrics) {
        this.victoriaMetrics = victoriaMetrics;
        thread.start();
    }

    /** A series has this value, for everyone who asks when this returns. */
    void set(String series, int value) throws IOException, InterruptedException {
        set(List.of(series), value);
    }

    /**
     * These series have this value, for everyone who asks when this returns: VictoriaMetrics (1.150.0) shows samples by
     * itself 2 to 4 s after it took them.
     */
    void set(Collection<String> series, int value) throws IOException, InterruptedException {
        Map<String, Integer> samples = new HashMap<>();
        series.forEach(one -> samples.put(one, value));
        values.putAll(samples);
        write(samples);
        victoriaMetrics.get("/internal/force_flush");
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(1000);
                if (!values.isEmpty()) {
                    write(values);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            System.err.println("samples could not be written: " + e);
        }
    }

    private void write(Map<String, Integer> samples) throws IOException, InterruptedException {
        victoriaMetrics.post(
                "/api/v1/import/prometheus",
                samples.entrySet().stream()
                        .map(sample -> sample.getKey() + " " + sample.getValue())
                        .collect(Collectors.joining("\n", "", "\n")));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
