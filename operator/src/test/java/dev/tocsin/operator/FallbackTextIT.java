package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.api.v1alpha1.Condition;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a notification whose template fails on no sample but on the alert that comes. */
class FallbackTextIT extends InDeliveryWorld {
    /** Fails where the label x is boom: no sample has it. */
    private static final String TREACHEROUS =
            "{{ if eq (index .CommonLabels \"x\") \"boom\" }}{{ slice .CommonLabels.x 0 99 }}{{ end }}it burns";

    private static final int EDITS_BY_OTHERS = 12;
    private static final Duration TWO_LOOKS = DeliveryOperator.QUICK.counters().multipliedBy(2);

    @BeforeEach
    void leadWithAPolicy() {
        world.lead();
        world.create(Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: NotificationPolicy
                metadata: {name: all, namespace: shop}
                spec: {route: {contactPoint: team, groupWait: 0s, groupInterval: 5m}}
                """, NotificationPolicy.class));
    }

    /** Groups are told again after five minutes: what arrives earlier was sent by the reload. */
    @Test
    void aNotificationWhoseTemplateFailsArrivesOnceWithTheDefaultTextAndTheContactPointSaysSo() throws Exception {
        world.create(contactPoint("team", "#shop", TREACHEROUS, webhook()));
        world.create(contactPoint("other", "#other", TREACHEROUS, ""));
        world.awaitReady("team");
        world.awaitReady("other");

        fire("one", "boom");

        await("the notification arrives")
                .atMost(Duration.ofSeconds(20))
                .until(() -> !world.sink().requests("/slack").isEmpty());
        assertThat(world.sink().requests("/slack").getFirst().body())
                .contains("\"title\":\"[FIRING:1] ", "\"channel\":\"#shop\"")
                .doesNotContain("it burns");
        await("the contact point says so")
                .until(() -> condition("team", "Delivering").status().equals("True")
                        && condition("team", "Delivering").reason().equals("FallbackText"));
        assertThat(condition("team", "Delivering").message())
                .startsWith("Alertmanager's default texts are sent instead of its own by slack (since 20")
                .contains("mend the template");
        assertThat(reason("team")).isEqualTo("FallbackText");
        assertThat(condition("team", "Ready").status()).isEqualTo("True");
        await("nobody is told twice")
                .during(Duration.ofSeconds(3))
                .until(() -> world.sink().requests("/slack").size() == 1
                        && world.sink().requests("/webhook").size() == 1);
        assertThat(world.published()).containsOnlyOnce("slice .CommonLabels.x");
        assertThat(reason("other")).isNull();
    }

    @Test
    void itOutlivesAnOperatorThatRestartsAndEndsWithAnEdit() throws Exception {
        world.create(contactPoint("team", "#shop", TREACHEROUS, ""));
        world.awaitReady("team");
        fire("one", "boom");
        await("the contact point says so").until(() -> "FallbackText".equals(reason("team")));
        Condition before = condition("team", "Delivering");
        String published = world.published();
        long reloads = world.alertmanager().reloads();

        world.restartOperator(DeliveryOperator.QUICK);
        world.lead();

        await("nothing is published anew, and nothing else is said")
                .during(Duration.ofSeconds(3))
                .until(() -> world.published().equals(published)
                        && condition("team", "Delivering").equals(before));
        assertThat(world.alertmanager().reloads()).isEqualTo(reloads);
        fire("two", "boom");
        await("the next alert arrives")
                .until(() -> world.sink().requests("/slack").size() == 2);

        world.apply(contactPoint("team", "#shop", "mended: {{ .CommonLabels.x }}", ""));

        await("the contact point is well again")
                .until(() -> condition("team", "Delivering").reason().equals("NotificationsArrive"));
        world.awaitReady("team");
        fire("three", "boom");
        await("its own text arrives")
                .until(() -> world.sink().requests("/slack").size() == 3);
        assertThat(world.sink().requests("/slack").getLast().body()).contains("mended: boom");
        assertThat(reason("team")).isNull();
    }

    @Test
    void anEditThatMendsNothingFallsBackAgainAndLosesNothing() throws Exception {
        world.create(contactPoint("team", "#shop", TREACHEROUS, ""));
        world.awaitReady("team");
        fire("one", "boom");
        await("the contact point says so").until(() -> "FallbackText".equals(reason("team")));

        world.apply(contactPoint("team", "#elsewhere", TREACHEROUS, ""));

        await("its own texts are tried").until(() -> world.published().contains("slice .CommonLabels.x"));
        world.awaitReady("team");
        fire("two", "boom");
        await("it arrives where the edit sends it")
                .atMost(Duration.ofSeconds(20))
                .until(() -> world.sink().requests("/slack").size() == 2);
        assertThat(world.sink().requests("/slack").getLast().body()).contains("[FIRING:1]", "#elsewhere");
        await("the contact point says so again").until(() -> "FallbackText".equals(reason("team")));
    }

    @Test
    void anAddressThatFailsHasNoFallback() throws Exception {
        world.create(contactPoint("team", "#" + TREACHEROUS, "fixed", ""));
        world.awaitReady("team");
        String published = world.published();

        fire("one", "boom");

        await("the contact point says that it fails")
                .until(() -> condition("team", "Delivering").reason().equals("NotificationsFail"));
        await("nothing is published")
                .during(Duration.ofSeconds(2))
                .until(() -> world.published().equals(published));
        assertThat(condition("team", "Delivering").status()).isEqualTo("False");
        assertThat(condition("team", "Delivering").message())
                .contains("slack/0", "most likely since a template fails")
                .doesNotContain("default text");
        assertThat(world.sink().requests("/slack")).isEmpty();
    }

    /** Alertmanager counts what a reload interrupts as given up, also when it has begun to count anew. */
    @Test
    void aServerThatIsAwayWhileOthersEditCostsNobodyTheirTexts() throws Exception {
        world.create(contactPoint("team", "#shop", "fixed: {{ .CommonLabels.x }}", "", "http://127.0.0.1:9/slack"));
        world.awaitReady("team");
        fire("one", "boom");
        await("the contact point says that it fails")
                .until(() -> condition("team", "Delivering").reason().equals("NotificationsFail"));

        for (int edit = 0; edit < EDITS_BY_OTHERS; edit++) {
            long reloads = world.alertmanager().reloads();
            world.apply(contactPoint("other", "#edit-" + edit, "calm", ""));
            await("a reload").until(() -> world.alertmanager().reloads() > reloads);
            await("two looks at the counters")
                    .failFast("its own texts are replaced", () -> !failsWithItsOwnTexts("team"))
                    .until(elapsed(TWO_LOOKS));
        }
    }

    /** Alertmanager tries again what it cannot make a message of, and counts it like a server that is away. */
    @Test
    void whereTheCountersDoNotSayWhyTheTextsAreTriedOnTheAlertsThatWait() throws Exception {
        world.create(victorops("team", TREACHEROUS));
        world.awaitReady("team");

        fire("one", "boom");

        await("the notification arrives")
                .atMost(Duration.ofSeconds(20))
                .until(() -> !world.sink().requests("/victorops/key/shop").isEmpty());
        assertThat(world.sink().requests("/victorops/key/shop").getFirst().body())
                .contains("Alerts Firing:");
        await("the contact point says so").until(() -> "FallbackText".equals(reason("team")));
    }

    @Test
    void whereTheServerFailsAndNoTextDoesNothingIsReplaced() throws Exception {
        world.sink().answer(503);
        world.create(victorops("team", TREACHEROUS));
        world.awaitReady("team");
        String published = world.published();

        fire("one", "calm");

        await("the contact point says that it fails")
                .until(() -> condition("team", "Delivering").reason().equals("NotificationsFail"));
        await("nothing is published")
                .during(Duration.ofSeconds(3))
                .until(() -> world.published().equals(published));
        assertThat(reason("team")).isEqualTo("NotificationsFail");
    }

    private static boolean failsWithItsOwnTexts(String name) {
        return condition(name, "Delivering").reason().equals("NotificationsFail")
                && !condition(name, "Delivering").message().contains("no message could be made")
                && world.published().contains("fixed: ");
    }

    private static Callable<Boolean> elapsed(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        return () -> System.nanoTime() - end >= 0;
    }

    private void fire(String name, String x) throws Exception {
        world.alertmanager()
                .fire("{\"alertname\":\"Fire\",\"tocsin_namespace\":\"shop\",\"tocsin_rule\":\"%s\",\"x\":\"%s\"}"
                        .formatted(name, x));
    }

    private ContactPoint contactPoint(String name, String channel, String text, String more) {
        return contactPoint(name, channel, text, more, world.sink().url("/slack"));
    }

    private static ContactPoint contactPoint(String name, String channel, String text, String more, String url) {
        return Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: ContactPoint
                metadata: {name: %s, namespace: shop}
                spec:
                  receivers:
                    - slack:
                        apiUrl: {value: "%s"}
                        channel: '%s'
                        text: '%s'
                %s
                """.formatted(name, url, channel, text, more), ContactPoint.class);
    }

    private ContactPoint victorops(String name, String text) {
        world.create(new SecretBuilder()
                .withNewMetadata()
                .withName("keys")
                .withNamespace("shop")
                .endMetadata()
                .addToStringData("key", "key")
                .build());
        return Serialization.unmarshal("""
                apiVersion: tocsin.dev/v1alpha1
                kind: ContactPoint
                metadata: {name: %s, namespace: shop}
                spec:
                  receivers:
                    - victorops:
                        apiKey: {secretKeyRef: {name: keys, key: key}}
                        apiUrl: %s
                        routingKey: shop
                        stateMessage: '%s'
                """.formatted(name, world.sink().url("/victorops"), text), ContactPoint.class);
    }

    private String webhook() {
        return "    - webhook: {url: {value: \"%s\"}}".formatted(world.sink().url("/webhook"));
    }

    private static @Nullable String reason(String name) {
        return Objects.requireNonNull(DeliveryWorld.status(world.contactPoint(name)))
                .reason();
    }

    private static Condition condition(String name, String type) {
        return DeliveryWorld.condition(world.contactPoint(name), type);
    }
}
