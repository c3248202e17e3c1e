package dev.tocsin.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsOrArray;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the generator's annotations cannot say: list-map keys, nested routes, the status default, the order of columns. */
final class CrdRefinement implements CRDPostProcessor {
    /** How many levels of routes may hang under the root route. */
    static final int ROUTE_DEPTH = 8;

    private static final int MAX_ROUTES = 100;

    /** Lists of objects that are maps by one of their fields. */
    private static final Map<String, String> LIST_MAP_KEYS = Map.of("conditions", "type", "muteTimings", "name");

    /** Lists of strings in which nothing may stand twice. */
    private static final Set<String> SETS =
            Set.of("groupBy", "muteTimings", "activeTimings", "equal", "namespaces", "contactPoints");

    private static final Set<String> TIMES = Set.of("since", "activeAt", "lastTransitionTime");

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
        root.setDescription(description(kind));
        root.setRequired(List.of("spec"));
        status.setDefault(JsonNodeFactory.instance.objectNode().put("observedGeneration", -1));
        JSONSchemaProps route = spec.getProperties().get("route");
        if (route != null) {
            nestRoutes(route, new JSONSchemaPropsBuilder(route).build(), 0);
        }
        return crd;
    }

    private static String description(Class<?> type) {
        JsonClassDescription description = type.getAnnotation(JsonClassDescription.class);
        return description == null ? null : description.value();
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
            refine("", items);
        }
        if (schema.getAdditionalProperties() != null) {
            refine("", schema.getAdditionalProperties().getSchema());
        }
        schema.getProperties().forEach(CrdRefinement::refine);
    }

    private static void nestRoutes(JSONSchemaProps route, JSONSchemaProps template, int level) {
        JSONSchemaProps child = new JSONSchemaPropsBuilder(template).build();
        JSONSchemaProps routes = new JSONSchemaProps();
        routes.setType("array");
        if (level < ROUTE_DEPTH) {
            routes.setMaxItems((long) MAX_ROUTES);
            routes.setItems(new JSONSchemaPropsOrArray(null, child));
            nestRoutes(child, template, level + 1);
        } else {
            // Declared, so that a deeper tree is refused; an undeclared field would be dropped in silence.
            routes.setMaxItems(0L);
            JSONSchemaProps nothing = new JSONSchemaProps();
            nothing.setType("object");
            routes.setItems(new JSONSchemaPropsOrArray(null, nothing));
        }
        route.getProperties().put("routes", routes);
    }
}
