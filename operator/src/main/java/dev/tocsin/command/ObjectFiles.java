package dev.tocsin.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.api.v1alpha1.Api;
import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.api.v1alpha1.NotificationPolicySpec;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.configuration.OperatorConfiguration.Delivery;
import dev.tocsin.configuration.ReadErrors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads Tocsin's objects from YAML or JSON as kubectl takes it; objects of other kinds are passed over. */
final class ObjectFiles {
    private static final String STANDARD_INPUT = "-";
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final String defaultNamespace;
    private final Map<ObjectKey, ContactPointSpec> contactPoints = new TreeMap<>();
    private final Map<ObjectKey, NotificationPolicySpec> policies = new TreeMap<>();
    private final Map<ObjectKey, AlertRuleSpec> rules = new TreeMap<>();
    private final Map<String, Map<String, String>> namespaces = new TreeMap<>();

    /** @param defaultNamespace of objects that name none */
    ObjectFiles(String defaultNamespace) {
        this.defaultNamespace = defaultNamespace;
    }

    /**
     * Reads all of them.
     *
     * @param paths files, folders with everything beneath them, or - for what standard input holds
     * @throws BadInput naming the file and what is wrong in it
     */
    DeliveryObjects read(List<String> paths, InputStream standardInput, Optional<Delivery> delivery) {
        for (String path : paths) {
            if (path.equals(STANDARD_INPUT)) {
                documents("standard input", standardInput);
            } else {
                files(Path.of(path));
            }
        }
        return new DeliveryObjects(contactPoints, Set.of(), policies, rules, namespaces, delivery, List.of());
    }

    private void files(Path path) {
        if (!Files.exists(path)) {
            throw new BadInput(path + " does not exist.");
        }
        if (!Files.isDirectory(path)) {
            file(path);
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(yaml|yml|json)"))
                    .sorted()
                    .forEach(this::file);
        } catch (IOException e) {
            throw new BadInput(path + " cannot be read: " + e.getMessage());
        }
    }

    private void file(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            documents(file.toString(), content);
        } catch (IOException e) {
            throw new BadInput(file + " cannot be read: " + e.getMessage());
        }
    }

    private void documents(String source, InputStream content) {
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(content)) {
            while (documents.hasNextValue()) {
                take(source, documents.nextValue());
            }
        } catch (JsonProcessingException e) {
            throw new BadInput(source + " is not YAML: " + inOneLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new BadInput(source + " cannot be read: " + e.getMessage());
        }
    }

    private static String inOneLine(String message) {
        return message.lines().map(String::strip).collect(Collectors.joining(" "));
    }

    private void take(String source, JsonNode document) {
        String kind = document.path("kind").asText();
        if (kind.equals("List")) {
            document.path("items").forEach(item -> take(source, item));
        } else if (kind.equals("Namespace")) {
            namespaces.put(document.at("/metadata/name").asText(), labels(document));
        } else if (document.path("apiVersion").asText().startsWith(Api.GROUP + "/")) {
            switch (kind) {
                case "ContactPoint" -> put(source, document, ContactPointSpec.class, contactPoints);
                case "NotificationPolicy" -> put(source, document, NotificationPolicySpec.class, policies);
                case "AlertRule" -> put(source, document, AlertRuleSpec.class, rules);
                default -> throw new BadInput(source + ": Tocsin has no kind \"" + kind + "\".");
            }
        }
    }

    private static Map<String, String> labels(JsonNode namespace) {
        Map<String, String> labels = new HashMap<>();
        namespace
                .at("/metadata/labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return labels;
    }

    private <T> void put(String source, JsonNode document, Class<T> type, Map<ObjectKey, T> objects) {
        String name = document.at("/metadata/name").asText();
        String what = document.path("kind").asText();
        if (name.isEmpty()) {
            throw new BadInput(source + ": a " + what + " has no metadata.name.");
        }
        String namespace = document.at("/metadata/namespace").asText(defaultNamespace);
        ObjectKey key = new ObjectKey(namespace.isEmpty() ? defaultNamespace : namespace, name);
        if (!document.path("spec").isObject()) {
            throw new BadInput(source + ": " + what + " " + key + " has no spec.");
        }
        try {
            if (objects.put(key, YAML.treeToValue(document.path("spec"), type)) != null) {
                throw new BadInput(source + ": " + what + " " + key + " is there twice.");
            }
        } catch (JsonProcessingException e) {
            throw new BadInput(source + ": " + what + " " + key + ": spec." + ReadErrors.explain(e));
        }
    }
}
