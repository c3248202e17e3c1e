package dev.tocsin.compile.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tocsin.compile.Golden;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.CaptureServer.Request;
import dev.tocsin.engines.Detour;
import dev.tocsin.engines.TlsIdentity;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server of the test takes the place of those that kinds of receivers call. */
abstract class WithSink {
    static final String JSON = "application/json";

    /** What Alertmanager wants to read, by path; most kinds read nothing. */
    private static final Map<String, String> ANSWERS = Map.of(
            "/rest/api/2/search", "{\"issues\": []}",
            "/rest/api/2/issue", "{\"key\": \"SHOP-1\"}",
            "/rest/api/3/search", "{\"issues\": []}",
            "/rest/api/3/issue", "{\"key\": \"SHOP-1\"}",
            "/api/chat.postMessage", "{\"ok\": true}",
            "/api/v1/chat.postMessage", "{\"success\": true}",
            "/bott0ken/sendMessage", "{\"ok\": true, \"result\": {\"message_id\": 1, \"chat\": {\"id\": 1}}}",
            "/cgi-bin/gettoken", "{\"access_token\": \"acce55\"}",
            "/cgi-bin/message/send", "{\"errcode\": 0}");

    @TempDir
    Path folder;

    @TempDir
    private Path other;

    final Map<String, String> values = new HashMap<>(Map.of("token", "t0ken"));
    CaptureServer sink;

    @BeforeEach
    void startSink() throws Exception {
        sink = new CaptureServer();
        values.put("url", sink.url("/hook"));
        ANSWERS.forEach((path, body) -> sink.answer(path, JSON, body));
    }

    @AfterEach
    void stopSink() {
        sink.close();
    }

    /** Has the receiver told of an alert, and waits for what arrives at the path. */
    abstract Request tell(OneReceiver team, CaptureServer server, String path, String receiver) throws Exception;

    Request tell(String path, String receiver) throws Exception {
        return tell(new OneReceiver(folder, values), sink, path, atSink(receiver));
    }

    /** Has a server of one's own take the place of a public one. */
    Request tellAt(String host, String path, String receiver) throws Exception {
        TlsIdentity identity = TlsIdentity.make(other, host);
        values.put("ca", identity.certificate());
        try (CaptureServer server = CaptureServer.tls(identity, false);
                Detour detour = new Detour(server.port())) {
            OneReceiver team = new OneReceiver(folder, values).through(detour.url());
            return tell(team, server, path, receiver + "http: {tls: {ca: {configMapKeyRef: {name: a, key: ca}}}}");
        }
    }

    String atSink(String receiver) {
        return receiver.replace("SINK", sink.url(""));
    }

    static JsonNode json(Request request) throws Exception {
        return Golden.YAML.readTree(request.body());
    }
}
