package dev.tocsin.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tocsin.api.v1alpha1.Route;
import dev.tocsin.api.v1alpha1.Syntax;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.crdv2.generator.CustomResourceInfo;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the generator's annotations cannot say: patterns in words, list-map keys, the depth of routes, the status
 * default, the order of columns.
 */
final class CrdRefinement implements CRDPostProcessor {
    /**
     * Down to which level routes carry validation rules (0 is the root): the API server multiplies a rule's cost by the
     * greatest number of items of all the lists around it, and refuses the CRD with one level more. Patterns and bounds
     * hold at every level; the operator checks the rest.
     */
    private static final int RULE_DEPTH = 1;

    /** Lists of objects that are maps by one of their fields. */
    private static final Map<String, String> LIST_MAP_KEYS =
            Map.of("conditions", "type", "muteTimings", "name", "queries", "name", "expressions", "name");

    /** Lists of strings in which nothing may stand twice. */
    private static final Set<String> SETS =
            Set.of("groupBy", "muteTimings", "activeTimings", "equal", "namespaces", "contactPoints", "dimensions");

    private static final Set<String> TIMES = Set.of("since", "activeAt", "at", "lastTransitionTime");

    private static final List<JsonNode> CONDITION_STATUS =
            List.of(TextNode.valueOf("True"), TextNode.valueOf("False"), TextNode.valueOf("Unknown"));

    private final Class<? extends CustomResource<?, ?>> kind;

    CrdRefinement(Class<? extends CustomResource<?, ?>> kind) {
        this.kind = kind;
    }

    @Override
    public HasMetadata process(HasMetadata resource, String crdSpecVersion) {
        CustomResourceDefinition crd = (CustomResourceDefinition) resource;
        crd.getSpec().getNames().setListKind(crd.getSpec().getNames().getKind() + "List");
        CustomResourceDefinitionVersion version = crd.getSpec().getVersions().getFirst();
        orderColumns(version.getAdditionalPrinterColumns());

        JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
        refine("", root);
        JSONSchemaProps spec = root.getProperties().get("spec");
        JSONSchemaProps status = root.getProperties().get("status");
        CustomResourceInfo info = CustomResourceInfo.fromClass(kind);
        root.setDescription(description(kind.getName()));
        spec.setDescription(description(info.specClassName().orElseThrow()));
        status.setDescription(description(info.statusClassName().orElseThrow()));
        root.setRequired(List.of("spec"));
        // It has one writer, which writes it whole. A record of who owns each of its fields would be as long as itself,
        // and be read and written with every status (docs/design/2026-11-25-economy.md).
        status.setXKubernetesMapType("atomic");
        status.setDefault(JsonNodeFactory.instance.objectNode().put("observedGeneration", -1));
        JSONSchemaProps route = spec.getProperties().get("route");
        if (route != null) {
            refineRoutes(route, 0);
        }
        return crd;
    }

    private static String description(String className) {
        try {
            return Class.forName(className)
                    .getAnnotation(JsonClassDescription.class)
                    .value();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private void orderColumns(List<CustomResourceColumnDefinition> columns) {
        List<String> names = Arrays.stream(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        columns.sort(Comparator.comparingInt(column -> names.indexOf(column.getName())));
    }

    private static void refine(String name, JSONSchemaProps schema) {
        // An annotation on a record component is seen twice: on the field and on its accessor.
        schema.setXKubernetesValidations(new ArrayList<>(new LinkedHashSet<>(schema.getXKubernetesValidations())));
        explainPattern(schema);
        if ("integer".equals(schema.getType())) {
            schema.setFormat("int64");
        }
        if (TIMES.contains(name)) {
            schema.setFormat("date-time");
        }
        if (schema.getItems() != null) {
            JSONSchemaProps items = schema.getItems().getSchema();
            boolean objects = "object".equals(items.getType());
            if (objects && LIST_MAP_KEYS.containsKey(name)) {
                schema.setXKubernetesListType("map");
                schema.setXKubernetesListMapKeys(List.of(LIST_MAP_KEYS.get(name)));
            } else if (!objects && SETS.contains(name)) {
                schema.setXKubernetesListType("set");
            }
            if (name.equals("conditions")) {
                items.getProperties().get("status").setEnum(CONDITION_STATUS);
            }
            refine("", items);
        }
        if (schema.getAdditionalProperties() != null) {
            refine("", schema.getAdditionalProperties().getSchema());
        }
        schema.getProperties().forEach(CrdRefinement::refine);
    }

    /** Says in words what a pattern means: the API server quotes the pattern itself. */
    private static void explainPattern(JSONSchemaProps schema) {
        String pattern = schema.getPattern();
        if (pattern != null && Syntax.EXPLANATIONS.containsKey(pattern)) {
            ValidationRule rule = new ValidationRule();
            rule.setRule("self.matches(r'" + pattern + "')");
            rule.setMessage(Syntax.EXPLANATIONS.get(pattern));
            schema.getXKubernetesValidations().add(rule);
        }
    }

    /** Level 0 is the root route. */
    private static void refineRoutes(JSONSchemaProps route, int level) {
        if (level > RULE_DEPTH) {
            route.getProperties().forEach((name, schema) -> dropRules(schema));
        }
        JSONSchemaProps routes = route.getProperties().get("routes");
        if (routes != null) {
            refineRoutes(routes.getItems().getSchema(), level + 1);
        } else {
            route.getProperties().put("routes", noRoutes());
        }
    }

    private static void dropRules(JSONSchemaProps schema) {
        schema.setXKubernetesValidations(List.of());
        if (schema.getItems() != null) {
            dropRules(schema.getItems().getSchema());
        }
        schema.getProperties().values().forEach(CrdRefinement::dropRules);
    }

    /** Declared, so that a deeper tree is refused: a field that is not declared would be dropped in silence. */
    private static JSONSchemaProps noRoutes() {
        return new JSONSchemaPropsBuilder()
                .withType("array")
                .withDescription("Must be empty: routes nest at most " + Route.DEPTH + " levels deep.")
                .withMaxItems(0L)
                .withNewItems()
                .withNewSchema()
                .withType("object")
                .withXKubernetesPreserveUnknownFields(true)
                .endSchema()
                .endItems()
                .build();
    }
}
