package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.CaptureServer.Request;
import dev.tocsin.engines.RunningAlertmanager;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each kind of receiver for real: Alertmanager sends, and what arrives at the other side is looked at. */
@Tag("integration")
class ReceiversTest extends WithSink {
    /** Some kinds execute their keys as templates. */
    private static final String AWKWARD = "k3y {{ .Status }} \"quoted\" \\ %{HOME}";

    @BeforeEach
    void addAwkwardKey() {
        values.put("awkward", AWKWARD);
    }

    @Override
    Request tell(OneReceiver team, CaptureServer server, String path, String receiver) throws Exception {
        return team.tell(server, path, receiver);
    }

    private static Map<String, String> form(String text) {
        return Arrays.stream(text.split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(
                        pair -> URLDecoder.decode(pair[0], StandardCharsets.UTF_8),
                        pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    @Test
    void webhook() throws Exception {
        Request request = tell("/hook/Fire", """
                webhook:
                  url: {value: "SINK/hook/{{ .GroupLabels.alertname }}"}
                  timeout: 5s
                  maxAlerts: 1
                """);

        JsonNode body = json(request);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(body.path("receiver").asText()).isEqualTo("shop/team");
        assertThat(body.path("status").asText()).isEqualTo("firing");
        assertThat(body.path("groupLabels").path("tocsin_rule").asText()).isEqualTo("fire");
    }

    @Test
    void discord() throws Exception {
        Request request = tell("/hook", """
                discord:
                  webhookUrl: {secretKeyRef: {name: keys, key: url}}
                  content: "@here {{ .Status }}"
                  title: "{{ .CommonLabels.alertname }}"
                  message: "{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}"
                  username: Tocsin
                  avatarUrl: https://example.com/bell.png
                """);

        JsonNode body = json(request);
        JsonNode embed = body.path("embeds").path(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(body.path("content").asText()).isEqualTo("@here firing");
        assertThat(body.path("username").asText()).isEqualTo("Tocsin");
        assertThat(body.path("avatar_url").asText()).isEqualTo("https://example.com/bell.png");
        assertThat(embed.path("title").asText()).isEqualTo("Fire");
        assertThat(embed.path("description").asText()).isEqualTo("it burns");
    }

    @Test
    void incidentio() throws Exception {
        Request request = tell("/v2/alert_events/http/01ABC", """
                incidentio:
                  url: SINK/v2/alert_events/http/01ABC
                  alertSourceToken: {secretKeyRef: {name: keys, key: token}}
                """);

        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.header("Authorization")).isEqualTo("Bearer t0ken");
        assertThat(json(request)
                        .path("alerts")
                        .path(0)
                        .path("annotations")
                        .path("summary")
                        .asText())
                .isEqualTo("it burns");
    }

    @Test
    void jira() throws Exception {
        Request request = tell("/rest/api/2/issue", """
                jira:
                  apiUrl: SINK/rest/api/2
                  apiType: datacenter
                  project: SHOP
                  issueType: Bug
                  summary: {template: "{{ .CommonLabels.alertname }} burns"}
                  description: {template: "{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}"}
                  labels: [alert, "{{ .CommonLabels.severity }}"]
                  priority: High
                  fields: {customfield_1: '{"value": "{{ .CommonLabels.severity }}"}', customfield_2: "5"}
                http: {basicAuth: {username: tocsin, password: {secretKeyRef: {name: keys, key: token}}}}
                """);

        JsonNode fields = json(request).path("fields");
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.header("Authorization")).isEqualTo("Basic " + base64("tocsin:t0ken"));
        assertThat(fields.path("project").path("key").asText()).isEqualTo("SHOP");
        assertThat(fields.path("issuetype").path("name").asText()).isEqualTo("Bug");
        assertThat(fields.path("summary").asText()).isEqualTo("Fire burns");
        assertThat(fields.path("description").asText()).isEqualTo("it burns");
        assertThat(fields.path("priority").path("name").asText()).isEqualTo("High");
        assertThat(fields.path("labels").toString()).contains("\"alert\"", "\"page\"");
        assertThat(fields.path("customfield_1").path("value").asText()).isEqualTo("page");
        assertThat(fields.path("customfield_2").isNumber()).isTrue();
        assertThat(sink.requests("/rest/api/2/search").getFirst().body()).contains("project");
    }

    @Test
    void jiraResolvesByItsTransition() throws Exception {
        try (RunningAlertmanager alertmanager = new OneReceiver(folder, values)
                .start("jira: {apiUrl: \"%s\", project: SHOP, issueType: Bug, resolveTransition: Done}"
                        .formatted(sink.url("/rest/api/2")))) {
            alertmanager.fire(OneReceiver.ALERT);
            await("an issue is opened")
                    .until(() -> !sink.requests("/rest/api/2/issue").isEmpty());
            sink.answer("/rest/api/2/search", JSON, """
                    {"issues": [{"key": "SHOP-1", "fields": {"status": {"statusCategory": {"key": "new"}}}}]}""");
            sink.answer(
                    "/rest/api/2/issue/SHOP-1/transitions",
                    JSON,
                    "{\"transitions\": [{\"id\": \"31\", \"name\": \"Done\"}]}");

            alertmanager.resolve(OneReceiver.ALERT);

            await("the issue is resolved")
                    .untilAsserted(() -> assertThat(sink.requests("/rest/api/2/issue/SHOP-1/transitions"))
                            .anySatisfy(request -> {
                                assertThat(request.method()).isEqualTo("POST");
                                assertThat(request.body()).contains("\"31\"");
                            }));
        }
    }

    @Test
    void jiraWithoutTransitionLeavesTheIssueOpenAndDoesNotFail() throws Exception {
        try (RunningAlertmanager alertmanager = new OneReceiver(folder, values)
                .start("jira: {apiUrl: \"%s\", project: SHOP, issueType: Bug}".formatted(sink.url("/rest/api/2")))) {
            alertmanager.fire(OneReceiver.ALERT);
            await("an issue is opened")
                    .until(() -> !sink.requests("/rest/api/2/issue").isEmpty());

            alertmanager.resolve(OneReceiver.ALERT);

            await("the alert is gone")
                    .until(() ->
                            alertmanager.get("/api/v2/alerts").body().strip().equals("[]"));
            assertThat(alertmanager.metric("alertmanager_notification_requests_failed_total"))
                    .isZero();
            assertThat(sink.requests("/rest/api/2/issue")).hasSize(1);
        }
    }

    @Test
    void mattermost() throws Exception {
        Request request = tell("/hook", """
                mattermost:
                  webhookUrl: {secretKeyRef: {name: keys, key: url}}
                  channel: shop
                  username: Tocsin
                  text: "{{ .CommonLabels.alertname }}"
                  attachments:
                    - title: "{{ .Status }}"
                      fields: [{title: Severity, value: "{{ .CommonLabels.severity }}", short: true}]
                  props: {card: all of it}
                  priority: {priority: urgent, requestedAck: true}
                """);

        JsonNode body = json(request);
        JsonNode attachment = body.path("attachments").path(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(body.path("channel").asText()).isEqualTo("shop");
        assertThat(body.path("text").asText()).isEqualTo("Fire");
        assertThat(body.path("priority").path("priority").asText()).isEqualTo("urgent");
        assertThat(body.path("priority").path("requested_ack").asBoolean()).isTrue();
        assertThat(body.path("props").path("card").asText()).isEqualTo("all of it");
        assertThat(attachment.path("title").asText()).isEqualTo("firing");
        assertThat(attachment.path("fields").path(0).path("value").asText()).isEqualTo("page");
        assertThat(attachment.path("fields").path(0).path("short").asBoolean()).isTrue();
    }

    @Test
    void msteams() throws Exception {
        Request request = tell("/hook", """
                msteams:
                  webhookUrl: {secretKeyRef: {name: keys, key: url}}
                  title: "{{ .CommonLabels.alertname }}"
                  summary: "{{ .Status }}"
                  text: "{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}"
                """);

        JsonNode body = json(request);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(body.path("type").asText()).isEqualTo("MessageCard");
        assertThat(body.path("title").asText()).isEqualTo("Fire");
        assertThat(body.path("summary").asText()).isEqualTo("firing");
        assertThat(body.path("text").asText()).isEqualTo("it burns");
    }

    @Test
    void msteamsv2() throws Exception {
        Request request = tell("/hook", """
                msteamsv2:
                  webhookUrl: {secretKeyRef: {name: keys, key: url}}
                  title: "{{ .CommonLabels.alertname }}"
                  text: "{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}"
                """);

        JsonNode card = json(request).path("attachments").path(0).path("content");
        assertThat(request.method()).isEqualTo("POST");
        assertThat(card.path("type").asText()).isEqualTo("AdaptiveCard");
        assertThat(card.path("body").path(0).path("text").asText()).isEqualTo("Fire");
        assertThat(card.path("body").path(1).path("text").asText()).isEqualTo("it burns");
    }

    @Test
    void opsgenie() throws Exception {
        Request request = tell("/v2/alerts", """
                opsgenie:
                  apiKey: {secretKeyRef: {name: keys, key: awkward}}
                  apiUrl: SINK
                  message: "{{ .CommonLabels.alertname }}"
                  description: "{{ .Status }}"
                  details: {runbook: "{{ .CommonLabels.tocsin_rule }}"}
                  responders: [{name: "shop,billing", type: teams}]
                  tags: [a, "{{ .CommonLabels.severity }}"]
                  actions: [restart]
                  priority: P1
                """);

        JsonNode body = json(request);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.header("Authorization")).isEqualTo("GenieKey " + AWKWARD);
        assertThat(body.path("message").asText()).isEqualTo("Fire");
        assertThat(body.path("details").path("runbook").asText()).isEqualTo("fire");
        assertThat(body.path("responders").toString())
                .isEqualTo("[{\"name\":\"shop\",\"type\":\"team\"},{\"name\":\"billing\",\"type\":\"team\"}]");
        assertThat(body.path("tags").toString()).isEqualTo("[\"a\",\"page\"]");
        assertThat(body.path("actions").toString()).isEqualTo("[\"restart\"]");
        assertThat(body.path("priority").asText()).isEqualTo("P1");
    }

    @Test
    void opsgenieClosesWhatIsResolved() throws Exception {
        try (RunningAlertmanager alertmanager = new OneReceiver(folder, values)
                .start("opsgenie: {apiKey: {secretKeyRef: {name: keys, key: token}}, apiUrl: \"%s\"}"
                        .formatted(sink.url("")))) {
            alertmanager.fire(OneReceiver.ALERT);
            await("an alert is opened").until(() -> !sink.requests("/v2/alerts").isEmpty());
            String alias =
                    json(sink.requests("/v2/alerts").getFirst()).path("alias").asText();

            alertmanager.resolve(OneReceiver.ALERT);

            await("it is closed")
                    .until(() ->
                            !sink.requests("/v2/alerts/" + alias + "/close").isEmpty());
        }
    }

    @Test
    void pagerduty() throws Exception {
        Request request = tell("/v2/enqueue", """
                pagerduty:
                  routingKey: {secretKeyRef: {name: keys, key: awkward}}
                  url: SINK/v2/enqueue
                  severity: "{{ if eq .CommonLabels.severity \\"page\\" }}critical{{ else }}warning{{ end }}"
                  component: checkout
                  classType: latency
                  details: {"yes": "{{ .CommonLabels.tocsin_rule }}", list: "[1, 2]"}
                  images: [{src: https://example.com/graph.png, alt: "{{ .Status }}"}]
                  links: [{href: https://example.com/runbook, text: Runbook}]
                """);

        JsonNode body = json(request);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(body.path("routing_key").asText()).isEqualTo(AWKWARD);
        assertThat(body.path("event_action").asText()).isEqualTo("trigger");
        assertThat(body.path("payload").path("severity").asText()).isEqualTo("critical");
        assertThat(body.path("payload").path("component").asText()).isEqualTo("checkout");
        assertThat(body.path("payload").path("class").asText()).isEqualTo("latency");
        assertThat(body.path("payload").path("custom_details").path("yes").asText())
                .isEqualTo("fire");
        assertThat(body.path("payload").path("custom_details").path("list").isArray())
                .isTrue();
        assertThat(body.path("images").path(0).path("alt").asText()).isEqualTo("firing");
        assertThat(body.path("links").path(0).path("text").asText()).isEqualTo("Runbook");
    }

    /** Its server's name is fixed. */
    @Test
    void pagerdutyWithAServiceKey() throws Exception {
        Request request = tellAt("events.pagerduty.com", "/generic/2010-04-15/create_event.json", """
                pagerduty: {serviceKey: {secretKeyRef: {name: keys, key: awkward}}, description: "{{ .Status }}"}
                """);

        JsonNode body = json(request);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(body.path("service_key").asText()).isEqualTo(AWKWARD);
        assertThat(body.path("event_type").asText()).isEqualTo("trigger");
        assertThat(body.path("description").asText()).isEqualTo("firing");
    }

    /** Its server's name is fixed. */
    @Test
    void pushover() throws Exception {
        Request request = tellAt("api.pushover.net", "/1/messages.json", """
                pushover:
                  userKey: {secretKeyRef: {name: keys, key: awkward}}
                  token: {secretKeyRef: {name: keys, key: token}}
                  title: "{{ .CommonLabels.alertname }}"
                  message: "<b>{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}</b>"
                  priority: "1"
                  retry: 1m30s
                  ttl: 1d
                  html: true
                """);

        Map<String, String> query = form(URI.create(request.path()).getRawQuery());
        assertThat(request.method()).isEqualTo("POST");
        assertThat(query)
                .containsEntry("user", AWKWARD)
                .containsEntry("token", "t0ken")
                .containsEntry("title", "Fire")
                .containsEntry("message", "<b>it burns</b>")
                .containsEntry("priority", "1")
                .containsEntry("retry", "90")
                .containsEntry("ttl", "86400")
                .containsEntry("html", "1");
    }

    @Test
    void rocketchat() throws Exception {
        Request request = tell("/api/v1/chat.postMessage", """
                rocketchat:
                  apiUrl: SINK
                  tokenId: {secretKeyRef: {name: keys, key: awkward}}
                  token: {secretKeyRef: {name: keys, key: token}}
                  channel: "#shop"
                  title: "{{ .CommonLabels.alertname }}"
                  text: "{{ .Status }}"
                  fields: [{title: Severity, value: "{{ .CommonLabels.severity }}", short: true}]
                  actions: [{text: Runbook, url: https://example.com/runbook}]
                """);

        JsonNode body = json(request);
        JsonNode attachment = body.path("attachments").path(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.header("X-auth-token")).isEqualTo("t0ken");
        assertThat(request.header("X-user-id")).isEqualTo(AWKWARD);
        assertThat(body.path("channel").asText()).isEqualTo("#shop");
        assertThat(attachment.path("title").asText()).isEqualTo("Fire");
        assertThat(attachment.path("fields").path(0).path("value").asText()).isEqualTo("page");
        assertThat(attachment.path("fields").path(0).path("short").asBoolean()).isTrue();
        assertThat(attachment.path("actions").path(0).path("url").asText()).isEqualTo("https://example.com/runbook");
    }

    @Test
    void slack() throws Exception {
        Request request = tell("/hook", """
                slack:
                  apiUrl: {secretKeyRef: {name: keys, key: url}}
                  channel: "#shop"
                  title: "{{ .CommonLabels.alertname }} is {{ .Status }}"
                  text: "{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}"
                  messageText: above
                  fields: [{title: Severity, value: "{{ .CommonLabels.severity }}", short: true}]
                  actions:
                    - {type: button, text: Silence, name: silence, value: "{{ .Status }}", confirm: {text: Sure}}
                """);

        JsonNode body = json(request);
        JsonNode attachment = body.path("attachments").path(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(body.path("channel").asText()).isEqualTo("#shop");
        assertThat(body.path("text").asText()).isEqualTo("above");
        assertThat(attachment.path("title").asText()).isEqualTo("Fire is firing");
        assertThat(attachment.path("text").asText()).isEqualTo("it burns");
        assertThat(attachment.path("fields").path(0).path("short").asBoolean()).isTrue();
        assertThat(attachment.path("actions").path(0).path("value").asText()).isEqualTo("firing");
        assertThat(attachment
                        .path("actions")
                        .path(0)
                        .path("confirm")
                        .path("text")
                        .asText())
                .isEqualTo("Sure");
    }

    @Test
    void slackAsAnApp() throws Exception {
        Request request = tell("/api/chat.postMessage", """
                slack:
                  appToken: {secretKeyRef: {name: keys, key: token}}
                  appUrl: SINK/api/chat.postMessage
                  channel: C1
                """);

        assertThat(request.header("Authorization")).isEqualTo("Bearer t0ken");
        assertThat(json(request).path("channel").asText()).isEqualTo("C1");
    }

    @Test
    void sns() throws Exception {
        sink.answer("/", "text/xml", """
                <PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>
                <MessageId>1</MessageId></PublishResult></PublishResponse>""");
        values.put("access-key", "AKIAEXAMPLE");

        Request request = tell("/", """
                sns:
                  apiUrl: SINK
                  sigv4:
                    region: eu-central-1
                    accessKey: {secretKeyRef: {name: aws, key: access-key}}
                    secretKey: {secretKeyRef: {name: aws, key: token}}
                  topicArn: arn:aws:sns:eu-central-1:123456789012:{{ .CommonLabels.tocsin_namespace }}
                  subject: "{{ .CommonLabels.alertname }}"
                  message: "{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}"
                  attributes: {"{{ .Status }}": "{{ .CommonLabels.severity }}"}
                """);

        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.header("Authorization"))
                .startsWith("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/")
                .contains("/eu-central-1/sns/aws4_request");
        assertThat(form(request.body()))
                .containsEntry("Action", "Publish")
                .containsEntry("TopicArn", "arn:aws:sns:eu-central-1:123456789012:shop")
                .containsEntry("Subject", "Fire")
                .containsEntry("Message", "it burns")
                .containsEntry("MessageAttributes.entry.1.Name", "firing")
                .containsEntry("MessageAttributes.entry.1.Value.StringValue", "page");
    }

    @Test
    void telegram() throws Exception {
        Request request = tell("/bott0ken/sendMessage", """
                telegram:
                  apiUrl: SINK
                  botToken: {secretKeyRef: {name: keys, key: token}}
                  chatId: -1001234567890
                  messageThreadId: 7
                  message: "<b>{{ .CommonLabels.alertname }}</b>{{ \\"<i>\\" }}"
                  disableNotifications: true
                """);

        JsonNode body = json(request);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(body.path("chat_id").asText()).isEqualTo("-1001234567890");
        assertThat(body.path("message_thread_id").asText()).isEqualTo("7");
        assertThat(body.path("text").asText()).isEqualTo("<b>Fire</b>&lt;i&gt;");
        assertThat(body.path("parse_mode").asText()).isEqualTo("HTML");
        assertThat(body.path("disable_notification").asText()).isEqualTo("true");
    }

    @Test
    void telegramAsPlainText() throws Exception {
        Request request = tell("/bott0ken/sendMessage", """
                telegram:
                  apiUrl: SINK
                  botToken: {secretKeyRef: {name: keys, key: token}}
                  chatId: 42
                  message: "{{ \\"<i>\\" }}"
                  parseMode: None
                """);

        JsonNode body = json(request);
        assertThat(body.path("text").asText()).isEqualTo("<i>");
        assertThat(body.has("parse_mode")).isFalse();
    }

    @Test
    void victorops() throws Exception {
        Request request = tell("/alert/t0ken/shop", """
                victorops:
                  apiKey: {secretKeyRef: {name: keys, key: token}}
                  apiUrl: SINK/alert
                  routingKey: "{{ .CommonLabels.tocsin_namespace }}"
                  messageType: WARNING
                  entityDisplayName: "{{ .CommonLabels.alertname }}"
                  stateMessage: "{{ .Status }}"
                  monitoringTool: Tocsin
                  customFields: {severity: "{{ .CommonLabels.severity }}"}
                """);

        JsonNode body = json(request);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(body.path("message_type").asText()).isEqualTo("WARNING");
        assertThat(body.path("entity_display_name").asText()).isEqualTo("Fire");
        assertThat(body.path("state_message").asText()).isEqualTo("firing");
        assertThat(body.path("monitoring_tool").asText()).isEqualTo("Tocsin");
        assertThat(body.path("severity").asText()).isEqualTo("page");
    }

    @Test
    void webex() throws Exception {
        Request request = tell("/v1/messages", """
                webex: {apiUrl: SINK/v1/messages, roomId: room, message: "**{{ .CommonLabels.alertname }}**"}
                http: {authorization: {credentials: {secretKeyRef: {name: keys, key: token}}}}
                """);

        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.header("Authorization")).isEqualTo("Bearer t0ken");
        assertThat(json(request).path("roomId").asText()).isEqualTo("room");
        assertThat(json(request).path("markdown").asText()).isEqualTo("**Fire**");
    }

    @Test
    void wechat() throws Exception {
        Request request = tell("/cgi-bin/message/send", """
                wechat:
                  apiSecret: {secretKeyRef: {name: keys, key: awkward}}
                  corpId: ww1
                  apiUrl: SINK/cgi-bin
                  message: "{{ .CommonLabels.alertname }}"
                  toUser: "@all"
                  agentId: "1000002"
                  messageType: markdown
                """);

        Request login = sink.requests("/cgi-bin/gettoken").getFirst();
        JsonNode body = json(request);
        assertThat(login.method()).isEqualTo("GET");
        assertThat(form(URI.create(login.path()).getRawQuery()))
                .containsEntry("corpid", "ww1")
                .containsEntry("corpsecret", AWKWARD);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).endsWith("?access_token=acce55");
        assertThat(body.path("msgtype").asText()).isEqualTo("markdown");
        assertThat(body.path("markdown").path("content").asText()).isEqualTo("Fire");
        assertThat(body.path("touser").asText()).isEqualTo("@all");
        assertThat(body.path("agentid").asText()).isEqualTo("1000002");
    }

