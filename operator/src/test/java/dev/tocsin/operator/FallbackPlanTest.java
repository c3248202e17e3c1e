package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.ContactPointFragment;
import dev.tocsin.engines.Engines;
import dev.tocsin.observe.DeliveryPicture;
import dev.tocsin.observe.SendCounters.Sender;
import dev.tocsin.publish.AlertmanagerMembers.Rollout;
import dev.tocsin.publish.LiveFragments;
import dev.tocsin.vet.Amtool;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which versions go out with default texts, from when and until when; with a real amtool. */
@Tag("integration")
class FallbackPlanTest {
    private static final ObjectKey TEAM = new ObjectKey("shop", "team");
    private static final Sender SLACK = new Sender("shop/team", "slack");
    private static final Map<String, String> SINCE = Map.of("slack", "2026-11-25T10:00:00Z");
    private static final String OWN = "own {{ .Status }}";

    private final Map<ObjectKey, ContactPoint> objects = new HashMap<>();
    private final List<ReferencedObjects> references = new ArrayList<>();
    private FakeKubernetes kubernetes;
    private KubernetesClient client;
    private DeliveryPlanner planner;

    @BeforeEach
    void start() throws Exception {
        kubernetes = new FakeKubernetes();
        client = kubernetes.client();
        planner = planner(LiveFragments.NONE);
        secret("http://127.0.0.1/one");
        put("team", 1, OWN);
        put("other", 1, OWN);
    }

    @AfterEach
    void stop() {
        references.forEach(ReferencedObjects::close);
        client.close();
        kubernetes.close();
    }

    @Test
    void onlyTheContactPointThatFailsGetsDefaultTextsAndKeepsThem() throws Exception {
        DeliveryPlan before = published(planner);

        assertThat(planner.fallBack(live(before, "team"), SINCE)).isTrue();
        DeliveryPlan after = published(planner);

        assertThat(live(after, "team")).isEqualTo(live(before, "team").withDefaultTexts(SINCE));
        assertThat(live(after, "other")).isEqualTo(live(before, "other"));
        assertThat(after.content().yaml()).isEqualTo(withoutFirstText(before));
        assertThat(published(planner).content().isSame(after.content())).isTrue();
        assertThat(planner.fallBack(live(after, "team"), SINCE)).isFalse();
    }

    /** Contact points stand in the order of their names: the last of the two is team. */
    private static String withoutFirstText(DeliveryPlan plan) {
        String yaml = plan.content().yaml();
        String text = "    text: \"" + OWN + "\"\n";
        int last = yaml.lastIndexOf(text);
        return yaml.substring(0, last) + yaml.substring(last + text.length());
    }

    @Test
    void anOperatorThatStartsAnewGoesOnWithThem() throws Exception {
        DeliveryPlan after = fallenBack();

        DeliveryPlan anew = planner(kept(after)).plan(objects, Map.of());

        assertThat(anew.content().isSame(after.content())).isTrue();
    }

    @Test
    void anEditHasItsOwnTextsTriedAgain() throws Exception {
        DeliveryPlan fallenBack = fallenBack();
        put("team", 2, OWN);

        assertThat(live(published(planner), "team").defaultTexts()).isEmpty();
        assertThat(live(planner(kept(fallenBack)).plan(objects, Map.of()), "team")
                        .defaultTexts())
                .isEmpty();
    }

    @Test
    void aSecretThatHasChangedHasItsOwnTextsTriedAgain() throws Exception {
        DeliveryPlan fallenBack = fallenBack();

        secret("http://127.0.0.1/two");

        assertThat(live(planner(kept(fallenBack)).plan(objects, Map.of()), "team")
                        .defaultTexts())
                .isEmpty();
    }

    @Test
    void anEditThatIsRefusedLeavesTheDefaultTextsOfTheLastGoodVersion() throws Exception {
        DeliveryPlan fallenBack = fallenBack();

        put("team", 2, "{{ .Nothing }}");
        DeliveryPlan after = published(planner);

        assertThat(live(after, "team")).isEqualTo(live(fallenBack, "team"));
    }

    @Test
    void aLastGoodVersionThatFailsGetsDefaultTextsToo() throws Exception {
        published(planner);
        put("team", 2, "{{ .Nothing }}");
        DeliveryPlan refused = published(planner);

        assertThat(planner.fallBack(live(refused, "team"), SINCE)).isTrue();

        assertThat(live(published(planner), "team").defaultTexts()).isEqualTo(SINCE);
    }

    @Test
    void theSearchForAnothersFaultDoesNotEndThem() throws Exception {
        DeliveryPlan before = published(planner);
        planner.fallBack(live(before, "team"), SINCE);
        published(planner);

        DeliveryPlan after = planner.planByTrial(objects, Map.of(), before.lastGood(), yaml -> Optional.empty());

        assertThat(live(after, "team").defaultTexts()).isEqualTo(SINCE);
    }

