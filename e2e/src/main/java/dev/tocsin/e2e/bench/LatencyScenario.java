package dev.tocsin.e2e.bench;

import static dev.tocsin.e2e.bench.Goal.CONDITION_TO_FIRING_P99;
import static dev.tocsin.e2e.bench.Goal.CONDITION_TO_NOTIFICATION_P99;

import dev.tocsin.api.v1alpha1.AlertRuleState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Conditions that become true one after the other at random times: how long until the status says so and until the
 * receiver is told. The peer, one vmalert with one file and an Alertmanager of its own, sees the same series at the same
 * time.
 */
final class LatencyScenario implements Scenario {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String INTERVAL = "5s";
    private static final String PEER_NAME = "one vmalert with one file, one Alertmanager";

    @Override
    public Set<Goal> goals() {
        return Set.of(CONDITION_TO_FIRING_P99, CONDITION_TO_NOTIFICATION_P99);
    }

    @Override
    public void measure(Run run) throws Exception {
        int rules = run.size(100, 4);
        try (Rig rig = Rig.start(run.folder().resolve("latency"), new Rig.Settings(2, 2, 512));
                Statuses statuses = new Statuses(rig.client());
                Feeder feeder = new Feeder(rig.victoriaMetrics());
                Sink sink = new Sink();
                Engine peerAlertmanager = peerAlertmanager(rig, sink);
                Engine peerVmalert = peerVmalert(rig, rules, peerAlertmanager)) {
            for (int i = 0; i < rules; i++) {
                feeder.set(series(i), 0);
            }
            sink.receiveFrom(rig);
            Rules.create(rig.client(), Rules.PATH, 0, rules, i -> Rules.rule(i, series(i) + " > 0", INTERVAL));
            statuses.await(rules, "Inactive", PATIENCE, seen -> seen.state() == AlertRuleState.Inactive);
            rig.awaitQuiet(PATIENCE);

            Map<Integer, Long> flipped = new HashMap<>();
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, rules).boxed().toList());
            Random random = new Random(1);
            Collections.shuffle(order, random);
            for (int number : order) {
                flipped.put(number, System.nanoTime());
                feeder.set(series(number), 1);
                Thread.sleep(random.nextInt(2 * run.size(600, 300)));
            }
            statuses.await(rules, "Firing", PATIENCE, seen -> seen.state() == AlertRuleState.Firing);
            Wait.until("all alerts are notified", PATIENCE, Duration.ofMillis(100), () -> sink.notified() == 2 * rules);

            Spread firing = Spread.ofSeconds(flipped.entrySet().stream()
                    .map(flip -> Duration.ofNanos(Objects.requireNonNull(statuses.get(Rules.name(flip.getKey())))
                                    .stateNanos()
                            - flip.getValue()))
                    .toList());
            Spread notified = notified(sink, flipped, "BenchRule");
            Spread peer = notified(sink, flipped, "PeerRule");
            run.report(CONDITION_TO_FIRING_P99, firing.percentile(99), null, firing.toString());
            run.report(
                    CONDITION_TO_NOTIFICATION_P99,
                    notified.percentile(99),
                    new Figure.Peer(PEER_NAME, peer.percentile(99)),
                    notified + "; peer " + peer);
        }
    }

    private static Spread notified(Sink sink, Map<Integer, Long> flipped, String alert) {
        return Spread.ofSeconds(flipped.entrySet().stream()
                .map(flip -> Duration.ofNanos(sink.firstNanos(alert + flip.getKey()) - flip.getValue()))
                .toList());
    }

    private static String series(int number) {
        return "bench_condition{case=\"" + number + "\"}";
    }

    private static Engine peerAlertmanager(Rig rig, Sink sink) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(rig.folder().resolve("peer"));
        Path file = Files.writeString(folder.resolve("alertmanager.yaml"), """
            route: {receiver: sink, group_by: [alertname], group_wait: 1s, group_interval: 1s}
            receivers: [{name: sink, webhook_configs: [{url: "%s"}]}]
            """.formatted(sink.url()));
        String address = "127.0.0.1:" + Engine.freePort();
        return Engine.start(
                        "peer-alertmanager",
                        folder.resolve("alertmanager.log"),
                        "http://" + address,
                        Engine.command(
                                "alertmanager",
                                List.of(
                                        "--config.file=" + file,
                                        "--storage.path=" + folder.resolve("alertmanager-data"),
                                        "--web.listen-address=" + address,
                                        "--cluster.listen-address=")),
                        Map.of())
                .awaitAnswer("/-/ready");
    }

    private static Engine peerVmalert(Rig rig, int rules, Engine alertmanager)
            throws IOException, InterruptedException {
        Path folder = rig.folder().resolve("peer");
        Path file = Files.writeString(
                folder.resolve("rules.yaml"),
                IntStream.range(0, rules)
                        .mapToObj(i -> "- " + Rules.group(i, series(i) + " > 0", INTERVAL))
                        .collect(Collectors.joining("\n", "groups:\n", "\n")));
        return WholeSetPeer.unshardedVmalert(rig, folder, file, alertmanager.url());
    }
}
