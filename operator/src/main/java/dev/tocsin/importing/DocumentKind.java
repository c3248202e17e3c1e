package dev.tocsin.importing;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A kind of document that an import tells apart, and who reads it.
 *
 * @param name as users know it
 * @param recognises whether a document is of the kind, by a look at its outermost fields
 */
record DocumentKind(String name, Predicate<Document> recognises, DocumentReader reader) {

    /** All of them; the first that recognises a document reads it. */
    static final List<DocumentKind> ALL = List.of(
            new DocumentKind("rule file", DocumentKind::holdsRuleGroups, new RuleGroupsReader()::readFile),
            new DocumentKind(
                    "answer of a ruler's API", DocumentKind::holdsNamespaces, new RuleGroupsReader()::readNamespaces),
            object("monitoring.coreos.com/", "PrometheusRule", new RuleGroupsReader()::readObject),
            object("operator.victoriametrics.com/", "VMRule", new RuleGroupsReader()::readObject),
            // OpenShift's own, of which it makes a PrometheusRule.
            object("monitoring.openshift.io/", "AlertingRule", new RuleGroupsReader()::readObject),
            new DocumentKind(
                    "Alertmanager configuration", DocumentKind::holdsRoutes, new AlertmanagerReader()::readFile),
            object("monitoring.coreos.com/", "AlertmanagerConfig", new AlertmanagerReader()::readObject),
            object("operator.victoriametrics.com/", "VMAlertmanagerConfig", new AlertmanagerReader()::readObject),
            new DocumentKind("Grafana provisioning file", GrafanaReader::isFile, new GrafanaReader()::readFile),
            new DocumentKind(
                    "answer of Grafana's API",
                    document -> !document.isTyped() && GrafanaReader.isAnswer(document),
                    new GrafanaReader()::readAnswer));

    /** What a document is, if it is anything that an import knows. */
    static Optional<DocumentKind> of(Document document) {
        return ALL.stream().filter(kind -> kind.recognises.test(document)).findFirst();
    }

    private static DocumentKind object(String group, String kind, DocumentReader reader) {
        return new DocumentKind(kind, document -> document.isObject(group, kind), reader);
    }

    /** Grafana's provisioning files have groups too, and say apiVersion: 1. */
    private static boolean holdsRuleGroups(Document document) {
        return !document.isTyped() && document.tree().has("groups");
    }

    /** Groups by namespace, as the rulers of Mimir, Loki and Grafana write them. */
    private static boolean holdsNamespaces(Document document) {
        Tree tree = document.tree();
        return !document.isTyped()
                && tree.isMapping()
                && !tree.parts().isEmpty()
                && tree.parts().stream()
                        .allMatch(groups -> groups.isList()
                                && !groups.parts().isEmpty()
                                && groups.parts().stream()
                                        .allMatch(
                                                group -> group.isMapping() && group.has("name") && group.has("rules")));
    }

    private static boolean holdsRoutes(Document document) {
        return !document.isTyped()
                && document.tree().has("route")
                && document.tree().has("receivers");
    }
}
