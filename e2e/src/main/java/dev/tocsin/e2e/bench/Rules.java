package dev.tocsin.e2e.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/** AlertRules as the benchmark makes them: of usual size, all of them different. */
final class Rules {
    static final String PATH = path(Rig.TEAM);
    private static final int WRITERS = 16;

    private Rules() {}

    /** Where the AlertRules of a namespace are. */
    static String path(String namespace) {
        return "/apis/tocsin.dev/v1alpha1/namespaces/" + namespace + "/alertrules";
    }

    static String name(int number) {
        return "rule-" + number;
    }

    /** An expression that selects one series of its own and is never true. */
    static String quietExpression(int number) {
        return "sum by (job) (rate(bench_requests_total{case=\"%d\"}[5m])) > %d".formatted(number, number);
    }

    /** An AlertRule as JSON. */
    static String rule(int number, String expression, String interval) {
        return rule(Rig.TEAM, number, expression, interval);
    }

    /** An AlertRule of some namespace as JSON. */
    static String rule(String namespace, int number, String expression, String interval) {
        return rule(namespace, number, expression, interval, "0s");
    }

    /** An AlertRule as JSON. */
    static String rule(int number, String expression, String interval, String pending) {
        return rule(Rig.TEAM, number, expression, interval, pending);
    }

    private static String rule(String namespace, int number, String expression, String interval, String pending) {
        ObjectNode rule = Json.object("tocsin.dev/v1alpha1", "AlertRule", namespace, name(number));
        rule.withObject("/metadata/labels").put("team", "bench");
        ObjectNode spec = rule.putObject("spec");
        spec.put("alert", "BenchRule" + number)
                .put("expr", expression)
                .put("interval", interval)
                .put("for", pending);
        describe(spec, number);
        return rule.toString();
    }

    /** What the same alert is called in {@link #group}. */
    static String peerAlert(int number) {
        return "PeerRule" + number;
    }

    /** The same as a group of a rule file, for peers: JSON on one line, which is also YAML. */
    static String group(int number, String expression, String interval) {
        return group(number, expression, interval, "0s").toString();
    }

    /** The same as JSON that goes into something else. */
    static ObjectNode group(int number, String expression, String interval, String pending) {
        ObjectNode group = Json.MAPPER.createObjectNode();
        group.put("name", Rig.PEER + "/" + name(number)).put("interval", interval);
        ObjectNode rule = group.putArray("rules").addObject();
        rule.put("alert", peerAlert(number)).put("expr", expression).put("for", pending);
        describe(rule, number);
        return group;
    }

    private static void describe(ObjectNode rule, int number) {
        rule.putObject("labels").put("severity", "none").put("service", "service-" + number % 50);
        rule.putObject("annotations")
                .put("summary", "{{ $labels.job }} has {{ $value }} in case " + number)
                .put("runbook", "https://runbooks.example.com/bench/requests-of-case-" + number);
    }

    /** Creates the objects of these numbers as fast as the API server takes them. */
    static void create(KubernetesClient client, String path, int from, int to, IntFunction<String> object)
            throws InterruptedException {
        // Without the answers: of 100,000 objects they would fill the heap.
        write(from, to, number -> client.raw(path, "POST", object.apply(number)));
    }

    /** Makes a write for each of these numbers, as fast as the API server takes them: as many at once as the operator. */
    static void write(int from, int to, IntConsumer write) throws InterruptedException {
        try (ExecutorService executor = Executors.newFixedThreadPool(WRITERS)) {
            List<Future<?>> writes = new ArrayList<>();
            for (int i = from; i < to; i++) {
                int number = i;
                writes.add(executor.submit(() -> write.accept(number)));
            }
            for (Future<?> each : writes) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("an object could not be written", e);
        }
    }
}
