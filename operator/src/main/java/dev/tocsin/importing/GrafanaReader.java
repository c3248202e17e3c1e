package dev.tocsin.importing;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads what Grafana v12 is provisioned from: files with apiVersion 1, which its export API writes too, and the answers
 * of its provisioning API.
 */
final class GrafanaReader {
    private static final String CONFIGURATION = "alertmanager_config";
    private static final List<String> SECTIONS =
            List.of("groups", "contactPoints", "policies", "muteTimes", "templates");

    /** Sections that say what Grafana is to forget. */
    private static final Map<String, String> DELETIONS = new TreeMap<>(Map.of(
            "deleteRules", "delete the AlertRule, if there is one",
            "deleteContactPoints", "delete the ContactPoint, if there is one",
            "deleteMuteTimes", "delete it from the NotificationPolicy, if it is there",
            "deleteTemplates", "delete the ConfigMap, if there is one",
            "resetPolicies", "delete the NotificationPolicy, if there is one"));

    static boolean isFile(Document document) {
        Tree tree = document.tree();
        return tree.isMapping()
                && !tree.has("kind")
                && tree.has("apiVersion")
                && (SECTIONS.stream().anyMatch(tree::has)
                        || DELETIONS.keySet().stream().anyMatch(tree::has));
    }

    static boolean isAnswer(Document document) {
        Tree tree = document.tree();
        return tree.has(CONFIGURATION)
                || isRule(tree)
                || isGroup(tree)
                || isReceiver(tree)
                || isTemplate(tree)
                || isTiming(tree)
                || isPolicy(tree);
    }

    void readFile(Document document, Harvest harvest) {
        Tree tree = document.tree();
        tree.done("apiVersion");
        GrafanaTexts texts = new GrafanaTexts(harvest, true);
        GrafanaRuleReader rules = new GrafanaRuleReader(document, harvest, texts);
        GrafanaDelivery delivery = harvest.grafana(document.namespace());
        ofOneOrganisation(tree, "groups", "group", harvest).forEach(rules::readGroup);
        ofOneOrganisation(tree, "contactPoints", "contact point", harvest)
                .forEach(item -> delivery.contactPoint(item, texts));
        ofOneOrganisation(tree, "templates", "template", harvest).forEach(item -> delivery.template(item, texts));
        ofOneOrganisation(tree, "muteTimes", "mute timing", harvest).forEach(delivery::timing);
        ofOneOrganisation(tree, "policies", "policy", harvest).forEach(item -> delivery.policy(item, texts));
        DELETIONS.forEach((section, advice) -> tree.items(section).forEach(item -> {
            item.done();
            harvest.left(item, section, "an import deletes nothing: " + advice);
        }));
    }

    /** Grafana takes what names no organisation for the first one's. */
    private static List<Tree> ofOneOrganisation(Tree file, String section, String kind, Harvest harvest) {
        return file.items(section).stream()
                .filter(item -> harvest.isOfOrganisation(organisation(item, "orgId"), item, kind))
                .toList();
    }

    private static String organisation(Tree tree, String field) {
        return tree.text(field).filter(id -> !id.equals("0")).orElse("1");
    }

    /** The API says it of rules only. */
    private static boolean isOfOrganisation(Tree rule, Tree answer, String kind, Harvest harvest) {
        return !rule.has("orgID") || harvest.isOfOrganisation(organisation(rule, "orgID"), answer, kind);
    }

    void readAnswer(Document document, Harvest harvest) {
        Tree tree = document.tree();
        GrafanaTexts texts = new GrafanaTexts(harvest, false);
        GrafanaRuleReader rules = new GrafanaRuleReader(document, harvest, texts);
        GrafanaDelivery delivery = harvest.grafana(document.namespace());
        if (tree.has(CONFIGURATION)) {
            readConfiguration(tree, delivery, texts);
        } else if (isGroup(tree)) {
            Optional<Tree> rule = tree.items("rules").stream().findFirst();
            if (rule.isEmpty() || isOfOrganisation(rule.get(), tree, "group", harvest)) {
                rules.readGroup(tree);
            }
        } else if (isRule(tree)) {
            items(tree).stream()
                    .filter(rule -> isOfOrganisation(rule, rule, "rule", harvest))
                    .forEach(rules::readAnswer);
        } else if (isReceiver(tree)) {
            items(tree).forEach(item -> delivery.receiver(item, texts));
        } else if (isTemplate(tree)) {
            items(tree).forEach(item -> delivery.template(item, texts));
        } else if (isTiming(tree)) {
            items(tree).forEach(delivery::timing);
        } else {
            delivery.policy(tree, texts);
        }
    }

    /** All of delivery in one: /api/alertmanager/grafana/config/api/v1/alerts. */
    private static void readConfiguration(Tree tree, GrafanaDelivery delivery, GrafanaTexts texts) {
        tree.done("template_file_provenances", "id", "last_applied");
        tree.entries("template_files").forEach(delivery::template);
        Tree configuration = tree.get(CONFIGURATION).orElse(tree);
        configuration.done("templates", "muteTimeProvenances");
        configuration.items("receivers").forEach(item -> delivery.configured(item, texts));
        configuration.items("mute_time_intervals").forEach(delivery::timing);
        configuration.items("time_intervals").forEach(delivery::timing);
        configuration.get("route").ifPresent(route -> delivery.policy(route, texts));
    }

    /** The API answers with a list, or with one of its items where one is asked for. */
    private static List<Tree> items(Tree tree) {
        return tree.isList() ? tree.items() : List.of(tree);
    }

    private static boolean isRule(Tree tree) {
        return one(tree).has("ruleGroup") && one(tree).has("data");
    }

    private static boolean isReceiver(Tree tree) {
        return one(tree).has("settings") && one(tree).has("type") && one(tree).has("name");
    }

    private static boolean isTemplate(Tree tree) {
        return one(tree).has("template") && one(tree).has("name");
    }

    private static boolean isTiming(Tree tree) {
        return one(tree).has("time_intervals") && one(tree).has("name");
    }

    /** Alertmanager's configuration has its routes one level deeper. */
    private static boolean isPolicy(Tree tree) {
        return tree.isMapping()
                && tree.has("receiver")
                && (tree.has("routes") || tree.has("group_by") || tree.has("provenance"));
    }

    private static Tree one(Tree tree) {
        return tree.first().orElse(tree);
    }

    private static boolean isGroup(Tree tree) {
        return tree.has("rules") && tree.has("title") && (tree.has("folderUid") || tree.has("interval"));
    }
}
