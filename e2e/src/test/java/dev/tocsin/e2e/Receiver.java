package dev.tocsin.e2e;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.type.TypeReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The receiver in the cluster (e2e/images/receiver), which keeps the notifications that it is sent. */
final class Receiver {
    private final KubernetesClient client;
    private final String namespace;

    Receiver(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** One alert of a notification; status is firing or resolved. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Alert(String status, Map<String, String> labels) {
        boolean is(String wanted) {
            return status.equals(wanted);
        }

        boolean isOf(String namespace, String rule) {
            return namespace.equals(labels.get("tocsin_namespace")) && rule.equals(labels.get("tocsin_rule"));
        }
    }

    /** Alertmanager's message to webhooks, version 4. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Message(List<Alert> alerts) {}

    /** @param authorization the header of that name, as it came */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Notification(String time, String path, @Nullable String authorization, Message body) {}

    /** The URL of a path, as Alertmanager calls it. */
    String url(String path) {
        return "http://receiver.%s.svc:8080%s".formatted(namespace, path);
    }

    /** What was posted to a path, oldest first. */
    List<Notification> notifications(String path) {
        String json = client.raw(
                "/api/v1/namespaces/%s/services/receiver:http/proxy/notifications?path=%s".formatted(namespace, path));
        return Serialization.unmarshal(json, new TypeReference<>() {});
    }

    /** How often each alert was told at a path: by status/fingerprint. */
    Map<String, Integer> counts(String path) {
        String json = client.raw(
                "/api/v1/namespaces/%s/services/receiver:http/proxy/counts?path=%s".formatted(namespace, path));
        return Serialization.unmarshal(json, new TypeReference<>() {});
    }

    /** The alerts of these notifications. */
    List<Alert> alerts(String path) {
        return notifications(path).stream()
                .flatMap(notification -> notification.body().alerts().stream())
                .toList();
    }
}
