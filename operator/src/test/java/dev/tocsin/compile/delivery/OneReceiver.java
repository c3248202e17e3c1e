package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.compile.Golden;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.CaptureServer.Request;
import dev.tocsin.engines.RunningAlertmanager;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A real Alertmanager that tells one receiver of one alert. */
final class OneReceiver {
    static final String ALERT =
            "{\"alertname\":\"Fire\",\"tocsin_namespace\":\"shop\",\"tocsin_rule\":\"fire\",\"severity\":\"page\"}";

    private static final ObjectKey KEY = new ObjectKey("shop", "team");

    private final Path folder;
    private final Map<String, String> values;
    private String templates = "";
    private String proxy = "";

    /**
     * @param folder an empty folder for Alertmanager
     * @param values what each key holds, of whichever Secret or ConfigMap
     */
    OneReceiver(Path folder, Map<String, String> values) {
        this.folder = folder;
        this.values = values;
    }

    /** Has the receiver use the define blocks of these keys. */
    OneReceiver withTemplates(String... keys) {
        StringBuilder list = new StringBuilder("templates:\n");
        List.of(keys)
                .forEach(key -> list.append("- configMapKeyRef: {name: messages, key: ")
                        .append(key)
                        .append("}\n"));
        templates = list.toString();
        return this;
    }

    /** Has the receiver's server reached through a proxy, which no ContactPoint could ask for. */
    OneReceiver through(String proxyUrl) {
        proxy = proxyUrl;
        return this;
    }

    /**
     * Tells the receiver that an alert fires, waits until something has arrived at the path, and until Alertmanager has
     * understood the answer.
     *
     * @param receiver the item of spec.receivers as YAML
     */
    Request tell(CaptureServer sink, String path, String receiver) throws Exception {
        try (RunningAlertmanager alertmanager = start(receiver)) {
            alertmanager.fire(ALERT);
            return arrived(alertmanager, sink, path);
        }
    }

    /**
     * Tells the receiver that an alert fires on which its own texts fail; once that notification is lost, default texts
     * take their place, as the operator has it, and nobody tells the alert again: it waits until that has arrived.
     *
     * @param receiver the item of spec.receivers as YAML
     */
    Request tellWithDefaultTexts(CaptureServer sink, String path, String receiver) throws Exception {
        return tellWithDefaultTexts(sink, path, receiver, OneReceiver::awaitLost);
    }

    /** The same where Alertmanager does not give the notification up, but tries again. */
    Request tellWithDefaultTextsAfterAttempts(CaptureServer sink, String path, String receiver) throws Exception {
        return tellWithDefaultTexts(sink, path, receiver, alertmanager -> {
            await("it is tried again")
                    .until(() -> alertmanager.metric("alertmanager_notification_requests_failed_total") > 1);
            assertThat(alertmanager.metric("alertmanager_notifications_failed_total"))
                    .as("notifications given up")
                    .isZero();
        });
    }

    private interface Failure {
        void await(RunningAlertmanager alertmanager) throws Exception;
    }

    private Request tellWithDefaultTexts(CaptureServer sink, String path, String receiver, Failure failure)
            throws Exception {
        try (RunningAlertmanager alertmanager = start(receiver)) {
            alertmanager.fire(ALERT);
            failure.await(alertmanager);
            assertThat(sink.requests(path)).isEmpty();
            replaceOwnTexts(alertmanager, receiver);
            return arrived(alertmanager, sink, path);
        }
    }

    /**
     * Has the receiver fail to tell that an alert fires.
     *
     * @param receiver the item of spec.receivers as YAML
     * @param reason what Alertmanager says of it
     */
    void failToTell(String receiver, String reason) throws Exception {
        try (RunningAlertmanager alertmanager = start(receiver)) {
            alertmanager.fire(ALERT);

            // GreenMail's own threads complain of clients that hang up.
            await("the attempt fails")
                    .dontCatchUncaughtExceptions()
                    .until(() -> alertmanager.metric("alertmanager_notification_requests_failed_total") > 0);
            assertThat(alertmanager.log()).contains(reason);
        }
    }

    /** Waits until the notification is given up. */
    static void awaitLost(RunningAlertmanager alertmanager) {
        await("the notification is given up")
                .until(() -> alertmanager.metric("alertmanager_notifications_failed_total") > 0);
    }

    /** Has default texts take the place of the receiver's own. */
    void replaceOwnTexts(RunningAlertmanager alertmanager, String receiver) throws Exception {
        Map<String, String> all =
                DefaultTexts.kinds().stream().collect(Collectors.toMap(kind -> kind, kind -> "2026-11-25T10:00:00Z"));
        alertmanager.replaceFile(configuration(fragment(receiver).withDefaultTexts(all)));
        assertThat(alertmanager.reload().statusCode()).isEqualTo(200);
    }

    private static Request arrived(RunningAlertmanager alertmanager, CaptureServer sink, String path) throws Exception {
        await("something arrives at " + path)
                .untilAsserted(() -> assertThat(sink.requests(path))
                        .as("of " + sink.requests() + "; " + alertmanager.log())
                        .isNotEmpty());
        await("the notification is done")
                .until(() -> alertmanager.metric("alertmanager_notification_requests_total") > 0);
        assertThat(alertmanager.metric("alertmanager_notification_requests_failed_total"))
                .as("failed attempts; " + alertmanager.log())
                .isZero();
        return sink.requests(path).getFirst();
    }

    RunningAlertmanager start(String receiver) throws Exception {
        return RunningAlertmanager.start(folder, configuration(fragment(receiver)));
    }

    private ContactPointFragment fragment(String receiver) throws Exception {
        ContactPointSpec spec = Golden.YAML.readValue(
                templates + "receivers:\n- " + receiver.indent(2).strip(), ContactPointSpec.class);
        Compiled<ContactPointFragment> compiled = new ContactPointCompiler()
                .compile(KEY, "uid", 1, spec, ref -> new ReferencedValues.Lookup.Found(values.get(ref.key())));
        assertThat(compiled).as(compiled.toString()).isInstanceOf(Compiled.Usable.class);
        return ((Compiled.Usable<ContactPointFragment>) compiled).fragment();
    }

    private String configuration(ContactPointFragment fragment) throws Exception {
        JsonNode file =
                Golden.YAML.readTree(AlertmanagerConfiguration.only(fragment).toYaml());
        ((ObjectNode) file.get("route"))
                .put("group_wait", "0s")
                .put("group_interval", "1s")
                .put("repeat_interval", "4h");
        if (!proxy.isEmpty()) {
            file.get("receivers").get(1).properties().stream()
                    .filter(part -> part.getValue().isArray())
                    .forEach(part -> ((ObjectNode) part.getValue().get(0).get("http_config")).put("proxy_url", proxy));
        }
        return Golden.YAML.writeValueAsString(file);
    }
}
