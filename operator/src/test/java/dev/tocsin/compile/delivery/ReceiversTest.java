package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.compile.Golden;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.CaptureServer.Request;
import dev.tocsin.engines.RunningAlertmanager;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of receiver for real: Alertmanager sends, and what arrives is looked at. */
@Tag("integration")
class ReceiversTest {
    private static final ObjectKey KEY = new ObjectKey("shop", "team");
    private static final String ALERT =
            "{\"alertname\":\"Fire\",\"tocsin_namespace\":\"shop\",\"tocsin_rule\":\"fire\",\"severity\":\"page\"}";
    private static final String SECRET = "s3cr3t \"quoted\" \\ %{HOME}";

    @TempDir
    Path folder;

    private CaptureServer sink;

    @BeforeEach
    void startSink() throws Exception {
        sink = new CaptureServer();
    }

    @AfterEach
    void stopSink() {
        sink.close();
    }

    @Test
    void webhookWithBasicAuthentication() throws Exception {
        Request request = send("/hook", """
                webhook:
                  url: {value: "%s"}
                  timeout: 5s
                http: {basicAuth: {username: tocsin, password: {secretKeyRef: {name: keys, key: secret}}}}
                """.formatted(sink.url("/hook")));

        String expected = Base64.getEncoder().encodeToString(("tocsin:" + SECRET).getBytes(StandardCharsets.UTF_8));
        assertThat(request.headers()).containsEntry("Authorization", List.of("Basic " + expected));
        JsonNode body = Golden.YAML.readTree(request.body());
        assertThat(body.path("receiver").asText()).isEqualTo("shop/team");
        assertThat(body.path("groupLabels").path("alertname").asText()).isEqualTo("Fire");
        assertThat(body.path("groupLabels").path("tocsin_rule").asText()).isEqualTo("fire");
    }

    @Test
    void webhookWithATokenAndATemplateInItsUrl() throws Exception {
        Request request = send("/hook/Fire", """
                webhook:
                  url: {value: "%s/{{ .GroupLabels.alertname }}"}
                http: {authorization: {type: Token, credentials: {secretKeyRef: {name: keys, key: token}}}}
                """.formatted(sink.url("/hook")));

        assertThat(request.headers()).containsEntry("Authorization", List.of("Token t0ken"));
    }

    @Test
    void slack() throws Exception {
        Request request = send("/slack", """
                slack:
                  apiUrl: {secretKeyRef: {name: keys, key: url}}
                  channel: "#shop"
                  title: "{{ .CommonLabels.alertname }} is {{ .Status }}"
                  text: "{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}"
                """);

        JsonNode attachment =
                Golden.YAML.readTree(request.body()).path("attachments").path(0);
        assertThat(request.body()).contains("\"channel\":\"#shop\"");
        assertThat(attachment.path("title").asText()).isEqualTo("Fire is firing");
        assertThat(attachment.path("text").asText()).isEqualTo("it burns");
    }

    @Test
    void pagerduty() throws Exception {
        Request request = send("/pagerduty", """
                pagerduty:
                  routingKey: {secretKeyRef: {name: keys, key: token}}
                  url: "%s"
                  severity: "{{ if eq .CommonLabels.severity \\"page\\" }}critical{{ else }}warning{{ end }}"
                  component: checkout
                  details: {"yes": "{{ .CommonLabels.tocsin_rule }}"}
                """.formatted(sink.url("/pagerduty")));

        JsonNode body = Golden.YAML.readTree(request.body());
        assertThat(body.path("routing_key").asText()).isEqualTo("t0ken");
        assertThat(body.path("event_action").asText()).isEqualTo("trigger");
        assertThat(body.path("payload").path("severity").asText()).isEqualTo("critical");
        assertThat(body.path("payload").path("component").asText()).isEqualTo("checkout");
        assertThat(body.path("payload").path("custom_details").path("yes").asText())
                .isEqualTo("fire");
    }

    @Test
    void emailWithAuthentication() throws Exception {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.setUser("tocsin@example.com", "tocsin", SECRET);
        mail.start();
        try (RunningAlertmanager alertmanager =
                start("""
                email:
                  to: [team@example.com, "Boss <boss@example.com>"]
                  from: tocsin@example.com
                  smarthost: "127.0.0.1:%d"
                  authUsername: tocsin
                  authPassword: {secretKeyRef: {name: keys, key: secret}}
                  requireTls: false
                  headers: {Subject: "{{ .CommonLabels.alertname }} in {{ .CommonLabels.tocsin_namespace }}"}
                  text: "{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}"
                """.formatted(mail.getSmtp().getPort()))) {
            alertmanager.fire(ALERT);

            await("two people have mail").until(() -> mail.getReceivedMessages().length == 2);

            MimeMessage message = mail.getReceivedMessages()[0];
            assertThat(message.getSubject()).isEqualTo("Fire in shop");
            assertThat(GreenMailUtil.getBody(message)).contains("it burns");
        } finally {
            mail.stop();
        }
    }

    /** Sends one alert through a contact point of one receiver, and waits for what arrives. */
    private Request send(String path, String receiver) throws Exception {
        try (RunningAlertmanager alertmanager = start(receiver)) {
            alertmanager.fire(ALERT);
            await("something arrives at " + path)
                    .until(() -> !sink.requests(path).isEmpty());
            return sink.requests(path).getFirst();
        }
    }

    private RunningAlertmanager start(String receiver) throws Exception {
        ContactPointSpec spec =
                Golden.YAML.readValue("receivers:\n- " + receiver.indent(2).strip(), ContactPointSpec.class);
        Map<String, String> secrets = Map.of("secret", SECRET, "token", "t0ken", "url", sink.url("/slack"));
        Compiled<ContactPointFragment> compiled = new ContactPointCompiler()
                .compile(KEY, "uid", 1, spec, ref -> new ReferencedValues.Lookup.Found(secrets.get(ref.key())));
        assertThat(compiled).isInstanceOf(Compiled.Usable.class);
        AlertmanagerConfiguration configuration =
                AlertmanagerConfiguration.only(((Compiled.Usable<ContactPointFragment>) compiled).fragment());
        return RunningAlertmanager.start(
                folder, configuration.toYaml().replace("route:\n", "route:\n  group_wait: \"0s\"\n"));
    }
}
