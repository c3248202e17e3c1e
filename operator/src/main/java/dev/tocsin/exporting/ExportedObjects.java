package dev.tocsin.exporting;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.api.v1alpha1.ContactPointSpec;
import dev.tocsin.api.v1alpha1.NotificationPolicySpec;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.ReferencedValues.Lookup;
import dev.tocsin.compile.delivery.ValueRef;
import dev.tocsin.importing.GivenObject;
import dev.tocsin.importing.GivenObjects;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The objects of an export by kind, with the values to which they refer. */
public final class ExportedObjects {
    private final Map<ObjectKey, AlertRuleSpec> rules = new TreeMap<>();
    private final Map<ObjectKey, ContactPointSpec> contactPoints = new TreeMap<>();
    private final Map<ObjectKey, NotificationPolicySpec> policies = new TreeMap<>();
    private final Map<ValueRef, Lookup> values;
    private final List<String> unreadable = new ArrayList<>();

    public ExportedObjects(GivenObjects given) {
        values = given.values();
        for (GivenObject object : given.objects()) {
            switch (object.kind()) {
                case "AlertRule" -> read(object, AlertRuleSpec.class, rules);
                case "ContactPoint" -> read(object, ContactPointSpec.class, contactPoints);
                case "NotificationPolicy" -> read(object, NotificationPolicySpec.class, policies);
                default -> unreadable.add(object.name() + ": is of no kind that Tocsin has");
            }
        }
        given.repeated().forEach(object -> unreadable.add(object.name() + ": is there twice; the first one counts"));
    }

    private <T> void read(GivenObject object, Class<T> type, Map<ObjectKey, T> into) {
        if (!object.tree().has("spec")) {
            unreadable.add(object.name() + ": has no spec");
            return;
        }
        try {
            into.put(object.key(), object.spec(type));
        } catch (JsonProcessingException e) {
            unreadable.add(object.name() + ": " + e.getOriginalMessage());
        }
    }

    Map<ObjectKey, AlertRuleSpec> rules() {
        return rules;
    }

    Map<ObjectKey, ContactPointSpec> contactPoints() {
        return contactPoints;
    }

    Map<ObjectKey, NotificationPolicySpec> policies() {
        return policies;
    }

    Optional<String> value(ValueRef ref) {
        return values.get(ref) instanceof Lookup.Found(String value) ? Optional.of(value) : Optional.empty();
    }

    /** A sentence on each object that could not be read. */
    List<String> unreadable() {
        return unreadable;
    }
}
