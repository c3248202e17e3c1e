package dev.tocsin.importing;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Templates of notifications. Grafana v12 fills them in with more than Alertmanager v0.31 does (grafana/alerting,
 * templates): a text that uses what Alertmanager lacks would fail when an alert is told, and the notification be lost.
 */
final class GrafanaTemplates {
    private static final Pattern GRAFANAS_OWN = Pattern.compile("(default\\.(title|message).*|teams\\.default\\.message"
            + "|__text_values_list|__teams_text_alert_list|ng_alert_notification.*)");

    private static final Pattern ALERTMANAGERS_OWN =
            Pattern.compile("[a-z0-9]+\\.default\\.[A-Za-z_]+|__alertmanager(URL)?"
                    + "|__subject|__description|__text_alert_list(_markdown)?");

    /** Fields of Grafana's alerts and notifications; Values is a method of Alertmanager's labels too. */
    private static final Pattern FIELD = Pattern.compile("\\{\\{[^}]*?\\.(ValueString|DashboardURL|PanelURL|SilenceURL"
            + "|ImageURL|EmbeddedImage|OrgID|OrgId|RuleUID|TruncatedAlerts|AppVersion|Vars|ExtraData)\\b");

    private static final Pattern VALUES =
            Pattern.compile("\\{\\{[^}]*?(?:[\\s({)]|\\$[A-Za-z_][A-Za-z0-9_]*)\\.(Values)\\b");
    private static final Pattern FUNCTION =
            Pattern.compile("\\{\\{[^}]*?(?:^|[^.A-Za-z0-9_\"])((?:coll|data|tmpl|time)\\.[A-Za-z]+)");

    private final Harvest harvest;
    private final Map<String, Tree> origins = new LinkedHashMap<>();
    private final Map<String, String> files = new LinkedHashMap<>();
    private final Set<String> lost = new HashSet<>();

    GrafanaTemplates(Harvest harvest) {
        this.harvest = harvest;
    }

    /** A group of templates; without a define of its own it is one template of that name. */
    void add(Tree origin, String name, String text) {
        boolean isOne = GoTemplates.defined(text).isEmpty();
        files.put(name, isOne ? "{{ define \"" + name + "\" }}" + text + "{{ end }}" : text);
        origins.put(name, origin);
    }

    /** Leaves out those that Alertmanager could not fill in, and those that use them. */
    void sort() {
        boolean more = true;
        while (more) {
            more = false;
            for (Map.Entry<String, String> file : new LinkedHashMap<>(files).entrySet()) {
                Optional<String> problem = problem(file.getValue());
                if (problem.isPresent()) {
                    more = true;
                    files.remove(file.getKey());
                    lost.addAll(GoTemplates.defined(file.getValue()));
                    harvest.left(origin(file.getKey()), "template " + file.getKey(), problem.get());
                }
            }
        }
    }

    /** Where a file is from. */
    Tree origin(String name) {
        return Objects.requireNonNull(origins.get(name));
    }

    /** Those that are left. */
    Map<String, String> files() {
        return files;
    }

    /** Why Alertmanager could not fill in a text. */
    Optional<String> problem(String text) {
        for (Pattern pattern : new Pattern[] {FIELD, VALUES}) {
            Matcher field = pattern.matcher(text);
            if (field.find()) {
                return Optional.of(
                        "uses ." + field.group(1) + ", which Grafana's notifications have and Alertmanager's do not");
            }
        }
        Matcher function = FUNCTION.matcher(text);
        if (function.find()) {
            return Optional.of("uses the function " + function.group(1) + ", which Alertmanager does not have");
        }
        for (String name : GoTemplates.used(text)) {
            String reason = lacking(name);
            if (!reason.isEmpty()) {
                return Optional.of("uses the template " + name + ", which " + reason);
            }
        }
        return Optional.empty();
    }

    /** Why there is no template of that name; empty when there is one. */
    private String lacking(String name) {
        if (lost.contains(name)) {
            return "is not carried over";
        }
        if (isDefined(name)) {
            return "";
        }
        if (GRAFANAS_OWN.matches(name)) {
            return "is Grafana's own";
        }
        return ALERTMANAGERS_OWN.matches(name) ? "" : "is not among what is imported";
    }

    private boolean isDefined(String name) {
        return files.values().stream()
                .anyMatch(
                        text -> text.contains(name) && GoTemplates.defined(text).contains(name));
    }
}
