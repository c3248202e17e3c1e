package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.engines.Engines;
import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.operator.DeliveryPlan.Outcome;
import dev.tocsin.publish.AlertmanagerControl;
import dev.tocsin.publish.ConfigurationStore;
import dev.tocsin.publish.LiveFragments;
import dev.tocsin.publish.PublishedConfiguration;
import dev.tocsin.publish.Replica;
import dev.tocsin.vet.Amtool;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much delivery there is room for, and what it costs: prints the figures that docs/operations.md tells. */
@Tag("integration")
class DeliverySizeIT {
    private static final int TEAMS = 1000;

    @TempDir
    Path folder;

    private FakeKubernetes kubernetes;
    private KubernetesClient client;
    private ReferencedObjects references;
    private DeliveryPlanner planner;
    private ManyTeams teams;

    @BeforeEach
    void start() throws Exception {
        kubernetes = new FakeKubernetes();
        client = kubernetes.client();
        references = new ReferencedObjects(client, Duration.ofMinutes(10), () -> {});
        planner = new DeliveryPlanner(
                new Amtool(Engines.binary("amtool")),
                references,
                Set.of(),
                Optional.empty(),
                Map::of,
                LiveFragments.NONE);
        teams = new ManyTeams(kubernetes).add(0, TEAMS);
    }

    @AfterEach
    void stop() {
        references.close();
        client.close();
        kubernetes.close();
    }

    @Test
    void aThousandNamespacesWithTenReceiversEachAreLoadedAndWhatIsTooMuchIsRefused() throws Exception {
        DeliveryPlan plan = timed("the first plan", this::plan);
        ConfigurationStore.Content content = plan.content();
        int text = content.yaml().getBytes(StandardCharsets.UTF_8).length;
        int receivers = TEAMS * ManyTeams.RECEIVERS;
        System.out.printf(
                "%d receivers: %d bytes of text, %.0f %% of the room%n", receivers, text, 100 * plan.filled());
        System.out.printf(
                "of one uncompressed Secret: room for %d receivers%n",
                1_000_000L * receivers / (text + content.live().length));
        assertThat(plan.filled()).isLessThan(0.7);
        assertThat(plan.contactPoints().values())
                .allSatisfy(outcome -> assertThat(outcome.verdict()).isInstanceOf(Verdict.Accepted.class));

        teams.put(ManyTeams.contactPoint(
                "team-0007", "service-0", 2, "webhook: {url: {value: \"http://edited.example.com/\"}}"));
        long begun = System.nanoTime();
        DeliveryPlan edited = timed("the plan of one edit", this::plan);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
        assertThat(edited.content().yaml()).contains("http://edited.example.com/");
        isLoaded(edited);

        teams.add(TEAMS, 2 * TEAMS);
        DeliveryPlan full = timed("the plan of twice as many", this::plan);
        long live = full.contactPoints().values().stream()
                .filter(outcome -> outcome.live() != null)
                .count();
        System.out.printf("room for %d receivers, each in a ContactPoint and a route of its own%n", live);
        assertThat(full.filled()).isBetween(0.97, 1.0);
        assertThat(live).isLessThan(2L * receivers);
        assertThat(full.contactPoints().values()).allSatisfy(DeliverySizeIT::isLiveOrToldWhyNot);
        assertThat(full.contactPoints()).allSatisfy((key, outcome) -> {
            if (edited.contactPoints().containsKey(key)) {
                assertThat(outcome.live()).as(key.toString()).isNotNull();
            }
        });
        timed("the plan of one edit when it is full", this::plan);
    }

    private static void isLiveOrToldWhyNot(Outcome<ContactPointFragment> outcome) {
        if (outcome.live() == null) {
            assertThat(outcome.verdict())
                    .isInstanceOfSatisfying(
                            Verdict.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Verdict.Reason.NoCapacity));
        }
    }

    private DeliveryPlan plan() throws InterruptedException {
        DeliveryPlan plan = planner.plan(teams.contactPoints, teams.policies);
        planner.isPublished(plan);
        return plan;
    }

    /** By a real Alertmanager, from the compressed file, by way of what unpacks it in a member's pod. */
    private void isLoaded(DeliveryPlan plan) throws Exception {
        Path secret = Files.createDirectory(folder.resolve("secret"));
        try (OutputStream compressed =
                new GZIPOutputStream(Files.newOutputStream(secret.resolve("alertmanager.yaml.gz")))) {
            compressed.write(plan.content().yaml().getBytes(StandardCharsets.UTF_8));
        }
        Path home = Files.createDirectory(folder.resolve("alertmanager"));
        Path file = home.resolve("alertmanager.yaml");
        try (RunningAlertmanager alertmanager =
                RunningAlertmanager.start(home, "route: {receiver: a}\nreceivers: [{name: a}]\n")) {
            Process unpack = new ProcessBuilder(
                            Engines.binary("tocsin-unpack").toString(), secret.toString(), file.toString())
                    .inheritIO()
                    .start();
            try {
                await("the file is unpacked").until(() -> Files.size(file) > 1_000_000);
                int answer = timed(
                        "Alertmanager's reload", () -> alertmanager.reload().statusCode());
                assertThat(answer).isEqualTo(200);
                AlertmanagerControl control = new AlertmanagerControl(HttpClient.newHttpClient());
                double hash = timed(
                                "the proof",
                                () -> control.loaded(
                                        new Replica("alertmanager", "alertmanager-0", "uid", alertmanager.url())))
                        .hash();
                assertThat(hash)
                        .isEqualTo(PublishedConfiguration.hash(plan.content().yaml()));
                for (int i = 0; i < 4; i++) {
                    alertmanager.reload();
                }
                System.out.printf(
                        "Alertmanager after five reloads: %.0f MB%n",
                        alertmanager.metric("process_resident_memory_bytes") / 1e6);
            } finally {
                unpack.destroyForcibly();
            }
        }
    }

    private static <T> T timed(String what, Callable<T> work) throws Exception {
        long begun = System.nanoTime();
        T result = work.call();
        System.out.printf("%s: %d ms%n", what, (System.nanoTime() - begun) / 1_000_000);
        return result;
    }
}
