package dev.tocsin.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.compile.Golden;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.AlertmanagerConfiguration;
import dev.tocsin.compile.delivery.GeneratedPolicies;
import dev.tocsin.compile.delivery.GeneratedPolicies.Scene;
import dev.tocsin.engines.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.statistics.Statistics;

/** The command and Alertmanager's own tool say the same, whatever users write. */
class RouteCommandProperties {

    @Provide
    Arbitrary<Scene> scenes() {
        return GeneratedPolicies.scenes();
    }

    @Property(tries = 50)
    @Tag("integration")
    void theCommandReadsObjectsAndAmtoolTheirConfigurationAndBothRouteAlike(@ForAll("scenes") Scene scene)
            throws IOException {
        Path folder = Files.createTempDirectory("route-");
        try {
            Path configuration = Files.writeString(
                    folder.resolve("alertmanager"), scene.configuration().toYaml());
            Path operator = Files.writeString(folder.resolve("operator"), operatorConfiguration(scene));
            Files.writeString(folder.resolve("objects.yaml"), objects(scene));

            int told = 0;
            for (Map<String, String> alert : scene.alerts()) {
                List<String> arguments =
                        new ArrayList<>(List.of("route", "-f", folder.toString(), "--config", operator.toString()));
                arguments.addAll(List.of("-o", "json", "an_unknown_label=x"));
                alert.forEach((name, value) -> arguments.add(name + "=" + value));

                Program.Run run = Program.run(arguments.toArray(String[]::new));

                assertThat(run.status()).as(run.errors()).isZero();
                String contactPoints = contactPoints(Golden.YAML.readTree(run.output()));
                assertThat(contactPoints).isEqualTo(amtool(configuration, alert));
                told += contactPoints.contains(",") ? 2 : contactPoints.isEmpty() ? 0 : 1;
            }
            Statistics.label("some alert is told").collect(told > 0);
            Statistics.label("some alert is told")
                    .coverage(coverage -> coverage.check(true).percentage(share -> share > 50));
        } finally {
            try (var files = Files.walk(folder)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static String contactPoints(JsonNode answer) {
        return StreamSupport.stream(answer.path("reaches").spliterator(), false)
                .map(reached -> reached.path("contactPoint").asText())
                .collect(Collectors.joining(","));
    }

    /** The receivers, without the one that tells nobody. */
    private static String amtool(Path configuration, Map<String, String> alert) {
        List<String> command = new ArrayList<>(List.of(
                Engines.binary("amtool").toString(), "config", "routes", "test", "--config.file=" + configuration));
        alert.forEach((name, value) -> command.add(
                name + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\""));
        Engines.Answer answer = Engines.run(command);
        assertThat(answer.exitStatus()).as(answer.output()).isZero();
        String receivers = answer.output().lines().reduce("", (before, line) -> line);
        return List.of(receivers.split(",")).stream()
                .filter(receiver -> !receiver.equals(AlertmanagerConfiguration.NOBODY))
                .collect(Collectors.joining(","));
    }

    private static String operatorConfiguration(Scene scene) throws IOException {
        ObjectNode root = Golden.YAML.createObjectNode();
        root.putArray("datasources").addObject().put("name", "default").put("url", "http://a");
        root.putObject("evaluators").put("image", "vmalert");
        root.putObject("alertmanager").put("name", "a").put("members", 1).put("configSecret", "a");
        root.set("delivery", Golden.YAML.valueToTree(scene.delivery()));
        return Golden.YAML.writeValueAsString(root);
    }

    private static String objects(Scene scene) throws IOException {
        StringBuilder documents = new StringBuilder();
        for (Map.Entry<ObjectKey, ?> policy : scene.specs().entrySet()) {
            documents.append(
                    document("NotificationPolicy", policy.getKey(), Golden.YAML.valueToTree(policy.getValue())));
        }
        for (Map.Entry<ObjectKey, ?> contactPoint : scene.allowFrom().entrySet()) {
            ObjectNode spec = Golden.YAML.createObjectNode();
            spec.putArray("receivers")
                    .addObject()
                    .putObject("webhook")
                    .putObject("url")
                    .put("value", "http://a");
            spec.set("allowFrom", Golden.YAML.valueToTree(contactPoint.getValue()));
            documents.append(document("ContactPoint", contactPoint.getKey(), spec));
        }
        return documents.toString();
    }

    private static String document(String kind, ObjectKey key, JsonNode spec) throws IOException {
        ObjectNode object = Golden.YAML.createObjectNode();
        object.put("apiVersion", "tocsin.dev/v1alpha1").put("kind", kind);
        object.putObject("metadata").put("namespace", key.namespace()).put("name", key.name());
        object.set("spec", spec);
        return "---\n" + Golden.YAML.writeValueAsString(object);
    }
}
