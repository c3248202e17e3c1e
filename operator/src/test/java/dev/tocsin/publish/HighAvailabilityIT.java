package dev.tocsin.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.EngineProcess;
import dev.tocsin.engines.Engines;
import dev.tocsin.engines.LocalEvaluator;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three Alertmanagers and two evaluators with the flags of the chart and of the operator, put on this machine: each of
 * them is killed while alerts begin and end at a steady pace, and what a receiver is sent is counted. The number of
 * alerts is the system property <code>ha.alerts</code>; <code>make ha</code> does the same with pods.
 *
 * <p>A notification comes twice where a member is killed before it told the others that it sent it, and where an alert
 * ends while a member waits for those before it: it then tells what it saw before it waited (v0.31.1, dispatch.go,
 * flush). The longer the group interval is, the rarer the second one is.
 */
@Tag("integration")
class HighAvailabilityIT {
    private static final int ALERTS = Integer.getInteger("ha.alerts", 200);
    private static final int MEMBERS = 3;
    private static final int EVALUATORS = 2;

    private static final Duration GROUP_INTERVAL = Duration.ofMinutes(1);

    /** Alerts begin all this time, and each of them lasts between a twelfth and a third of it. */
    private static final Duration PACE = Duration.ofMinutes(4);

    /** In the place of the chart's: rules are evaluated each second here, and the alerts that the test itself sends each four. */
    private static final Duration START_DELAY = Duration.ofSeconds(5);

    /** What is told latest: by the last member, just after it has started. */
    private static final Duration LATE = Duration.ofSeconds(40);

    @TempDir
    Path folder;

    private final Map<String, Integer> values = new ConcurrentHashMap<>();
    private final ScheduledExecutorService samples = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService schedule = Executors.newSingleThreadScheduledExecutor();
    private final List<EngineProcess> members = new ArrayList<>();
    private final List<EngineProcess> evaluators = new ArrayList<>();
    private final List<String> web = new ArrayList<>();
    private final List<String> gossip = new ArrayList<>();
    private int starts;

    private CaptureServer receiver;
    private EngineProcess victoriaMetrics;

    @BeforeEach
    void start() throws IOException {
        receiver = new CaptureServer();
        victoriaMetrics = EngineProcess.victoriaMetrics(folder);
        Future<?> _ = samples.scheduleAtFixedRate(this::write, 0, 500, TimeUnit.MILLISECONDS);
        Files.writeString(
                folder.resolve("alertmanager.yaml"), """
                route:
                  {receiver: all, group_by: ['...'], group_wait: 0s, group_interval: %ds, repeat_interval: 4h,
                   routes: [{matchers: ['of="a group"'], group_by: [of], group_interval: 10s}]}
                receivers: [{name: all, webhook_configs: [{url: "%s"}]}]
                """.formatted(GROUP_INTERVAL.toSeconds(), receiver.url("/")));
        Files.writeString(folder.resolve("rules.yaml"), """
                groups: [{name: shop/fire, interval: 1s, rules: [{alert: Fire, expr: ha_value > 0}]}]
                """);
        for (int i = 0; i < MEMBERS; i++) {
            web.add("127.0.0.1:" + EngineProcess.freePort());
            gossip.add("127.0.0.1:" + EngineProcess.freePort());
        }
        for (int i = 0; i < MEMBERS; i++) {
            members.add(member(i));
        }
        for (int i = 0; i < EVALUATORS; i++) {
            evaluators.add(evaluator());
        }
        members.forEach(HighAvailabilityIT::awaitSettled);
        await("they notify")
                .pollDelay(START_DELAY)
                .atMost(START_DELAY.multipliedBy(2))
                .until(() -> true);
    }

    @AfterEach
    void stop() {
        samples.shutdownNow();
        schedule.shutdownNow();
        evaluators.forEach(EngineProcess::close);
        members.forEach(EngineProcess::close);
        victoriaMetrics.close();
        receiver.close();
    }

