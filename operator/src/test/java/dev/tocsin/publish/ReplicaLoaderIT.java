package dev.tocsin.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.compile.CompiledRules;
import dev.tocsin.engines.EngineProcess;
import dev.tocsin.place.SlotId;
import dev.tocsin.publish.PublishedSlots.Revision;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real vmalert; the test plays the kubelet, which brings what is published to files when a pod is touched. */
@Tag("integration")
class ReplicaLoaderIT {
    private static final SlotId FIRST = new SlotId("default", 0, 0);
    private static final SlotId SECOND = new SlotId("default", 0, 1);

    @TempDir
    Path folder;

    private final String address = "127.0.0.1:" + EngineProcess.freePort();
    private final Replica replica = new Replica("default-0", "evaluator-0", "uid", "http://" + address);
    private final PublishedSlots published = new PublishedSlots();
    private final Map<SlotId, SlotFile> configMaps = new ConcurrentHashMap<>();
    private final List<String> touches = new CopyOnWriteArrayList<>();
    private final List<Revision> proven = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> running = new ArrayList<>();
    private volatile PodTouch touch = (pod, revision) -> {
        touches.add(revision);
        sync();
    };

    @BeforeEach
    void mountSlots() throws IOException {
        Files.createDirectories(folder.resolve("0"));
        Files.createDirectories(folder.resolve("1"));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : running.reversed()) {
            each.close();
        }
    }

    @Test
    void whatAReplicaHasLoadedAlreadyIsProvenWithoutTouchingIt() {
        Revision revision = publish(FIRST, rule("a", "up"));
        sync();
        startEngine();

        startLoader();

        awaitProven(revision);
        assertThat(touches).isEmpty();
    }

    @Test
    void whatIsPublishedIsLoadedAndProven() throws Exception {
        EngineProcess vmalert = startEngine();
        startLoader();

        Revision revision = publish(FIRST, rule("a", "up"));

        awaitProven(revision);
        assertThat(vmalert.get("/api/v1/rules").body()).contains("shop/a", revision.name());
    }

    @Test
    void anEditAndAFurtherSlotAreProvenInTheirOrder() throws Exception {
        EngineProcess vmalert = startEngine();
        startLoader();
        awaitProven(publish(FIRST, rule("a", "up")));

        Revision edit = publish(FIRST, rule("a", "up == 0"));
        Revision further = publish(SECOND, rule("b", "up"));

        awaitProven(edit);
        awaitProven(further);
        assertThat(vmalert.get("/api/v1/rules").body()).contains("up == 0", "shop/b");
        assertThat(proven.stream()
                        .filter(revision -> revision.slot().equals(FIRST))
                        .map(Revision::sequence))
                .isSorted();
    }

    @Test
    void nothingIsProvenThatIsNotLoaded() {
        touch = (pod, revision) -> touches.add(revision);
        startEngine();
        startLoader();

        Revision revision = publish(FIRST, rule("a", "up"));

        await("the pod is touched").atMost(Duration.ofSeconds(10)).until(() -> !touches.isEmpty());
        await("the file has not come")
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(5))
                .until(proven::isEmpty);
        sync();
        awaitProven(revision);
        assertThat(touches).as("one publication, one touch").hasSize(1);
    }

    @Test
    void aReplicaThatIsNotUpYetIsLoadedOnceItIs() {
        startLoader();
        Revision revision = publish(FIRST, rule("a", "up"));
        await("the pod is touched").atMost(Duration.ofSeconds(10)).until(() -> !touches.isEmpty());

        startEngine();

        awaitProven(revision);
    }

    @Test
    void aPodThatCannotBeTouchedIsProvenWhenTheKubeletComesByItself() {
        touch = (pod, revision) -> {
            touches.add(revision);
            throw new KubernetesClientException("the API server is away");
        };
        startEngine();
        startLoader();
        Revision revision = publish(FIRST, rule("a", "up"));
        await("the pod is touched").atMost(Duration.ofSeconds(10)).until(() -> !touches.isEmpty());

        sync();

        awaitProven(revision);
    }

    @Test
    void aFileThatTheEngineRefusesIsNotProvenAndTheNextOneIs() throws Exception {
        EngineProcess vmalert = startEngine();
        startLoader();
        awaitProven(publish(FIRST, rule("a", "up")));
        LiveRule broken = new LiveRule(rule("b", "up").key(), "uid", 1, "{\"name\":\"shop/b\",\"unknown\":1}", 1);

        Revision refused = publish(SECOND, broken);

        await("vmalert has refused it")
                .atMost(Duration.ofSeconds(10))
                .until(() -> vmalert.get("/metrics").body().contains("vmalert_config_last_reload_successful 0"));
        assertThat(proven).doesNotContain(refused);
        awaitProven(publish(SECOND, rule("b", "up")));
    }

    @Test
    void aLoaderThatIsClosedLeavesTheReplicaAlone() {
        startEngine();
        ReplicaLoader loader = startLoader();
        awaitProven(publish(FIRST, rule("a", "up")));
        int before = touches.size();

        loader.close();
        publish(FIRST, rule("a", "up == 0"));

        await("it is left alone")
                .during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(3))
                .until(() -> touches.size() == before);
    }

    private static LiveRule rule(String name, String expr) {
        return LiveRule.of(CompiledRules.rule(name, "expr: " + expr));
    }

    private Revision publish(SlotId slot, LiveRule rule) {
        SlotFile file = SlotFile.of(slot, List.of(rule));
        configMaps.put(slot, file);
        return published.published(slot, file.revision());
    }

    private void sync() {
        configMaps.forEach((slot, file) -> {
            Path target = folder.resolve(Integer.toString(slot.slot()));
            try {
                Path written = Files.writeString(target.resolve(".new"), file.rules());
                Files.move(written, target.resolve("rules.yaml"), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private EngineProcess startEngine() {
        EngineProcess vmalert = EngineProcess.start(
                "vmalert",
                address,
                "/health",
                folder.resolve("log"),
                List.of(
                        "-rule=" + folder + "/*/rules.yaml",
                        "-rule.validateExpressions=false",
                        "-rule.validateTemplates=false",
                        "-datasource.url=http://127.0.0.1:1",
                        "-notifier.blackhole",
                        "-httpListenAddr=" + address));
        running.add(vmalert);
        return vmalert;
    }

    private ReplicaLoader startLoader() {
        ReplicaLoader loader = new ReplicaLoader(
                        replica,
                        published,
                        new EvaluatorControl(HttpClient.newHttpClient()),
                        (pod, revision) -> touch.touch(pod, revision),
                        (pod, revision) -> proven.add(revision))
                .start();
        running.add(loader);
        return loader;
    }

    private void awaitProven(Revision revision) {
        await(revision + " is proven").atMost(Duration.ofSeconds(20)).until(() -> proven.contains(revision));
    }
}
