package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.engines.TlsIdentity;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.server.SMTPServer;

/** Mail as it is sent by default: the server has to offer STARTTLS, and to show a certificate that is trusted. */
@Tag("integration")
class StartTlsEmailTest {
    private static final String SECRET = "s3cr3t \"quoted\" \\ %{HOME} {{ .Status }}";
    private static final String TRUSTED =
            "tls: {ca: {configMapKeyRef: {name: authorities, key: ca}}, serverName: smtp.internal}";
    private static final String LOGIN = """
            authUsername: tocsin
            authPassword: {secretKeyRef: {name: keys, key: secret}}
            """;

    private record Mail(String to, String text) {}

    private final List<Mail> received = new CopyOnWriteArrayList<>();
    private TlsIdentity identity;
    private SMTPServer server;

    @TempDir
    private Path folder;

    /** A server that takes no mail, and no password, before STARTTLS. */
    @BeforeEach
    void startServer(@TempDir Path keystore) throws Exception {
        identity = TlsIdentity.make(keystore, "smtp.internal");
        server = SMTPServer.port(0)
                .bindAddress(InetAddress.getLoopbackAddress())
                .hostName("smtp.internal")
                .startTlsSocketFactory(identity.context())
                .requireTLS()
                .requireAuth()
                .authenticationHandlerFactory(new EasyAuthenticationHandlerFactory((user, password, context) -> {
                    if (!user.equals("tocsin") || !password.equals(SECRET)) {
                        throw new LoginFailedException();
                    }
                }))
                .messageHandler((context, from, to, data) ->
                        received.add(new Mail(to, new String(data, StandardCharsets.UTF_8))))
                .build();
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop();
    }

    private OneReceiver team() {
        return new OneReceiver(folder, Map.of("secret", SECRET, "wrong", "wrong", "ca", identity.certificate()));
    }

    private String receiver(String more) {
        return """
                email:
                  to: [team@example.com]
                  from: tocsin@example.com
                  smarthost: "127.0.0.1:%d"
                  text: "{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}"
                """.formatted(server.getPortAllocated()) + more.indent(2);
    }

    private void mailIsNotSent(String more, String reason) throws Exception {
        team().failToTell(receiver(more), reason);
        assertThat(received).isEmpty();
    }

    @Test
    void startTlsWithALogin() throws Exception {
        try (RunningAlertmanager alertmanager = team().start(receiver(TRUSTED + "\n" + LOGIN))) {
            alertmanager.fire(OneReceiver.ALERT);

            await("the team has mail")
                    .untilAsserted(
                            () -> assertThat(received).as(alertmanager.log()).hasSize(1));

            assertThat(received.getFirst().to()).isEqualTo("team@example.com");
            assertThat(received.getFirst().text()).contains("it burns");
        }
    }

    @Test
    void aServerOfAnUnknownAuthorityIsNotTrusted() throws Exception {
        mailIsNotSent(LOGIN, "failed to verify certificate");
    }

    @Test
    void aWrongPasswordIsRefused() throws Exception {
        mailIsNotSent(TRUSTED + "\n" + LOGIN.replace("key: secret", "key: wrong"), "auth");
    }
}
