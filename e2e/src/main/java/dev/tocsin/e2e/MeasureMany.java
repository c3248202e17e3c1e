package dev.tocsin.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.api.v1alpha1.AlertRuleStatus;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long many rules at once take to work: creates them as fast as the API server takes them, and measures from the
 * first create until a watch has shown condition Loaded=True on the last of them. Then prints what memory the operator's
 * pods hold.
 */
@Command(
        name = "measure-many",
        description = "Creates many AlertRules at once and prints how long it took until all were loaded everywhere.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class MeasureMany implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--rules", defaultValue = "2000", description = "How many rules. Default: ${DEFAULT-VALUE}.")
    private int rules;

    @Option(
            names = "--namespace",
            defaultValue = "measure-many",
            description = "Where the rules are made: a namespace of its own. Default: ${DEFAULT-VALUE}.")
    private String namespace = "";

    @Option(
            names = "--writers",
            defaultValue = "8",
            description = "Creates that are under way at a time. Default: ${DEFAULT-VALUE}.")
    private int writers;

    @Option(
            names = "--goal",
            defaultValue = "10",
            paramLabel = "SECONDS",
            description = "The time that is to be reached. Default: ${DEFAULT-VALUE}.")
    private int goal;

    @Option(
            names = "--memory-goal",
            defaultValue = "512",
            paramLabel = "MIB",
            description = "What an operator pod may hold. Default: ${DEFAULT-VALUE}.")
    private int memoryGoal;

    @Override
    public Integer call() throws InterruptedException, ExecutionException, IOException {
        try (KubernetesClient client = new KubernetesClientBuilder().build()) {
            client.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(namespace)
                            .endMetadata()
                            .build())
                    .serverSideApply();
            LoadedRules loaded = new LoadedRules(rules);
            try (Watch watch =
                    client.resources(AlertRule.class).inNamespace(namespace).watch(loaded)) {
                long began = System.nanoTime();
                create(client);
                Duration created = Duration.ofNanos(System.nanoTime() - began);
                if (!loaded.await(PATIENCE)) {
                    System.err.printf(
                            "only %d of %d rules were loaded within %d s%n",
                            loaded.count(), rules, PATIENCE.toSeconds());
                    return 1;
                }
                Duration all = Duration.ofNanos(loaded.lastAt() - began);
                boolean reached = all.compareTo(Duration.ofSeconds(goal)) <= 0;
                System.out.printf(
                        "%d rules created at once -> all loaded on every replica: %.1f s from the first create, of which"
                                + " creating took %.1f s (goal <= %d s: %s)%n",
                        rules, seconds(all), seconds(created), goal, reached ? "reached" : "MISSED");
                return printMemory(client) && reached ? 0 : 1;
            }
        }
    }

    private void create(KubernetesClient client) throws InterruptedException, ExecutionException {
        try (ExecutorService executor = Executors.newFixedThreadPool(writers)) {
            List<Future<AlertRule>> creates = new ArrayList<>();
            IntStream.range(0, rules)
                    .forEach(i -> creates.add(
                            executor.submit(() -> client.resource(rule(i)).create())));
            for (Future<AlertRule> create : creates) {
                create.get();
            }
        }
    }

    /** Of usual size, never true, all of them different. */
    private AlertRule rule(int i) {
        AlertRule rule = new AlertRule();
        rule.setMetadata(new ObjectMetaBuilder()
                .withName("rule-" + i)
                .withNamespace(namespace)
                .build());
        rule.setSpec(new AlertRuleSpec(
                null,
                null,
                "sum by (job) (rate(measure_many_total{case=\"%d\"}[5m])) > %d".formatted(i, i),
                "60s",
                "5m",
                null,
                Map.of("severity", "none"),
                Map.of("summary", "{{ $labels.job }} has {{ $value }} in case " + i),
                null));
        return rule;
    }

    /** Resident memory as the kubelets report it. */
    private boolean printMemory(KubernetesClient client) throws IOException {
        boolean reached = true;
        for (Node node : client.nodes().list().getItems()) {
            String summary = client.raw("/api/v1/nodes/" + node.getMetadata().getName() + "/proxy/stats/summary");
            for (JsonNode pod : JSON.readTree(summary).path("pods")) {
                String name = pod.path("podRef").path("name").asText();
                if (name.contains("tocsin") && name.contains("operator")) {
                    long mebibytes = pod.path("memory").path("rssBytes").asLong() >> 20;
                    reached &= mebibytes <= memoryGoal;
                    System.out.printf(
                            "resident memory of %s: %d MiB (goal <= %d MiB: %s)%n",
                            name, mebibytes, memoryGoal, mebibytes <= memoryGoal ? "reached" : "MISSED");
                }
            }
        }
        return reached;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /** Counts the rules that the watch has shown to be loaded. */
    private static final class LoadedRules implements Watcher<AlertRule> {
        private final Set<String> names = ConcurrentHashMap.newKeySet();
        private final CountDownLatch missing;
        private volatile long lastAt;

        LoadedRules(int rules) {
            this.missing = new CountDownLatch(rules);
        }

        @Override
        public void eventReceived(Action action, AlertRule rule) {
            if ((action == Action.ADDED || action == Action.MODIFIED) && isLoaded(rule.getStatus())) {
                if (names.add(rule.getMetadata().getName())) {
                    lastAt = System.nanoTime();
                    missing.countDown();
                }
            }
        }

        @Override
        public void onClose(WatcherException cause) {
            System.err.println("the watch ended: " + cause.getMessage());
        }

        boolean await(Duration atMost) throws InterruptedException {
            return missing.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        }

        long lastAt() {
            return lastAt;
        }

        int count() {
            return names.size();
        }

        private static boolean isLoaded(@Nullable AlertRuleStatus status) {
            return status != null
                    && status.conditions() != null
                    && status.conditions().stream()
                            .anyMatch(condition -> condition.type().equals("Loaded")
                                    && condition.status().equals("True"));
        }
    }

    /** Runs the measurement on the cluster that kubectl would use. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new MeasureMany()).execute(arguments));
    }
}
