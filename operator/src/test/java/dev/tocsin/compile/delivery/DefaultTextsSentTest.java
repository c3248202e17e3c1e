package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.CaptureServer.Request;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Each kind that has default texts for real: its own texts lose the notification, and with Alertmanager's in their place
 * the same alert arrives where it should. For email see {@link EmailTest}; incidentio and webhook have no texts.
 */
@Tag("integration")
class DefaultTextsSentTest extends WithSink {
    /** In the place of FAILS: the value is shorter. */
    private static final String FAILS = "{{ slice .CommonLabels.severity 0 99 }}";

    private static final String SUBJECT = "[FIRING:1] Fire shop fire (page)";

    @Override
    Request tell(OneReceiver team, CaptureServer server, String path, String receiver) throws Exception {
        return team.tellWithDefaultTexts(server, path, withFailing(receiver));
    }

    private JsonNode told(String path, String receiver) throws Exception {
        return json(tell(path, receiver));
    }

    private static String withFailing(String receiver) {
        return receiver.replace("FAILS", FAILS);
    }

    @Test
    void discord() throws Exception {
        JsonNode body = told("/hook", """
                discord:
                  webhookUrl: {secretKeyRef: {name: keys, key: url}}
                  content: "FAILS"
                  title: "FAILS"
                  message: "FAILS"
                  username: Tocsin
                """);

        JsonNode embed = body.path("embeds").path(0);
        assertThat(body.path("content").asText()).isEmpty();
        assertThat(body.path("username").asText()).isEqualTo("Tocsin");
        assertThat(embed.path("title").asText()).isEqualTo(SUBJECT);
        assertThat(embed.path("description").asText()).contains("summary = it burns");
    }

    @Test
    void jira() throws Exception {
        JsonNode fields = jiraIssue("/rest/api/2");

        assertThat(fields.path("summary").asText()).isEqualTo(SUBJECT);
        assertThat(fields.path("description").asText()).contains("summary = it burns");
    }

    /** That version takes no plain text for a description. */
    @Test
    void jiraWithVersion3OfItsApi() throws Exception {
        JsonNode fields = jiraIssue("/rest/api/3");

        assertThat(fields.path("summary").asText()).isEqualTo(SUBJECT);
        assertThat(fields.has("description")).isFalse();
    }

    private JsonNode jiraIssue(String api) throws Exception {
        JsonNode fields = told(api + "/issue", """
                jira:
                  apiUrl: SINK%s
                  project: "{{ .CommonLabels.tocsin_namespace | toUpper }}"
                  issueType: Bug
                  summary: {template: "FAILS"}
                  description: {template: "FAILS"}
                  labels: ["{{ .CommonLabels.severity }}"]
                  fields: {customfield_1: "{{ .Status }}"}
                """.formatted(api)).path("fields");

        assertThat(fields.path("project").path("key").asText()).isEqualTo("SHOP");
        assertThat(fields.path("labels").toString()).contains("\"page\"");
        assertThat(fields.path("customfield_1").asText()).isEqualTo("firing");
        return fields;
    }

    @Test
    void mattermost() throws Exception {
        JsonNode body = told("/hook", """
                mattermost:
                  webhookUrl: {secretKeyRef: {name: keys, key: url}}
                  channel: "{{ .CommonLabels.tocsin_namespace }}"
                  username: "FAILS"
                  text: "FAILS"
                  attachments: [{title: "FAILS"}]
                  props: {card: "FAILS"}
                """);

        assertThat(body.path("channel").asText()).isEqualTo("shop");
        assertThat(body.path("text").asText()).contains("# Alerts Firing:", "summary = it burns");
        assertThat(body.has("attachments")).isFalse();
    }

    @Test
    void msteams() throws Exception {
        JsonNode body = told("/hook", """
                msteams:
                  webhookUrl: {secretKeyRef: {name: keys, key: url}}
                  title: "FAILS"
                  summary: "FAILS"
                  text: "FAILS"
                """);

        assertThat(body.path("title").asText()).isEqualTo(SUBJECT);
        assertThat(body.path("summary").asText()).isEqualTo(SUBJECT);
        assertThat(body.path("text").asText()).contains("# Alerts Firing:", "summary = it burns");
    }

