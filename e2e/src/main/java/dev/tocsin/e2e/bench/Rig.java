package dev.tocsin.e2e.bench;

import dev.tocsin.api.v1alpha1.AlertRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All that Tocsin needs, real, on this machine, each program a process of its own; but for the kubelet's stand-in. */
final class Rig implements AutoCloseable {
    /** The operator's namespace. */
    static final String SYSTEM = "tocsin-system";

    /** The namespace of rules. */
    static final String TEAM = "team";

    /** A start with 100,000 rules takes that long on two cores. */
    private static final Duration LONGEST_START = Duration.ofMinutes(4);

    /** The namespace of what belongs to peers. */
    static final String PEER = "peer";

    /**
     * What differs between scenarios.
     *
     * @param memoryMiB of the operator's container
     * @param movesAtOnce how many rules may be on their way to another shard at a time
     */
    record Settings(int shards, int replicas, int memoryMiB, int movesAtOnce) {
        private static final int USUAL_MOVES_AT_ONCE = 200;

        Settings(int shards, int replicas, int memoryMiB) {
            this(shards, replicas, memoryMiB, USUAL_MOVES_AT_ONCE);
        }
    }

    private final Path folder;
    private final Settings settings;
    private final ControlPlane controlPlane;
    private final Engine victoriaMetrics;
    private final EvaluatorNode node;
    private @Nullable Engine operator;
    private int starts;

    private Rig(Path folder, Settings settings, ControlPlane controlPlane, Engine victoriaMetrics, EvaluatorNode node) {
        this.folder = folder;
        this.settings = settings;
        this.controlPlane = controlPlane;
        this.victoriaMetrics = victoriaMetrics;
        this.node = node;
    }

    /** Starts everything, and waits until the operator works and the evaluators run. */
    static Rig start(Path folder, Settings settings) throws IOException, InterruptedException {
        ControlPlane controlPlane = ControlPlane.start(folder.resolve("control-plane"));
        List.of(SYSTEM, TEAM, PEER).forEach(controlPlane::namespace);
        Engine victoriaMetrics = startVictoriaMetrics(folder);
        Rig result = new Rig(
                folder,
                settings,
                controlPlane,
                victoriaMetrics,
                new EvaluatorNode(controlPlane.client(), SYSTEM, folder.resolve("node")));
        result.startOperator();
        Wait.until(
                "the evaluators run",
                Duration.ofMinutes(1),
                Duration.ofMillis(100),
                () -> result.node.evaluators().size() == settings.shards() * settings.replicas());
        return result;
    }

    /** With new samples visible at once: what is measured is Tocsin. */
    private static Engine startVictoriaMetrics(Path folder) throws IOException, InterruptedException {
        String address = "127.0.0.1:" + Engine.freePort();
        return Engine.start(
                        "victoria-metrics",
                        folder.resolve("victoria-metrics.log"),
                        "http://" + address,
                        Engine.command(
                                "victoria-metrics",
                                List.of(
                                        "-storageDataPath=" + folder.resolve("victoria-metrics"),
                                        "-httpListenAddr=" + address,
                                        "-search.latencyOffset=0s",
                                        "-search.disableCache",
                                        "-inmemoryDataFlushInterval=1s")),
                        Map.of())
                .awaitAnswer("/health");
    }

    /** Starts the operator as its image does, in as much memory as its container has. */
    Engine startOperator() throws IOException, InterruptedException {
        return startOperator(settings.shards());
    }

    /** The same with another number of shards in the configuration. */
    Engine startOperator(int shards) throws IOException, InterruptedException {
        return startOperator(shards, "");
    }

    /**
     * The same with more in the configuration.
     *
     * @param more whole lines of YAML
     */
    Engine startOperator(int shards, String more) throws IOException, InterruptedException {
        Path configuration = Files.writeString(
                folder.resolve("operator.yaml"),
                """
            datasources: [{name: default, url: "%s", shards: %d}]
            rules: {interval: 60s}
            evaluators: {image: vmalert, replicas: %d, movesAtOnce: %d}
            alertmanager: {name: alertmanager, members: 1, configSecret: alertmanager-config}
            delivery: {clusterPolicyNamespaces: [%s]}
            """.formatted(victoriaMetrics.url(), shards, settings.replicas(), settings.movesAtOnce(), TEAM) + more);
        int port = Engine.freePort();
        List<String> command = new ArrayList<>(List.of(
                System.getProperty(
                        "bench.operator",
                        Repository.root().resolve("operator/target/tocsin").toString()),
                "operator",
                "--no-leader-election",
                "--config=" + configuration,
                "--namespace=" + SYSTEM,
                "--engines=" + Repository.tools(),
                "--port=" + port));
        Map<String, String> environment = new HashMap<>();
        environment.put("KUBECONFIG", controlPlane.kubeconfig().toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("JDK_JAVA_OPTIONS", javaOptions(settings.memoryMiB()));
        operator = Engine.start(
                        "operator",
                        folder.resolve("operator-%d.log".formatted(++starts)),
                        "http://127.0.0.1:" + port,
                        command,
                        environment)
                .awaitAnswer("/readyz", LONGEST_START);
        return operator;
    }

    /** Above the chart's limit of 512 MiB the heap is set as docs/scaling.md says. */
    private static String javaOptions(int memoryMiB) {
        String limit = "-XX:MaxRAM=" + memoryMiB + "m";
        return memoryMiB <= 512 ? limit : limit + " -Xmx" + (memoryMiB - 250) + "m";
    }

    void stopOperator() throws InterruptedException {
        operator().terminate();
        operator = null;
    }

    Engine operator() {
        return Objects.requireNonNull(operator);
    }

    ControlPlane controlPlane() {
        return controlPlane;
    }

    KubernetesClient client() {
        return controlPlane.client();
    }

    /** One of the rules of {@link Rules}, as it is now. */
    AlertRule rule(int number) {
        return client().resources(AlertRule.class)
                .inNamespace(TEAM)
                .withName(Rules.name(number))
                .require();
    }

    EvaluatorNode node() {
        return node;
    }

    Engine victoriaMetrics() {
        return victoriaMetrics;
    }

    Path folder() {
        return folder;
    }

    /** Seconds of CPU of all evaluators and of their datasource so far. */
    double enginesCpuSeconds() throws IOException {
        double result = victoriaMetrics.cpuSeconds();
        for (Engine evaluator : node.evaluators()) {
            result += evaluator.cpuSeconds();
        }
        return result;
    }

    /** How often each replica has loaded something new so far, by its address. */
    Map<String, Long> reloads() throws IOException {
        Map<String, Long> result = new HashMap<>();
        for (Engine evaluator : node.evaluators()) {
            result.put(evaluator.url(), evaluator.printed("Rules reloaded successfully"));
        }
        return result;
    }

    /** Waits until the operator has nothing more to write, and has written nothing for some seconds. */
    void awaitQuiet(Duration atMost) throws InterruptedException {
        double[] written = {-1};
        int[] same = {0};
        Wait.until("the operator has nothing more to write", atMost, Duration.ofSeconds(1), () -> {
            double now = operator().metric("tocsin_status_writes_total");
            same[0] = now == written[0] && operator().metric("tocsin_status_writes_waiting") == 0 ? same[0] + 1 : 0;
            written[0] = now;
            return same[0] >= 5;
        });
    }

    @Override
    public void close() {
        if (operator != null) {
            operator.close();
        }
        node.close();
        victoriaMetrics.close();
        controlPlane.close();
    }
}
