package dev.tocsin.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.api.v1alpha1.ContactPoint;
import dev.tocsin.api.v1alpha1.NotificationPolicy;
import dev.tocsin.api.v1alpha1.NotificationPolicyStatus;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.ApiServer;
import dev.tocsin.engines.CaptureServer;
import dev.tocsin.engines.Engines;
import dev.tocsin.engines.RunningAlertmanager;
import dev.tocsin.engines.TlsIdentity;
import dev.tocsin.status.Conditions;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Values that occur nowhere else, in every field that may come from a Secret: none of them may be found in what the API
 * server, the operator's log and metrics, and Alertmanager's API show to someone who may not read Secrets.
 */
@Tag("integration")
class SecretCanariesIT {
    private static final String NAMESPACE = "shop";
    private static final OperatorConfiguration CONFIGURATION = OperatorConfiguration.parse("""
            datasources: [{name: default, url: "http://127.0.0.1:1"}]
            evaluators: {image: vmalert}
            alertmanager: {name: alertmanager, members: 1, configSecret: config}
            """);

    /** What a Secret may hold by mistake, so that somebody refuses it; %s is the canary. */
    private static final List<String> BAD = List.of(
            "http://host:%s/",
            "http://host/%%zz%s",
            "http://[%s",
            "ftp://%s",
            "{{ .%s }}",
            "{{ %s",
            "%s\n  other: [%s",
            "\"%s\\ \u00fc",
            "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----",
            "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----");

    @TempDir
    Path folder;

    private final StringWriter log = new StringWriter();
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Set<String> fields = secretFields();

    /** The Secret's values by their keys. */
    private final Map<String, String> secret = new LinkedHashMap<>();

    /** The key of a good value for each field. */
    private final Map<String, String> keys = new HashMap<>();

    /** The field, by each canary. */
    private final Map<String, String> canaries = new HashMap<>();

    private ApiServer apiServer;
    private KubernetesClient client;
    private CaptureServer sink;
    private RunningAlertmanager alertmanager;
    private TlsIdentity identity;
    private DeliveryOperator operator;
    private WriterAppender appender;

    @BeforeEach
    void start() throws Exception {
        appender = WriterAppender.newBuilder()
                .setName("canaries")
                .setTarget(log)
                .setLayout(PatternLayout.newBuilder()
                        .withPattern("%p %c %m%n%throwable")
                        .build())
                .build();
        appender.start();
        ((Logger) LogManager.getRootLogger()).addAppender(appender);
        Configurator.setLevel("dev.tocsin", Level.DEBUG);
        apiServer = ApiServer.start();
        apiServer.namespace("tocsin-system");
        apiServer.namespace(NAMESPACE);
        client = apiServer.newClient();
        sink = new CaptureServer();
        identity = TlsIdentity.make(folder);
        alertmanager = RunningAlertmanager.start(
                Files.createDirectory(folder.resolve("alertmanager")),
                "route: {receiver: a}\nreceivers: [{name: a}]\n");
        operator = new DeliveryOperator(client, CONFIGURATION, alertmanager, metrics, DeliveryOperator.QUICK);
    }

    @AfterEach
    void stop() {
        ((Logger) LogManager.getRootLogger()).removeAppender(appender);
        Configurator.setLevel("dev.tocsin", Level.INFO);
        operator.close();
        client.close();
        alertmanager.close();
        sink.close();
        apiServer.close();
    }

