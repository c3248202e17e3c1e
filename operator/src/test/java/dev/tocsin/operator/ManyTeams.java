package dev.tocsin.operator;

import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import dev.tocsin.compile.ObjectKey;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Namespaces as large platforms have them: each with ten ContactPoints of one receiver, whose credentials are as long
 * and as random as the vendors', and a policy with a route to each.
 */
final class ManyTeams {
    static final int RECEIVERS = 10;

    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final String HEX = "0123456789abcdef";

    final Map<ObjectKey, ContactPoint> contactPoints = new HashMap<>();
    final Map<ObjectKey, NotificationPolicy> policies = new HashMap<>();
    private final FakeKubernetes kubernetes;

    /** @param kubernetes where the Secrets are put, one for each namespace */
    ManyTeams(FakeKubernetes kubernetes) {
        this.kubernetes = kubernetes;
    }

    /** Adds the namespaces with numbers from the first up to, but not including, the last. */
    ManyTeams add(int from, int to) {
        for (int i = from; i < to; i++) {
            add("team-%04d".formatted(i), new Random(i));
        }
        return this;
    }

    private void add(String namespace, Random random) {
        Map<String, String> credentials = new HashMap<>();
        List<String> routes = new ArrayList<>();
        for (int i = 0; i < RECEIVERS; i++) {
            String name = "service-" + i;
            String ref = "{secretKeyRef: {name: credentials, key: " + name + "}}";
            credentials.put(name, credential(i, random));
            put(contactPoint(namespace, name, 1, receiver(i, ref, random)));
            routes.add("{matchers: [{label: service, op: \"=\", value: %s}], contactPoint: %s}".formatted(name, name));
        }
        kubernetes.put("""
                apiVersion: v1
                kind: Secret
                metadata: {name: credentials, namespace: %s}
                data: {%s}
                """.formatted(
                        namespace,
                        credentials.entrySet().stream()
                                .map(entry -> entry.getKey() + ": "
                                        + Base64.getEncoder()
                                                .encodeToString(entry.getValue().getBytes(StandardCharsets.UTF_8)))
                                .collect(Collectors.joining(", "))));
        NotificationPolicy policy = Serialization.unmarshal(
                """
                apiVersion: tocsin.dev/v1alpha1
                kind: NotificationPolicy
                metadata: {name: all, namespace: %s, uid: %s-policy, generation: 1}
                spec: {route: {contactPoint: service-0, groupBy: [alertname], repeatInterval: 4h, routes: [%s]}}
                """.formatted(namespace, namespace, String.join(", ", routes)), NotificationPolicy.class);
        policies.put(new ObjectKey(namespace, "all"), policy);
    }

    void put(ContactPoint object) {
        contactPoints.put(
                new ObjectKey(
                        object.getMetadata().getNamespace(),
                        object.getMetadata().getName()),
                object);
    }

    static ContactPoint contactPoint(String namespace, String name, int generation, String receiver) {
        return Serialization.unmarshal(
                """
                apiVersion: tocsin.dev/v1alpha1
                kind: ContactPoint
                metadata: {name: %s, namespace: %s, uid: %s-%s, generation: %d}
                spec: {receivers: [{%s}]}
                """.formatted(name, namespace, namespace, name, generation, receiver), ContactPoint.class);
    }

    /** Four of Slack, three of PagerDuty, two webhooks with a token, one of Microsoft Teams. */
    private static String receiver(int i, String ref, Random random) {
        return switch (i) {
            case 0, 1, 2, 3 -> "slack: {apiUrl: %s, channel: \"#service-%d\", sendResolved: true}".formatted(ref, i);
            case 4, 5, 6 -> "pagerduty: {routingKey: %s}".formatted(ref);
            case 7, 8 ->
                "webhook: {url: {value: \"https://hooks.example.com/%s\"}}, http: {authorization: {credentials: %s}}"
                        .formatted(text(random, HEX, 8), ref);
            default -> "msteamsv2: {webhookUrl: %s}".formatted(ref);
        };
    }

    private static String credential(int i, Random random) {
        return switch (i) {
            case 0, 1, 2, 3 ->
                "https://hooks.slack.com/services/T%s/B%s/%s"
                        .formatted(text(random, LETTERS, 10), text(random, LETTERS, 10), text(random, LETTERS, 24));
            case 4, 5, 6 -> text(random, HEX, 32);
            case 7, 8 -> text(random, LETTERS, 40);
            default ->
                "https://prod-12.westeurope.logic.azure.com/workflows/%s/triggers/manual/paths/invoke?api-version=2016-06-01&sig=%s"
                        .formatted(text(random, HEX, 32), text(random, LETTERS, 43));
        };
    }

    private static String text(Random random, String letters, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }
}