    @Test
    void noNotificationIsLostAndFewComeTwiceWhileEachMemberAndAnEvaluatorAreKilled() {
        List<Disturbance> disturbances = Stream.concat(
                        IntStream.range(0, MEMBERS).mapToObj(this::killMember),
                        Stream.of(new Disturbance(
                                () -> evaluators.removeFirst().close(), () -> evaluators.add(evaluator()))))
                .toList();
        long begun = System.nanoTime();
        for (int alert = 0; alert < ALERTS; alert++) {
            long begins = PACE.toMillis() * alert / ALERTS;
            long lasts = PACE.toMillis() / 12 + PACE.toMillis() / 4 * (alert * 7919L % 1000) / 1000;
            String series = "ha_value{alert=\"" + alert + "\"}";
            at(begins, () -> values.put(series, 1));
            at(begins + lasts, () -> values.put(series, 0));
        }
        for (int i = 0; i < disturbances.size(); i++) {
            Disturbance disturbance = disturbances.get(i);
            long when = PACE.toMillis() * (i + 1) / (disturbances.size() + 1);
            at(when, disturbance.kill());
            at(when + 3_000, disturbance.replace());
        }

        int wanted = 2 * ALERTS;
        await("each alert is told as firing and as resolved")
                .atMost(PACE.multipliedBy(2).plus(GROUP_INTERVAL).plus(LATE))
                .until(() -> sent().size() == wanted);
        await("whoever waited has told what it has to tell")
                .pollDelay(LATE)
                .atMost(LATE.multipliedBy(2))
                .until(() -> true);

        int doubled = sent().values().stream().mapToInt(times -> times - 1).sum();
        System.out.printf(
                "%d alerts began and ended in %d s, %d of %d notifications arrived, %d of them once more (%.2f %%)%n",
                ALERTS,
                (System.nanoTime() - begun) / 1_000_000_000,
                sent().size(),
                wanted,
                doubled,
                100.0 * doubled / wanted);
        assertThat(doubled).as("notifications that came twice, of " + wanted).isLessThanOrEqualTo(wanted / 20);
    }

    /** It hears of each rule's alerts when that is evaluated next. */
    @Test
    void aMemberThatRestartsDoesNotTellThatAGroupIsOverOfWhichItHasHeardAPart() {
        String over = alert("over", Instant.now().plusSeconds(60));
        String lasting = alert("lasting", Instant.now().plusSeconds(600));
        tellMembers(over);
        tellMembers(lasting);
        await("both fire")
                .atMost(LATE)
                .until(() -> sent().keySet().containsAll(Set.of("over/firing", "lasting/firing")));
        String ended = alert("over", Instant.now());
        tellMembers(ended);
        await("one of them is over").atMost(LATE).until(() -> sent().containsKey("over/resolved"));

        members.getFirst().close();
        members.set(0, member(0));
        Future<?> _ = schedule.scheduleAtFixedRate(() -> tellMembers(ended), 0, 4, TimeUnit.SECONDS);
        Future<?> _ = schedule.scheduleAtFixedRate(() -> tellMembers(lasting), 2, 4, TimeUnit.SECONDS);

        await("nobody is told that all is over")
                .during(LATE)
                .atMost(LATE.multipliedBy(2))
                .until(() -> statuses().equals(Set.of("firing")));
    }

    private static String alert(String name, Instant end) {
        return """
                [{"labels": {"alertname": "Direct", "of": "a group", "alert": "%s"}, "startsAt": "%s", "endsAt": "%s"}]
                """.formatted(name, end.minusSeconds(700), end);
    }

    private void tellMembers(String alerts) {
        members.forEach(member -> member.post("/api/v2/alerts", "application/json", alerts));
    }

    /** Of the notifications, not of the alerts in them. */
    private Set<String> statuses() {
        return receiver.requests().stream()
                .map(request -> Serialization.unmarshal(request.body(), JsonNode.class)
                        .get("status")
                        .asText())
                .collect(Collectors.toSet());
    }

    /** Something that is killed and later put in its place again. */
    private record Disturbance(Runnable kill, Runnable replace) {}

    private Disturbance killMember(int i) {
        return new Disturbance(() -> members.get(i).close(), () -> members.set(i, member(i)));
    }

    private void at(long millis, Runnable what) {
        Future<?> _ = schedule.schedule(what, millis, TimeUnit.MILLISECONDS);
    }

