package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.engines.TlsIdentity;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail through a real SMTP server: with and without TLS, with and without a login. */
@Tag("integration")
class EmailTest {
    private static final String SECRET = "s3cr3t \"quoted\" \\ %{HOME} {{ .Status }}";

    @TempDir
    Path folder;

    private static TlsIdentity identity;

    private final Map<String, String> values = new HashMap<>(Map.of("secret", SECRET, "wrong", "wrong"));
    private final GreenMail server =
            new GreenMail(new ServerSetup[] {port(ServerSetup.PROTOCOL_SMTP), port(ServerSetup.PROTOCOL_SMTPS)});

    /** GreenMail reads its identity once, from where system properties say. */
    @BeforeAll
    static void giveGreenMailAnIdentity(@TempDir Path keystore) throws Exception {
        identity = TlsIdentity.make(keystore, "smtp.internal");
        System.setProperty("greenmail.tls.keystore.file", identity.keystore().toString());
        System.setProperty("greenmail.tls.keystore.password", TlsIdentity.PASSWORD);
    }

    @BeforeEach
    void startServer() {
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop();
    }

    private static ServerSetup port(String protocol) {
        return new ServerSetup(0, "127.0.0.1", protocol);
    }

    private void demandLogin() {
        server.getUserManager().setAuthRequired(true);
        server.setUser("tocsin@example.com", "tocsin", SECRET);
    }

    private static String receiver(int port, String more) {
        return """
                email:
                  to: [team@example.com, "Boss <boss@example.com>"]
                  from: tocsin@example.com
                  smarthost: "127.0.0.1:%d"
                  headers: {Subject: "{{ .CommonLabels.alertname }} in {{ .CommonLabels.tocsin_namespace }}"}
                  text: "{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}"
                """.formatted(port) + more.indent(2);
    }

    private MimeMessage mail(int port, String more) throws Exception {
        try (RunningAlertmanager alertmanager = new OneReceiver(folder, values).start(receiver(port, more))) {
            alertmanager.fire(OneReceiver.ALERT);

            await("two people have mail")
                    .untilAsserted(() -> assertThat(server.getReceivedMessages())
                            .as(alertmanager.log())
                            .hasSize(2));

            MimeMessage message = server.getReceivedMessages()[0];
            assertThat(message.getSubject()).isEqualTo("Fire in shop");
            assertThat(GreenMailUtil.getBody(message)).contains("it burns");
            return message;
        }
    }

    private void mailIsNotSent(int port, String more, String reason) throws Exception {
        new OneReceiver(folder, values).failToTell(receiver(port, more), reason);
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void plain() throws Exception {
        MimeMessage message = mail(server.getSmtp().getPort(), """
                requireTls: false
                threading: {threadByDate: none}
                """);

        assertThat(message.getHeader("References")).isNotEmpty();
    }

    @Test
    void withDefaultTextsWhereItsOwnFail() throws Exception {
        String receiver = receiver(server.getSmtp().getPort(), "requireTls: false")
                .replace("{{ .CommonLabels.alertname }}", "{{ slice .CommonLabels.severity 0 99 }}");
        OneReceiver team = new OneReceiver(folder, values);
        try (RunningAlertmanager alertmanager = team.start(receiver)) {
            alertmanager.fire(OneReceiver.ALERT);
            OneReceiver.awaitLost(alertmanager);

            team.replaceOwnTexts(alertmanager, receiver);

            // Before them each has one that is empty: Alertmanager had begun to send it when the subject failed.
            await("two people have mail")
                    .untilAsserted(() -> assertThat(server.getReceivedMessages())
                            .as(alertmanager.log())
                            .extracting(GreenMailUtil::getWholeMessage)
                            .filteredOn(mail -> mail.contains("Subject: [FIRING:1] Fire shop fire (page)"))
                            .hasSize(2)
                            .allSatisfy(mail -> assertThat(mail).contains("it burns")));
        }
    }

    @Test
    void plainWithALogin() throws Exception {
        demandLogin();

        mail(server.getSmtp().getPort(), """
                requireTls: false
                authUsername: tocsin
                authPassword: {secretKeyRef: {name: keys, key: secret}}
                """);
    }

    @Test
    void aServerWithoutTlsGetsNoMailUnlessThatIsAllowed() throws Exception {
        mailIsNotSent(server.getSmtp().getPort(), "", "STARTTLS");
    }

    @Test
    void tlsWithALogin() throws Exception {
        values.put("ca", identity.certificate());
        demandLogin();

        mail(server.getSmtps().getPort(), """
                forceImplicitTls: true
                tls: {ca: {configMapKeyRef: {name: authorities, key: ca}}, serverName: smtp.internal}
                authUsername: tocsin
                authPassword: {secretKeyRef: {name: keys, key: secret}}
                """);
    }

    @Test
    void aMailServerOfAnUnknownAuthorityIsNotTrusted() throws Exception {
        mailIsNotSent(server.getSmtps().getPort(), "forceImplicitTls: true", "failed to verify certificate");
    }

    @Test
    void aWrongPasswordIsRefused() throws Exception {
        demandLogin();

        mailIsNotSent(server.getSmtp().getPort(), """
                requireTls: false
                authUsername: tocsin
                authPassword: {secretKeyRef: {name: keys, key: wrong}}
                """, "auth");
    }
}
