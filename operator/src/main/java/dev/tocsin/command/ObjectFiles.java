package dev.tocsin.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.api.v1alpha1.NotificationPolicySpec;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.configuration.OperatorConfiguration.Delivery;
import dev.tocsin.configuration.ReadErrors;
import dev.tocsin.importing.GivenObject;
import dev.tocsin.importing.GivenObjects;
import dev.tocsin.importing.Source;
import dev.tocsin.importing.UnreadableSourceException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Takes the objects that decide where alerts go from files, all or none: half of them would give a wrong answer. */
final class ObjectFiles {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final GivenObjects given;
    private final Map<ObjectKey, ContactPointSpec> contactPoints = new TreeMap<>();
    private final Map<ObjectKey, NotificationPolicySpec> policies = new TreeMap<>();
    private final Map<ObjectKey, AlertRuleSpec> rules = new TreeMap<>();

    /** @param defaultNamespace of objects that name none */
    ObjectFiles(String defaultNamespace) {
        given = new GivenObjects(defaultNamespace);
    }

    /**
     * Reads all of them.
     *
     * @param paths files, folders with everything beneath them, or - for what standard input holds
     * @throws BadInput naming the file and what is wrong in it
     */
    DeliveryObjects read(List<String> paths, InputStream standardInput, Optional<Delivery> delivery) {
        try {
            SourceFiles.read(paths, standardInput).forEach(this::read);
        } catch (IOException e) {
            throw new BadInput(e.getMessage() + ".");
        }
        given.repeated().stream().findFirst().ifPresent(object -> {
            throw bad(object, "is there twice.");
        });
        given.objects().forEach(this::take);
        return new DeliveryObjects(contactPoints, Set.of(), policies, rules, given.namespaces(), delivery, List.of());
    }

    private void read(Source source) {
        try {
            given.read(source);
        } catch (UnreadableSourceException e) {
            throw new BadInput(source.name() + " " + e.reason() + (e.line() > 0 ? ", line " + e.line() : ""));
        }
    }

    private void take(GivenObject object) {
        switch (object.kind()) {
            case "ContactPoint" -> put(object, ContactPointSpec.class, contactPoints);
            case "NotificationPolicy" -> put(object, NotificationPolicySpec.class, policies);
            case "AlertRule" -> put(object, AlertRuleSpec.class, rules);
            default -> throw new BadInput(object.tree().source() + ": Tocsin has no kind \"" + object.kind() + "\".");
        }
    }

    private static <T> void put(GivenObject object, Class<T> type, Map<ObjectKey, T> objects) {
        if (object.key().name().isEmpty()) {
            throw new BadInput(object.tree().source() + ": a " + object.kind() + " has no metadata.name.");
        }
        if (!object.tree().get("spec").filter(spec -> spec.isMapping()).isPresent()) {
            throw bad(object, "has no spec.");
        }
        try {
            objects.put(object.key(), JSON.treeToValue(object.tree().json().path("spec"), type));
        } catch (JsonProcessingException e) {
            throw new BadInput(object.tree().source() + ": " + object.name() + ": spec." + ReadErrors.explain(e));
        }
    }

    private static BadInput bad(GivenObject object, String sentence) {
        return new BadInput(object.tree().source() + ": " + object.name() + " " + sentence);
    }
}
