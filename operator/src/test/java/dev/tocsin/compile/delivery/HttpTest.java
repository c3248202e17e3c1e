package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.compile.Golden;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.CaptureServer.Request;
import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.engines.TlsIdentity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a server is called, for real: credentials, TLS, headers. A webhook stands for every kind. */
@Tag("integration")
class HttpTest {
    private static final String SECRET = "s3cr3t \"quoted\" \\ %{HOME} {{ .Status }}";

    @TempDir
    Path folder;

    @TempDir
    Path other;

    private final Map<String, String> values = new HashMap<>(Map.of("secret", SECRET, "token", "t0ken"));

    private Request tell(CaptureServer sink, String http) throws Exception {
        return new OneReceiver(folder, values).tell(sink, "/hook", receiver(sink, http));
    }

    private static String receiver(CaptureServer sink, String http) {
        return "webhook: {url: {value: \"" + sink.url("/hook") + "\"}}\nhttp:\n"
                + http.replace("SINK", sink.url("")).indent(2);
    }

    @Test
    void authorization() throws Exception {
        try (CaptureServer sink = new CaptureServer()) {
            Request request =
                    tell(sink, "authorization: {type: Token, credentials: {secretKeyRef: {name: keys, key: token}}}");

            assertThat(request.header("Authorization")).isEqualTo("Token t0ken");
        }
    }

    @Test
    void basicAuthenticationOverTlsOfAPrivateAuthority() throws Exception {
        TlsIdentity identity = TlsIdentity.make(other, "sink.internal");
        values.put("ca", identity.certificate());
        try (CaptureServer sink = CaptureServer.tls(identity, false)) {
            Request request = tell(sink, """
                    basicAuth: {username: tocsin, password: {secretKeyRef: {name: keys, key: secret}}}
                    tls: {ca: {configMapKeyRef: {name: authorities, key: ca}}, serverName: sink.internal, minVersion: TLS13}
                    """);

            assertThat(request.header("Authorization"))
                    .isEqualTo("Basic "
                            + Base64.getEncoder()
                                    .encodeToString(("tocsin:" + SECRET).getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void aServerOfAnUnknownAuthorityIsNotTrusted() throws Exception {
        try (CaptureServer sink = CaptureServer.tls(TlsIdentity.make(other), false);
                RunningAlertmanager alertmanager =
                        new OneReceiver(folder, values).start(receiver(sink, "followRedirects: true"))) {
            alertmanager.fire(OneReceiver.ALERT);

            await("the attempt fails")
                    .until(() -> alertmanager.metric("alertmanager_notification_requests_failed_total") > 0);
            assertThat(alertmanager.log()).contains("failed to verify certificate");
            assertThat(sink.requests()).isEmpty();
        }
    }

    @Test
    void redirectsAreFollowedWhereTheyMay() throws Exception {
        try (CaptureServer sink = new CaptureServer()) {
            sink.redirect("/hook", sink.url("/elsewhere"));
            String lost = receiver(sink, "followRedirects: false");
            try (RunningAlertmanager alertmanager = new OneReceiver(other, values).start(lost)) {
                alertmanager.fire(OneReceiver.ALERT);
                OneReceiver.awaitLost(alertmanager);
            }
            assertThat(sink.requests("/elsewhere")).isEmpty();

            Request request =
                    new OneReceiver(folder, values).tell(sink, "/elsewhere", receiver(sink, "followRedirects: true"));

            assertThat(request.body()).contains("it burns");
        }
    }

    @Test
    void clientCertificate() throws Exception {
        TlsIdentity identity = TlsIdentity.make(other);
        values.put("tls.crt", identity.certificate());
        values.put("tls.key", identity.key());
        try (CaptureServer sink = CaptureServer.tls(identity, true)) {
            Request request = tell(sink, """
                    tls:
                      ca: {secretKeyRef: {name: keys, key: tls.crt}}
                      cert: {secretKeyRef: {name: keys, key: tls.crt}}
                      key: {secretKeyRef: {name: keys, key: tls.key}}
                    """);

            assertThat(request.method()).isEqualTo("POST");
        }
    }

    @Test
    void oauth2WithASecret() throws Exception {
        try (CaptureServer sink = new CaptureServer()) {
            sink.answer("/token", "application/json", "{\"access_token\": \"acce55\", \"token_type\": \"Bearer\"}");

            Request request = tell(sink, """
                    oauth2:
                      clientId: tocsin
                      clientSecret: {secretKeyRef: {name: keys, key: token}}
                      tokenUrl: SINK/token
                      scopes: [alerts.write]
                      endpointParams: {audience: hooks}
                    """);

            assertThat(request.header("Authorization")).isEqualTo("Bearer acce55");
            assertThat(sink.requests("/token").getFirst().body())
                    .contains("grant_type=client_credentials", "scope=alerts.write", "audience=hooks");
            assertThat(sink.requests("/token").getFirst().header("Authorization"))
                    .isEqualTo("Basic "
                            + Base64.getEncoder().encodeToString("tocsin:t0ken".getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void oauth2WithAnAssertion() throws Exception {
        values.put("tls.key", TlsIdentity.make(other).key());
        try (CaptureServer sink = new CaptureServer()) {
            sink.answer("/token", "application/json", "{\"access_token\": \"acce55\", \"token_type\": \"Bearer\"}");

            Request request = tell(sink, """
                    oauth2:
                      clientId: tocsin
                      tokenUrl: SINK/token
                      assertion:
                        key: {secretKeyRef: {name: keys, key: tls.key}}
                        keyId: "1"
                        algorithm: RS384
                        issuer: me
                        audience: you
                        claims: {team: shop}
                    """);

            assertThat(request.header("Authorization")).isEqualTo("Bearer acce55");
            String form = sink.requests("/token").getFirst().body();
            assertThat(form).contains("jwt-bearer");
            String[] assertion = form.replaceFirst(".*assertion=", "")
                    .replaceFirst("&.*", "")
                    .split("\\.");
            JsonNode header = Golden.YAML.readTree(Base64.getUrlDecoder().decode(assertion[0]));
            JsonNode claims = Golden.YAML.readTree(Base64.getUrlDecoder().decode(assertion[1]));
            assertThat(header.path("alg").asText()).isEqualTo("RS384");
            assertThat(header.path("kid").asText()).isEqualTo("1");
            assertThat(claims.path("iss").asText()).isEqualTo("me");
            assertThat(claims.path("aud").toString()).contains("you");
            assertThat(claims.path("team").asText()).isEqualTo("shop");
        }
    }

    @Test
    void headers() throws Exception {
        try (CaptureServer sink = new CaptureServer()) {
            Request request = tell(
                    sink, "headers: {X-Team: {value: shop}, X-Api-Key: {secretKeyRef: {name: keys, key: secret}}}");

            assertThat(request.header("X-team")).isEqualTo("shop");
            assertThat(request.header("X-api-key")).isEqualTo(SECRET);
        }
    }

    @Test
    void aSecretHeaderIsNotShown() throws Exception {
        try (CaptureServer sink = new CaptureServer();
                RunningAlertmanager alertmanager = new OneReceiver(folder, values)
                        .start(receiver(sink, "headers: {X-Api-Key: {secretKeyRef: {name: keys, key: token}}}"))) {
            assertThat(alertmanager.get("/api/v2/status").body())
                    .contains("X-Api-Key")
                    .doesNotContain("t0ken");
        }
    }
}
