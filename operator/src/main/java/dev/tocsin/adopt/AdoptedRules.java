package dev.tocsin.adopt;

import dev.tocsin.api.v1alpha1.AlertRule;
import dev.tocsin.importing.ImportedObject;
import dev.tocsin.importing.Importer;
import dev.tocsin.importing.Manifests;
import dev.tocsin.importing.Options;
import dev.tocsin.importing.Report;
import dev.tocsin.importing.Source;
import dev.tocsin.importing.TemplateFiles;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one PrometheusRule is run as.
 *
 * @param rules AlertRules of its namespace, which are deleted with it
 * @param left what of its alerting rules cannot be carried over; recording rules are not in here
 */
record AdoptedRules(List<AlertRule> rules, List<Report.Left> left) {
    /** On every adopted AlertRule. */
    static final Map<String, String> LABELS =
            Map.of("app.kubernetes.io/managed-by", "tocsin", "tocsin.dev/adopted-from", "PrometheusRule");

    private static final String RECORDING_RULE = "recording rule";

    /** @param datasource for the AlertRules; null is the operator's default */
    static AdoptedRules of(GenericKubernetesResource prometheusRule, @Nullable String datasource) {
        var imported = Importer.run(
                List.of(new Source("PrometheusRule", Serialization.asJson(prometheusRule), true)),
                TemplateFiles.NONE,
                new Options(null, datasource, Map.of(), null, false, Options.Naming.Stable));
        List<AlertRule> rules = new ArrayList<>();
        for (ImportedObject object : imported.objects()) {
            AlertRule rule = Serialization.unmarshal(Manifests.yaml(object.body()), AlertRule.class);
            rule.getMetadata().setLabels(LABELS);
            rule.getMetadata().setOwnerReferences(List.of(owner(prometheusRule)));
            rules.add(rule);
        }
        return new AdoptedRules(
                rules,
                imported.report().left().stream()
                        .filter(left -> !left.what().startsWith(RECORDING_RULE))
                        .toList());
    }

    private static OwnerReference owner(GenericKubernetesResource prometheusRule) {
        return new OwnerReferenceBuilder()
                .withApiVersion(prometheusRule.getApiVersion())
                .withKind(prometheusRule.getKind())
                .withName(prometheusRule.getMetadata().getName())
                .withUid(prometheusRule.getMetadata().getUid())
                .withController(true)
                .build();
    }
}
