package dev.tocsin.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Where Alertmanager v0.31.1 takes what a ContactPoint refuses: settled as Alertmanager itself understands it, or
 * reported.
 */
final class Quirks {
    private Quirks() {}

    /** Takes away what has no effect, or cannot stand beside something else. */
    static void settle(String kind, ObjectNode receiver, Tree origin, Harvest harvest) {
        ObjectNode section = receiver.withObjectProperty(kind);
        switch (kind) {
            case "slack" -> slack(section);
            case "pagerduty" -> pagerduty(section, origin, harvest);
            case "email" -> email(section, origin, harvest);
            case "jira" -> jira(section, origin, harvest);
            default -> {}
        }
    }

    /** An app's token wins over a webhook; a URL in an action wins over what it would report. */
    private static void slack(ObjectNode slack) {
        if (slack.has("appToken")) {
            slack.remove("apiUrl");
        } else {
            slack.remove("appUrl");
        }
        for (JsonNode action : slack.path("actions")) {
            if (action instanceof ObjectNode object) {
                object.remove(object.has("url") ? List.of("name", "value", "confirm") : List.of());
            }
        }
    }

    private static void pagerduty(ObjectNode pagerduty, Tree origin, Harvest harvest) {
        if (pagerduty.has("routingKey") && pagerduty.has("serviceKey")) {
            pagerduty.remove("routingKey");
            harvest.left(origin, "field routing_key", "stands beside service_key, which Alertmanager takes");
        }
    }

    private static void email(ObjectNode email, Tree origin, Harvest harvest) {
        boolean hasPassword = email.has("authPassword") || email.has("authSecret");
        if (email.has("authUsername") != hasPassword) {
            email.remove(List.of("authUsername", "authPassword", "authSecret", "authIdentity"));
            harvest.left(
                    origin,
                    "login of the email receiver",
                    "has a user name without password, or a password without user name; the receiver is converted"
                            + " without login");
        }
    }

    /** Alertmanager resolves an issue by a transition, and fails where none is named. */
    private static void jira(ObjectNode jira, Tree origin, Harvest harvest) {
        if (jira.path("sendResolved").asBoolean() && !jira.has("resolveTransition")) {
            jira.remove("sendResolved");
            harvest.left(
                    origin,
                    "field send_resolved",
                    "needs resolve_transition; without it Alertmanager cannot resolve an issue");
        }
        if (jira.has("reopenDuration") && !jira.has("reopenTransition")) {
            jira.remove("reopenDuration");
            harvest.left(origin, "field reopen_duration", "has no effect without reopen_transition");
        }
    }

    /** What the CRD's rules say against a receiver, which the schema alone does not. */
    static List<String> problems(ObjectNode receiver) {
        List<String> problems = new ArrayList<>();
        JsonNode http = receiver.path("http");
        boolean hasAuthorization = http.has("authorization");
        long credentials = List.of("authorization", "basicAuth", "oauth2").stream()
                .filter(http::has)
                .count();
        if (credentials > 1) {
            problems.add("http has several credentials");
        }
        if (receiver.has("slack")
                && receiver.path("slack").has("apiUrl")
                        == receiver.path("slack").has("appToken")) {
            problems.add("slack has no URL of a webhook and no token of an app");
        }
        if (receiver.has("pagerduty")
                && !receiver.path("pagerduty").has("routingKey")
                && !receiver.path("pagerduty").has("serviceKey")) {
            problems.add("pagerduty has no key");
        }
        if (receiver.has("webex") && !hasAuthorization) {
            problems.add("webex has no token in http_config.authorization");
        }
        if (receiver.has("incidentio") && receiver.path("incidentio").has("alertSourceToken") == hasAuthorization) {
            problems.add("incidentio needs one of alert_source_token and http_config.authorization");
        }
        if (receiver.path("slack").has("appToken") && credentials > 0) {
            problems.add("slack has a token of an app and credentials in http_config");
        }
        if (receiver.has("sns")) {
            long targets = List.of("topicArn", "targetArn", "phoneNumber").stream()
                    .filter(receiver.path("sns")::has)
                    .count();
            if (targets != 1) {
                problems.add("sns needs one of topic_arn, target_arn and phone_number");
            }
        }
        JsonNode oauth2 = http.path("oauth2");
        if (http.has("oauth2") && !oauth2.has("clientSecret")) {
            problems.add("http_config.oauth2 has no client_secret");
        }
        for (JsonNode tls : List.of(
                http.path("tls"), oauth2.path("tls"), receiver.path("email").path("tls"))) {
            if (tls.has("cert") != tls.has("key")) {
                problems.add("tls_config has a certificate without key, or a key without certificate");
            }
        }
        return problems;
    }
}