    @Test
    void sharedTemplates() throws Exception {
        values.put("title.tmpl", "{{/* Ours. */}}\n{{ define \"title\" }}{{ template \"name\" . }} burns{{ end }}\n");
        values.put("name.tmpl", "\n{{ define \"name\" }}{{ .CommonLabels.alertname }}{{ end }}\n\n");

        Request request = new OneReceiver(folder, values)
                .withTemplates("title.tmpl", "name.tmpl")
                .tell(sink, "/hook", """
                discord:
                  webhookUrl: {secretKeyRef: {name: keys, key: url}}
                  title: '{{ template "title" . }}'
                  message: '{{ template "discord.default.title" . }}'
                """);

        JsonNode embed = json(request).path("embeds").path(0);
        assertThat(embed.path("title").asText()).isEqualTo("Fire burns");
        assertThat(embed.path("description").asText()).contains("[FIRING:1]");
    }

    @Test
    void whatIsResolvedIsToldWhereSendResolvedSaysSo() throws Exception {
        try (RunningAlertmanager alertmanager =
                new OneReceiver(folder, values).start("""
                slack: {apiUrl: {value: "%s"}, title: "{{ .Status }}", sendResolved: true}
                """.formatted(sink.url("/hook")))) {
            alertmanager.fire(OneReceiver.ALERT);
            await("it fires").until(() -> sink.requests("/hook").size() == 1);

            alertmanager.resolve(OneReceiver.ALERT);

            await("it is resolved").until(() -> sink.requests("/hook").size() == 2);
            assertThat(json(sink.requests("/hook").getLast())
                            .path("attachments")
                            .path(0)
                            .path("title")
                            .asText())
                    .isEqualTo("resolved");
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
