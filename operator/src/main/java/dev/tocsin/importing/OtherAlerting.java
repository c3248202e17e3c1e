package dev.tocsin.importing;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Optional;

/**
 * Objects of Kubernetes that are about alerts and that an import does not read: each is reported, in a folder too, where
 * it would pass for something that has nothing to do with alerts.
 *
 * @param group pattern of API groups
 * @param kind pattern of kinds
 * @param advice what to do instead
 */
record OtherAlerting(Pattern group, Pattern kind, String advice) {
    private static final String EXPORT = "is not read by the import; read what Grafana has made of it:"
            + " /api/v1/provisioning/alert-rules/export, contact-points/export, policies/export";

    private static final List<OtherAlerting> ALL = List.of(
            of("(.+\\.)?alerting\\.grafana\\.app", ".+", EXPORT),
            of("grafana\\.integreatly\\.org", ".*(Alert|ContactPoint|Notification|MuteTiming).*", EXPORT),
            of(
                    "monitoring\\.coreos\\.com",
                    "ThanosRuler",
                    "is not read by the import; read the PrometheusRules that it selects"),
            of(
                    "monitoring\\.coreos\\.com",
                    "Alertmanager",
                    "is not read by the import; read the AlertmanagerConfigs that it selects and the Secret with its"
                            + " configuration"),
            of(
                    "operator\\.victoriametrics\\.com",
                    "VMAlertmanager",
                    "is not read by the import; read the VMAlertmanagerConfigs that it selects, and as a file what"
                            + " spec.configRawYaml or the Secret of spec.configSecret has"),
            of(
                    "monitoring\\.googleapis\\.com",
                    "Rules|ClusterRules|GlobalRules",
                    "is not read by the import; read its spec.groups as a rule file"));

    private static OtherAlerting of(String group, String kind, String advice) {
        return new OtherAlerting(Pattern.compile(group), Pattern.compile(kind), advice);
    }

    /** What to do about a document if it is such an object. */
    static Optional<String> advice(Document document) {
        String apiVersion = document.tree().text("apiVersion").orElse("");
        String group = apiVersion.substring(0, Math.max(0, apiVersion.indexOf('/')));
        String kind = document.tree().text("kind").orElse("");
        return ALL.stream()
                .filter(other -> other.group.matches(group) && other.kind.matches(kind))
                .map(OtherAlerting::advice)
                .findFirst();
    }
}