    @Test
    void withoutTextsOfItsOwnNothingChanges() throws Exception {
        put("team", 1, "fixed");

        assertThat(planner.fallBack(live(published(planner), "team"), SINCE)).isFalse();
    }

    @Test
    void eachFailureIsToldOnceAndOnlyOfTheVersionThatEveryMemberHas() throws Exception {
        FailingTexts failing = new FailingTexts();
        LiveVersions<ContactPointFragment> versions = new LiveVersions<>();
        DeliveryPlan first = published(planner);
        versions.follow(first.contactPoints(), 1, version -> false);
        Map<ContactPointFragment, Set<String>> found = Map.of(live(first, "team"), Set.of("slack"));

        assertThat(failing.newlySeen(first, versions, rollout(0), picture(1))).isEmpty();
        assertThat(failing.newlySeen(first, versions, rollout(1), picture(1))).isEmpty();
        assertThat(failing.newlySeen(first, versions, rollout(1), picture(2))).isEqualTo(found);
        assertThat(failing.newlySeen(first, versions, rollout(1), picture(2))).isEmpty();

        put("team", 2, OWN);
        DeliveryPlan second = published(planner);
        versions.follow(second.contactPoints(), 2, version -> false);

        assertThat(failing.newlySeen(second, versions, rollout(1), picture(3))).isEmpty();
        assertThat(failing.newlySeen(second, versions, rollout(2), picture(3))).isEmpty();
        assertThat(failing.newlySeen(second, versions, rollout(2), picture(4)))
                .isEqualTo(Map.of(live(second, "team"), Set.of("slack")));
    }

    /** An operator that was away when it failed sees it in the counters of what is loaded. */
    @Test
    void whatFailedBeforeTheOperatorStartedCounts() throws Exception {
        LiveVersions<ContactPointFragment> versions = new LiveVersions<>();
        DeliveryPlan plan = published(planner);
        versions.follow(plan.contactPoints(), 1, version -> true);

        assertThat(new FailingTexts().newlySeen(plan, versions, rollout(0), picture(1)))
                .isEqualTo(Map.of(live(plan, "team"), Set.of("slack")));
    }

    private static DeliveryPicture picture(long notMade) {
        return new DeliveryPicture(
                true,
                List.of(),
                Map.of(),
                Map.of(),
                Map.of(SLACK, notMade, new Sender("shop/team:test:slack/0", "slack"), notMade));
    }

    /** One member works with this sequence; another, which has nothing, does not answer. */
    private static Rollout rollout(long sequence) {
        return new Rollout(
                2,
                0,
                Map.of("alertmanager-0", sequence, "alertmanager-1", 0L),
                List.of("alertmanager-1"),
                Optional.empty());
    }

    private DeliveryPlan fallenBack() throws InterruptedException {
        planner.fallBack(live(published(planner), "team"), SINCE);
        DeliveryPlan plan = published(planner);
        assertThat(live(plan, "team").defaultTexts()).isEqualTo(SINCE);
        return plan;
    }

    private DeliveryPlan published(DeliveryPlanner by) throws InterruptedException {
        DeliveryPlan plan = by.plan(objects, Map.of());
        by.isPublished(plan);
        return plan;
    }

    private static LiveFragments kept(DeliveryPlan plan) {
        return LiveFragments.read(plan.content().live());
    }

    private static ContactPointFragment live(DeliveryPlan plan, String name) {
        ObjectKey key = new ObjectKey(TEAM.namespace(), name);
        return Objects.requireNonNull(
                Objects.requireNonNull(plan.contactPoints().get(key)).live());
    }

    private DeliveryPlanner planner(LiveFragments lastGood) {
        ReferencedObjects read = new ReferencedObjects(client, Duration.ofMinutes(10), () -> {});
        references.add(read);
        return new DeliveryPlanner(
                new Amtool(Engines.binary("amtool")), read, Set.of(), Optional.of(TEAM), Map::of, lastGood);
    }

    private void secret(String url) {
        kubernetes.put("""
                kind: Secret
                apiVersion: v1
                metadata: {name: hook, namespace: shop}
                data: {url: "%s"}
                """.formatted(Base64.getEncoder().encodeToString(url.getBytes(StandardCharsets.UTF_8))));
    }

    private void put(String name, long generation, String text) {
        objects.put(
                new ObjectKey("shop", name),
                Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: ContactPoint
                metadata: {name: %s, namespace: shop, uid: uid-%s, generation: %d}
                spec:
                  receivers:
                    - slack: {apiUrl: {secretKeyRef: {name: hook, key: url}}, channel: "#{{ .Status }}", text: "%s"}
                """.formatted(name, name, generation, text), ContactPoint.class));
    }
}