    @Test
    void msteamsv2() throws Exception {
        JsonNode card = told("/hook", """
                msteamsv2:
                  webhookUrl: {secretKeyRef: {name: keys, key: url}}
                  title: "FAILS"
                  text: "FAILS"
                """).path("attachments").path(0).path("content");

        assertThat(card.path("body").path(0).path("text").asText()).isEqualTo(SUBJECT);
        assertThat(card.path("body").path(1).path("text").asText()).contains("summary = it burns");
    }

    @Test
    void opsgenie() throws Exception {
        JsonNode body = told("/v2/alerts", """
                opsgenie:
                  apiKey: {secretKeyRef: {name: keys, key: token}}
                  apiUrl: SINK
                  message: "FAILS"
                  description: "FAILS"
                  source: "FAILS"
                  details: {rule: "FAILS"}
                  note: "FAILS"
                  tags: ["{{ .CommonLabels.severity }}"]
                  priority: P1
                """);

        assertThat(body.path("message").asText()).isEqualTo(SUBJECT);
        assertThat(body.path("description").asText()).contains("Alerts Firing:", "summary = it burns");
        assertThat(body.path("details").path("severity").asText()).isEqualTo("page");
        assertThat(body.path("tags").toString()).isEqualTo("[\"page\"]");
        assertThat(body.path("priority").asText()).isEqualTo("P1");
    }

    @Test
    void pagerduty() throws Exception {
        JsonNode body = told("/v2/enqueue", """
                pagerduty:
                  routingKey: {secretKeyRef: {name: keys, key: token}}
                  url: SINK/v2/enqueue
                  severity: "{{ if eq .CommonLabels.severity \\"page\\" }}critical{{ end }}"
                  client: "FAILS"
                  description: "FAILS"
                  details: {rule: "FAILS"}
                  images: [{src: "https://example.com/FAILS"}]
                  links: [{href: "https://example.com/FAILS", text: "FAILS"}]
                """);

        assertThat(body.path("routing_key").asText()).isEqualTo("t0ken");
        assertThat(body.path("client").asText()).isEqualTo("Alertmanager");
        assertThat(body.path("payload").path("summary").asText()).isEqualTo(SUBJECT);
        assertThat(body.path("payload").path("severity").asText()).isEqualTo("critical");
        assertThat(body.path("payload").path("custom_details").path("firing").toString())
                .contains("it burns");
    }

    /** Its server's name is fixed. */
    @Test
    void pushover() throws Exception {
        Request request = tellAt("api.pushover.net", "/1/messages.json", """
                pushover:
                  userKey: {secretKeyRef: {name: keys, key: token}}
                  token: {secretKeyRef: {name: keys, key: token}}
                  title: "FAILS"
                  message: "FAILS"
                  url: "FAILS"
                  urlTitle: "FAILS"
                  priority: "1"
                """);

        String query = decoded(URI.create(request.path()).getRawQuery());
        assertThat(query).contains("title=" + SUBJECT, "summary = it burns", "priority=1", "user=t0ken");
    }

    @Test
    void rocketchat() throws Exception {
        JsonNode body = told("/api/v1/chat.postMessage", """
                rocketchat:
                  apiUrl: SINK
                  tokenId: {secretKeyRef: {name: keys, key: token}}
                  token: {secretKeyRef: {name: keys, key: token}}
                  channel: "#{{ .CommonLabels.tocsin_namespace }}"
                  title: "FAILS"
                  text: "FAILS"
                  fields: [{title: Severity, value: "FAILS"}]
                  actions: [{text: Runbook, url: "https://example.com/FAILS"}]
                """);

        assertThat(body.path("channel").asText()).isEqualTo("#shop");
        assertThat(body.path("attachments").path(0).path("title").asText()).isEqualTo(SUBJECT);
    }