    /** How often each has arrived, by alert/status. */
    private Map<String, Integer> sent() {
        Map<String, Integer> sent = new HashMap<>();
        for (CaptureServer.Request request : receiver.requests()) {
            Serialization.unmarshal(request.body(), JsonNode.class)
                    .get("alerts")
                    .forEach(alert -> sent.merge(
                            "%s/%s"
                                    .formatted(
                                            alert.at("/labels/alert").asText(),
                                            alert.get("status").asText()),
                            1,
                            Integer::sum));
        }
        return sent;
    }

    // ---- engines ----

    private void write() {
        if (!values.isEmpty()) {
            victoriaMetrics.post(
                    "/api/v1/import/prometheus",
                    values.entrySet().stream()
                            .map(entry -> entry.getKey() + " " + entry.getValue() + "\n")
                            .collect(Collectors.joining()));
        }
    }

    /** A member as the chart runs it, without what it knew before. */
    private EngineProcess member(int i) {
        int start = starts++;
        List<String> arguments = new ArrayList<>();
        int peer = 0;
        for (String flag : flags()) {
            String name = flag.substring(0, Math.max(flag.indexOf('='), 0));
            arguments.add(
                    switch (name) {
                        case "--config.file" -> name + "=" + folder.resolve("alertmanager.yaml");
                        case "--storage.path" -> name + "=" + folder.resolve("member-" + start);
                        case "--dispatch.start-delay" -> name + "=" + START_DELAY.toSeconds() + "s";
                        case "--web.listen-address" -> name + "=" + web.get(i);
                        case "--cluster.listen-address" -> name + "=" + gossip.get(i);
                        case "--cluster.peer" -> name + "=" + gossip.get(peer++);
                        default -> flag;
                    });
        }
        assertThat(peer).as("every member knows every other").isEqualTo(MEMBERS);
        return EngineProcess.start(
                "alertmanager", web.get(i), "/-/ready", folder.resolve("member-" + start + ".log"), arguments);
    }

    private static List<String> flags() {
        try {
            String manifest = Files.readString(Engines.repositoryRoot().resolve("manifests/base/alertmanager.yaml"));
            return flags(Stream.of(manifest.split("(?m)^---$"))
                    .filter(document -> document.contains("kind: StatefulSet"))
                    .map(document -> Serialization.unmarshal(document, StatefulSet.class))
                    .findFirst()
                    .orElseThrow()
                    .getSpec()
                    .getTemplate());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of the engine, the pod's first container. */
    private static List<String> flags(PodTemplateSpec pod) {
        return pod.getSpec().getContainers().getFirst().getArgs();
    }

    private static void awaitSettled(EngineProcess member) {
        await("it sees the others and has settled")
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> {
                    JsonNode cluster = Serialization.unmarshal(
                                    member.get("/api/v2/status").body(), JsonNode.class)
                            .get("cluster");
                    return cluster.get("status").asText().equals("ready")
                            && cluster.get("peers").size() == MEMBERS;
                });
    }

    /** An evaluator as the operator runs it: it sends to every member. */
    private EngineProcess evaluator() {
        OperatorConfiguration configuration =
                OperatorConfiguration.parse("""
                datasources: [{name: default, url: "%s", shards: 1}]
                evaluators: {image: vmalert}
                alertmanager: {name: alertmanager, members: %d, configSecret: config}
                """.formatted(victoriaMetrics.url(), MEMBERS));
        List<String> flags = flags(new EvaluatorWorkloads(configuration, "tocsin-system", Optional.empty())
                .of(FewestShards.of(configuration)).stream()
                        .filter(Deployment.class::isInstance)
                        .map(Deployment.class::cast)
                        .findFirst()
                        .orElseThrow()
                        .getSpec()
                        .getTemplate());
        assertThat(flags).filteredOn(flag -> flag.startsWith("-notifier.url=")).hasSize(MEMBERS);
        String address = "127.0.0.1:" + EngineProcess.freePort();
        List<String> arguments = new ArrayList<>(LocalEvaluator.flags(
                flags, folder.resolve("rules.yaml").toString(), address, "http://" + web.getFirst()));
        web.stream().skip(1).forEach(member -> arguments.add("-notifier.url=http://" + member));
        return EngineProcess.start(
                "vmalert", address, "/health", folder.resolve("evaluator-" + starts++ + ".log"), arguments);
    }
}
