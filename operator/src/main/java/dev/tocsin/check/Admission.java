package dev.tocsin.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tocsin.check.Finding.Severity;
import dev.tocsin.check.Finding.Topic;
import dev.tocsin.vet.ScratchFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Asks the API server's own code (k8s.io/apiextensions-apiserver, in tocsin-admission) about objects. */
final class Admission {
    private static final List<String> PLURALS = List.of("alertrules", "contactpoints", "notificationpolicies");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path binary;

    Admission(Path binary) {
        this.binary = binary;
    }

    /**
     * What it says against each, an empty list for one that it takes.
     *
     * @throws IOException if it cannot be asked
     */
    Map<CheckedObject, List<Finding>> check(List<CheckedObject> objects) throws IOException {
        Map<CheckedObject, List<Finding>> result = new LinkedHashMap<>();
        if (objects.isEmpty()) {
            return result;
        }
        try (ScratchFolder folder = new ScratchFolder()) {
            List<String> command = new ArrayList<>(List.of(binary.toString()));
            for (String plural : PLURALS) {
                command.add(folder.write(plural + ".yaml", crd(plural)).toString());
            }
            StringBuilder lines = new StringBuilder();
            for (CheckedObject object : objects) {
                lines.append(JSON.writeValueAsString(withNamespace(object))).append('\n');
            }
            ScratchFolder.Answer answer = folder.run(command, folder.write("objects", lines.toString()));
            List<String> answers = answer.output().lines().toList();
            if (answer.exitStatus() != 0 || answers.size() != objects.size()) {
                throw new IOException("exit status " + answer.exitStatus() + ": " + answer.output());
            }
            for (int i = 0; i < objects.size(); i++) {
                result.put(objects.get(i), findings(objects.get(i), JSON.readTree(answers.get(i))));
            }
        }
        return result;
    }

    private static JsonNode withNamespace(CheckedObject object) {
        JsonNode json = object.tree().json();
        if (json.path("metadata") instanceof ObjectNode metadata && !metadata.has("namespace")) {
            metadata.put("namespace", object.key().namespace());
        }
        return json;
    }

    private static String crd(String plural) throws IOException {
        String resource = "/dev/tocsin/crds/" + plural + ".tocsin.dev.yaml";
        try (InputStream stream = Objects.requireNonNull(Admission.class.getResourceAsStream(resource), resource)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<Finding> findings(CheckedObject object, JsonNode answer) {
        List<Finding> findings = new ArrayList<>();
        answer.path("errors")
                .forEach(error -> findings.add(object.finding(
                        Severity.error,
                        Topic.schema,
                        error.path("field").asText(),
                        error.path("message").asText())));
        return findings;
    }
}