    @Test
    void noCredentialOfAnyKindOfReceiverIsShownToWhoMayNotReadSecrets() throws Exception {
        Map<String, JsonNode> samples = samples();
        Set<String> set = new TreeSet<>();
        Map<String, ObjectNode> good = new TreeMap<>();
        samples.forEach((name, sample) -> good.put(name, contactPoint(name, withCanaries(sample, set))));
        assertThat(set)
                .as("fields that may come from a Secret")
                .isEqualTo(fields)
                .hasSizeGreaterThan(30);
        List<ObjectNode> bad = bad(samples);
        ObjectNode refusedByAlertmanager = contactPoint("unusable", unusable(samples.get("webhook")));
        applySecret();
        good.values().forEach(this::create);
        create(policy("all", good.keySet()));
        bad.forEach(this::create);
        sink.answer(400);

        operator.lead();
        await("all objects have been judged")
                .atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(contactPoints())
                        .hasSize(good.size() + bad.size())
                        .allSatisfy(point -> assertThat(isTold(point)).isTrue()));
        assertThat(contactPoints())
                .filteredOn(point -> good.containsKey(name(point)))
                .allSatisfy(point -> assertThat(accepted(point)).isEqualTo("True"));
        assertThat(contactPoints())
                .filteredOn(point -> accepted(point).equals("False"))
                .as("those that somebody refuses")
                .hasSizeGreaterThan(100);
        await("the routes are loaded").atMost(Duration.ofSeconds(30)).until(() -> isSaid("all", "Ready", "True"));
        create(policy("unusable", Set.of("unusable")));
        await("Alertmanager would have to look at it").until(() -> isSaid("unusable", "Accepted", "False"));
        create(refusedByAlertmanager);
        await("the culprit is found")
                .atMost(Duration.ofSeconds(60))
                .until(() -> contactPoints().stream()
                        .anyMatch(point -> name(point).equals("unusable")
                                && accepted(point).equals("False")));
        alertmanager.fire("{\"alertname\":\"Fire\",\"tocsin_namespace\":\"shop\",\"tocsin_rule\":\"fire\"}");
        await("every kind has tried to send")
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(triedToSend()).hasSize(18));
        await("a failing delivery is told")
                .atMost(Duration.ofSeconds(30))
                .until(() -> contactPoints().stream()
                        .anyMatch(point -> Conditions.find(point.getStatus().conditions(), "Delivering")
                                .filter(condition -> condition.status().equals("False"))
                                .isPresent()));

        Map<String, String> shown = new LinkedHashMap<>(allObjectsButSecrets());
        shown.put("the operator's log", log.toString());
        shown.put("the operator's metrics", metrics.scrape());
        for (String path : List.of("/metrics", "/api/v2/status", "/api/v2/alerts", "/api/v2/receivers")) {
            shown.put("Alertmanager's " + path, alertmanager.get(path).body());
        }
        shown.put("Alertmanager's log", alertmanager.log());
        assertThat(shown.get("the operator's log")).contains("looking for the culprits");
        assertThat(shown.keySet()).anyMatch(name -> name.endsWith("/events")).contains("/api/v1/configmaps");
        Set<String> hits = hits(shown);
        hits.removeIf(SecretCanariesIT::isAlertmanagersOwn);
        assertThat(hits).isEmpty();
    }

    /**
     * What Alertmanager itself shows, v0.31.1: the id of an AWS access key, which by itself opens nothing, in the
     * configuration that its API gives; and in its log the URL of a call to Telegram that failed, which holds the token.
     * docs/operations.md tells so.
     */
    private static boolean isAlertmanagersOwn(String hit) {
        return hit.startsWith("Alertmanager's /api/v2/status: .sns.sigv4.accessKey")
                || hit.equals("Alertmanager's log: .telegram.botToken");
    }

    // ---- what is applied ----

    /** The receivers of the samples that set every field, by the name of the sample. */
    private static Map<String, JsonNode> samples() throws IOException {
        Map<String, JsonNode> samples = new TreeMap<>();
        try (Stream<Path> files =
                Files.list(Engines.repositoryRoot().resolve("crds/src/test/resources/contactpoint"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith("-full.yaml")).toList()) {
                samples.put(
                        file.getFileName().toString().replace("valid-", "").replace("-full.yaml", ""),
                        Serialization.unmarshal(read(file), JsonNode.class).at("/spec/receivers"));
            }
        }
        return samples;
    }

    /** The schema's fields that may come from a Secret, by their path. */
    private static Set<String> secretFields() {
        JsonNode crd = Serialization.unmarshal(
                read(Engines.repositoryRoot().resolve("crds/generated/contactpoints.tocsin.dev.yaml")), JsonNode.class);
        Set<String> fields = new TreeSet<>();
        secretFields(
                "",
                crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/receivers/items"),
                fields);
        return fields;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void secretFields(String path, JsonNode schema, Set<String> fields) {
        if (schema.path("properties").has("secretKeyRef")) {
            fields.add(path);
            return;
        }
        schema.path("properties")
                .properties()
                .forEach(property -> secretFields(path + "." + property.getKey(), property.getValue(), fields));
        if (schema.has("items")) {
            secretFields(path, schema.get("items"), fields);
        }
        if (schema.has("additionalProperties")) {
            secretFields(path + ".*", schema.get("additionalProperties"), fields);
        }
    }

    private JsonNode withCanaries(JsonNode receivers, Set<String> set) {
        ArrayNode changed = receivers.deepCopy();
        changed.forEach(receiver -> fill("", (ObjectNode) receiver, set, "", ""));
        return changed;
    }

    /**
     * Has every field that may come from a Secret come from one, and everything be sent to the test.
     *
     * @param badField gets a value that is made of this pattern
     */
    private void fill(String path, ObjectNode object, Set<String> set, String badField, String pattern) {
        if (path.endsWith(".tls")) {
            List.of("ca", "cert", "key").forEach(field -> object.putObject(field));
        }
        for (String name : object.properties().stream().map(Map.Entry::getKey).toList()) {
            String field = fields.contains(path + ".*") ? path + ".*" : path + "." + name;
            JsonNode value = object.get(name);
            if (fields.contains(field)) {
                set.add(field);
                object.putObject(name)
                        .putObject("secretKeyRef")
                        .put("name", "canaries")
                        .put(
                                "key",
                                field.equals(badField)
                                        ? key(bad(field, pattern))
                                        : keys.computeIfAbsent(field, one -> key(good(one))));
            } else if (value instanceof ObjectNode part) {
                fill(field, part, set, badField, pattern);
            } else if (value.isArray()) {
                value.forEach(item -> {
                    if (item instanceof ObjectNode part) {
                        fill(field, part, set, badField, pattern);
                    }
                });
            } else if (value.isTextual()
                    && value.asText().startsWith("http")
                    && !value.asText().contains("{{")) {
                object.put(name, sink.url("/plain"));
            } else if (name.equals("smarthost")) {
                object.put(name, "127.0.0.1:1");
            }
        }
    }

    private String key(String value) {
        String key = "key-" + secret.size();
        secret.put(key, value);
        return key;
    }

    private String good(String field) {
        if (field.endsWith(".ca") || field.endsWith(".cert")) {
            return identity.certificate();
        }
        if (field.endsWith(".key")) {
            identity.key().lines().skip(1).limit(3).forEach(line -> canaries.put(line, field));
            return identity.key();
        }
        String canary = canary(field);
        return field.toLowerCase(Locale.ROOT).endsWith("url") ? sink.url("/" + canary) : canary;
    }

    private String bad(String field, String pattern) {
        String canary = canary(field + " = " + pattern);
        return pattern.replace("%s", canary).replace("%%", "%");
    }

    private String canary(String field) {
        String canary = UUID.randomUUID().toString().replace("-", "");
        canaries.put(canary.substring(0, 16), field);
        canaries.put(canary.substring(16), field);
        return canary;
    }

    /** For every field and every bad value a contact point with the first receiver of the samples that has the field. */
    private List<ObjectNode> bad(Map<String, JsonNode> samples) {
        List<ObjectNode> result = new ArrayList<>();
        for (String field : fields) {
            JsonNode receiver = samples.values().stream()
                    .flatMap(receivers -> receivers.valueStream())
                    .filter(candidate -> {
                        Set<String> set = new TreeSet<>();
                        fill("", candidate.deepCopy(), set, "", "");
                        return set.contains(field);
                    })
                    .findFirst()
                    .orElseThrow();
            for (String pattern : BAD) {
                ObjectNode changed = receiver.deepCopy();
                fill("", changed, new TreeSet<>(), field, pattern);
                result.add(contactPoint(
                        "bad-" + result.size(),
                        Serialization.jsonMapper().createArrayNode().add(changed)));
            }
        }
        return result;
    }

    /** With a certificate that amtool takes and Alertmanager does not. */
    private JsonNode unusable(JsonNode receivers) {
        ObjectNode changed = receivers.get(0).deepCopy();
        fill("", changed, new TreeSet<>(), ".http.tls.ca", DeliveryLoopTest.NEGATIVE_SERIAL.replace("\\n", "\n"));
        return Serialization.jsonMapper().createArrayNode().add(changed);
    }

    private static ObjectNode contactPoint(String name, JsonNode receivers) {
        ObjectNode object = object("ContactPoint", name);
        object.putObject("spec").set("receivers", receivers);
        return object;
    }

    /** Sends everything to all of them. */
    private static ObjectNode policy(String name, Set<String> contactPoints) {
        ObjectNode object = object("NotificationPolicy", name);
        ObjectNode route = object.putObject("spec").putObject("route");
        route.put("contactPoint", contactPoints.iterator().next()).put("groupWait", "0s");
        ArrayNode routes = route.putArray("routes");
        contactPoints.forEach(
                point -> routes.addObject().put("contactPoint", point).put("continue", true));
        return object;
    }

    private static ObjectNode object(String kind, String name) {
        ObjectNode object = Serialization.jsonMapper().createObjectNode();
        object.put("apiVersion", "tocsin.dev/v1alpha1").put("kind", kind);
        object.putObject("metadata").put("name", name).put("namespace", NAMESPACE);
        return object;
    }

    private void create(ObjectNode object) {
        client.resource(object.toString()).create();
    }

    private void applySecret() {
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("canaries")
                        .withNamespace(NAMESPACE)
                        .endMetadata()
                        .withStringData(secret)
                        .build())
                .create();
    }

    // ---- what is seen ----

    private List<ContactPoint> contactPoints() {
        return client.resources(ContactPoint.class)
                .inNamespace(NAMESPACE)
                .list()
                .getItems();
    }

    private boolean isSaid(String policy, String type, String status) {
        NotificationPolicyStatus said = client.resources(NotificationPolicy.class)
                .inNamespace(NAMESPACE)
                .withName(policy)
                .get()
                .getStatus();
        return said != null
                && Conditions.find(said.conditions(), type)
                        .filter(condition -> condition.status().equals(status))
                        .isPresent();
    }

    private static String name(ContactPoint point) {
        return point.getMetadata().getName();
    }

    private static boolean isTold(ContactPoint point) {
        return !accepted(point).isEmpty();
    }

    private static String accepted(ContactPoint point) {
        return point.getStatus() == null
                ? ""
                : Conditions.find(point.getStatus().conditions(), "Accepted")
                        .map(condition -> condition.status())
                        .orElse("");
    }

    private Set<String> triedToSend() throws IOException, InterruptedException {
        Set<String> kinds = new TreeSet<>();
        alertmanager
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("alertmanager_notification_requests_total{"))
                .filter(line -> !line.endsWith(" 0"))
                .forEach(line -> kinds.add(line.replaceAll(".*integration=\"([^\"]*)\".*", "$1")));
        return kinds;
    }

    /** Every list that the API server serves, Secrets excepted, by its path. */
    private Map<String, String> allObjectsButSecrets() {
        Map<String, String> lists = new TreeMap<>();
        Map<String, String> versions = new TreeMap<>(Map.of("v1", "/api/v1"));
        client.getApiGroups()
                .getGroups()
                .forEach(group -> group.getVersions()
                        .forEach(version ->
                                versions.put(version.getGroupVersion(), "/apis/" + version.getGroupVersion())));
        versions.forEach((version, path) -> client.getApiResources(version).getResources().stream()
                .filter(resource -> resource.getVerbs().contains("list"))
                .filter(resource -> !resource.getName().equals("secrets"))
                .forEach(resource ->
                        lists.put(path + "/" + resource.getName(), client.raw(path + "/" + resource.getName()))));
        return lists;
    }

    /** Where something secret is shown, and of which field it is. */
    private Set<String> hits(Map<String, String> shown) {
        Set<String> hits = new TreeSet<>();
        canaries.forEach((canary, field) -> {
            shown.forEach((where, text) -> {
                if (text.contains(canary)) {
                    hits.add(where + ": " + field);
                }
            });
        });
        secret.forEach((key, value) -> {
            String base64 = Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
            shown.forEach((where, text) -> {
                if (text.contains(base64)) {
                    hits.add(where + ": the whole Secret value " + key);
                }
            });
        });
        return hits;
    }
}