    @Test
    void slack() throws Exception {
        JsonNode body = told("/hook", """
                slack:
                  apiUrl: {secretKeyRef: {name: keys, key: url}}
                  channel: "#{{ .CommonLabels.tocsin_namespace }}"
                  title: "FAILS"
                  text: "FAILS"
                  messageText: "FAILS"
                  fields: [{title: Severity, value: "FAILS"}]
                  actions: [{type: button, text: "FAILS", url: "https://example.com/"}]
                """);

        assertThat(body.path("channel").asText()).isEqualTo("#shop");
        assertThat(body.path("username").asText()).isEqualTo("Alertmanager");
        assertThat(body.path("attachments").path(0).path("title").asText()).isEqualTo(SUBJECT);
    }

    @Test
    void telegram() throws Exception {
        JsonNode body = told("/bott0ken/sendMessage", """
                telegram:
                  apiUrl: SINK
                  botToken: {secretKeyRef: {name: keys, key: token}}
                  chatId: 42
                  message: "FAILS"
                  parseMode: MarkdownV2
                """);

        assertThat(body.path("chat_id").asText()).isEqualTo("42");
        assertThat(body.path("text").asText()).contains("Alerts Firing:", "summary = it burns");
        assertThat(body.path("parse_mode").asText()).isNotEqualTo("MarkdownV2");
    }

    @Test
    void webex() throws Exception {
        JsonNode body = told("/v1/messages", """
                webex: {apiUrl: SINK/v1/messages, roomId: room, message: "FAILS"}
                http: {authorization: {credentials: {secretKeyRef: {name: keys, key: token}}}}
                """);

        assertThat(body.path("roomId").asText()).isEqualTo("room");
        assertThat(body.path("markdown").asText()).contains("Alerts Firing:", "summary = it burns");
    }

    @Test
    void wechat() throws Exception {
        JsonNode body = told("/cgi-bin/message/send", """
                wechat:
                  apiSecret: {secretKeyRef: {name: keys, key: token}}
                  corpId: ww1
                  apiUrl: SINK/cgi-bin
                  message: "FAILS"
                  toUser: "@{{ .CommonLabels.tocsin_namespace }}"
                """);

        assertThat(body.path("touser").asText()).isEqualTo("@shop");
        assertThat(body.path("text").path("content").asText())
                .startsWith(SUBJECT)
                .contains("summary = it burns");
    }

    /** Alertmanager tries again what cannot be made, so that the counters do not tell it from a server that is away. */
    @Test
    void victorops() throws Exception {
        JsonNode body = json(toldAfterAttempts("/alert/t0ken/shop", """
                victorops:
                  apiKey: {secretKeyRef: {name: keys, key: token}}
                  apiUrl: SINK/alert
                  routingKey: "{{ .CommonLabels.tocsin_namespace }}"
                  entityDisplayName: "FAILS"
                  stateMessage: "FAILS"
                """));

        assertThat(body.path("entity_display_name").asText()).isEqualTo(SUBJECT);
        assertThat(body.path("state_message").asText()).contains("Alerts Firing:", "summary = it burns");
    }

    @Test
    void sns() throws Exception {
        Request request = toldAfterAttempts("/", """
                sns:
                  apiUrl: SINK
                  sigv4:
                    region: eu-central-1
                    accessKey: {secretKeyRef: {name: aws, key: token}}
                    secretKey: {secretKeyRef: {name: aws, key: token}}
                  topicArn: arn:aws:sns:eu-central-1:123456789012:shop
                  subject: "FAILS"
                  message: "FAILS"
                """);

        assertThat(decoded(request.body()))
                .contains(
                        "Subject=" + SUBJECT,
                        "summary = it burns",
                        "TopicArn=arn:aws:sns:eu-central-1:123456789012:shop");
    }

    private Request toldAfterAttempts(String path, String receiver) throws Exception {
        return new OneReceiver(folder, values)
                .tellWithDefaultTextsAfterAttempts(sink, path, withFailing(atSink(receiver)));
    }

    private static String decoded(String form) {
        return URLDecoder.decode(form, StandardCharsets.UTF_8);
    }
}
