package dev.tocsin.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.AlertmanagerConfiguration;
import dev.tocsin.compile.delivery.Assembler.Assembly;
import dev.tocsin.compile.delivery.Forecast;
import dev.tocsin.compile.delivery.LabelMatcher;
import dev.tocsin.compile.delivery.PolicyFragment;
import dev.tocsin.compile.delivery.Routing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where an alert goes, as the operator's own routing says.
 *
 * @param at the time for which mute and active timings were looked at
 * @param reaches in the order in which Alertmanager walks the tree; empty when nobody is told
 * @param inhibitedWhile rules that mute the alert while another one fires; whether one does, labels cannot tell
 * @param mayAlsoReach where alerts of the rule may go as well, decided by labels of their series
 * @param mayReachNobody whether labels of the series may have it that nobody is told
 * @param notes what else to know about the answer
 */
record RouteAnswer(
        SortedMap<String, String> labels,
        Instant at,
        List<Reached> reaches,
        List<InhibitedWhile> inhibitedWhile,
        SortedSet<String> mayAlsoReach,
        boolean mayReachNobody,
        List<String> notes) {
    private static final String POLICY = "NotificationPolicy";
    private static final JsonMapper JSON = JsonMapper.builder()
            .defaultPropertyInclusion(JsonInclude.Value.ALL_NON_NULL)
            .build();

    /**
     * A contact point that is told.
     *
     * @param contactPoint namespace/name
     * @param hasReceivers whether it tells anybody: without receivers it is there to drop alerts
     * @param muted whether it is not told at that time
     * @param mutedDuring mute timings that hold
     * @param outsideOf active timings, when none of them holds
     */
    record Reached(
            String contactPoint,
            Through through,
            boolean hasReceivers,
            boolean muted,
            List<String> mutedDuring,
            List<String> outsideOf) {}

    /**
     * What leads to a contact point.
     *
     * @param namespace null for the operator's configuration, like the name
     * @param path of the field
     */
    record Through(
            String kind,
            @Nullable String namespace,
            @Nullable String name,
            String path) {

        private static Through of(ObjectKey policy, String path) {
            return new Through(POLICY, policy.namespace(), policy.name(), path);
        }

        private String object() {
            return namespace == null ? kind : kind + "/" + namespace + "/" + name;
        }
    }

    /**
     * An inhibition rule whose target the alert is, and whose source some alert can be.
     *
     * @param source matchers of the other alert, as Alertmanager writes them
     * @param equal labels in which both must agree
     */
    record InhibitedWhile(Through through, List<String> source, List<String> equal) {}

    /**
     * Works it out.
     *
     * @param known what is known of all alerts of a rule, when that is what was asked about
     * @param defaultIsKnown whether it is known who is told by default
     * @param remarks what else to know about the answer
     */
    static RouteAnswer of(
            Assembly assembly,
            Map<String, String> labels,
            Optional<Map<String, String>> known,
            Instant at,
            boolean defaultIsKnown,
            List<String> remarks) {
        Routing routing = new Routing(assembly.configuration());
        Set<String> withoutReceivers = assembly.configuration().withoutReceivers();
        List<Reached> reaches = routing.match(labels).stream()
                .filter(match -> !match.receiver().equals(AlertmanagerConfiguration.NOBODY))
                .map(match -> reached(match, !withoutReceivers.contains(match.receiver()), routing.mute(match, at)))
                .toList();
        Optional<Forecast> forecast = known.map(routing::forecast);
        SortedSet<String> others = new TreeSet<>(
                forecast.map(Forecast::contactPoints).map(TreeSet::new).orElseGet(TreeSet::new));
        reaches.forEach(reached -> others.remove(reached.contactPoint()));
        boolean maybeNobody =
                reaches.isEmpty() || forecast.filter(Forecast::mayReachNobody).isPresent();
        List<String> notes = new ArrayList<>(remarks);
        others.stream()
                .filter(withoutReceivers::contains)
                .forEach(name -> notes.add("the contact point " + name + " has no receivers, so it tells nobody"));
        if (maybeNobody && !defaultIsKnown) {
            notes.add("who is told by default is not known; give the operator's configuration with --config");
        }
        return new RouteAnswer(
                new TreeMap<>(labels), at, reaches, inhibitions(assembly, labels), others, maybeNobody, notes);
    }

    private static Reached reached(Routing.Match match, boolean hasReceivers, Routing.Mute mute) {
        Through through = match.policy()
                .map(policy -> Through.of(policy, match.path()))
                .orElse(new Through("OperatorConfiguration", null, null, "delivery.defaultContactPoint"));
        return new Reached(
                match.receiver(),
                through,
                hasReceivers,
                mute.isMuted(),
                ownNames(mute.during()),
                ownNames(mute.outsideOf()));
    }

    /** As the policy calls them: in the configuration the policy's own name stands before. */
    private static List<String> ownNames(List<String> timings) {
        return timings.stream()
                .map(timing -> timing.substring(timing.lastIndexOf('/') + 1))
                .toList();
    }

    private static List<InhibitedWhile> inhibitions(Assembly assembly, Map<String, String> labels) {
        List<InhibitedWhile> result = new ArrayList<>();
        assembly.policies().forEach((key, policy) -> {
            List<PolicyFragment.Inhibition> rules = policy.fragment().inhibitRules();
            for (int i = 0; i < rules.size(); i++) {
                PolicyFragment.Inhibition rule = rules.get(i);
                if (rule.isAbout(labels) && rule.hasSourceFor(labels)) {
                    result.add(new InhibitedWhile(
                            Through.of(key, "spec.inhibitRules[" + i + "]"),
                            rule.source().stream().map(LabelMatcher::text).toList(),
                            rule.equal()));
                }
            }
        });
        return result;
    }

    /** One JSON object, for programs. */
    String json() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("labels", labels);
        tree.put("at", at.toString());
        tree.put("reaches", reaches);
        tree.put("inhibitedWhile", inhibitedWhile);
        tree.put("mayAlsoReach", mayAlsoReach);
        tree.put("mayReachNobody", mayReachNobody);
        tree.put("notes", notes);
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("lists and maps of texts cannot fail to be written", e);
        }
    }

    /** A table and sentences, for people. */
    String text() {
        StringBuilder result = new StringBuilder();
        if (reaches.isEmpty()) {
            result.append("Nobody is told.\n");
        } else {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("CONTACT POINT", "THROUGH", "ROUTE", "TOLD"));
            reaches.forEach(reached -> rows.add(List.of(
                    reached.contactPoint(),
                    reached.through().object(),
                    reached.through().path(),
                    told(reached))));
            appendTable(result, rows);
        }
        List<String> sentences = new ArrayList<>();
        inhibitedWhile.forEach(rule -> sentences.add(sentence(rule)));
        if (!mayAlsoReach.isEmpty()) {
            sentences.add("Labels of the series may take alerts of this rule to " + String.join(", ", mayAlsoReach)
                    + (mayReachNobody ? ", or to nobody." : "."));
        } else if (mayReachNobody && !reaches.isEmpty()) {
            sentences.add("Labels of the series may have it that nobody is told.");
        }
        notes.forEach(note -> sentences.add("Note: " + note + (note.endsWith(".") ? "" : ".")));
        if (!sentences.isEmpty()) {
            result.append('\n').append(String.join("\n", sentences)).append('\n');
        }
        return result.toString();
    }

    private static String told(Reached reached) {
        List<String> reasons = new ArrayList<>();
        if (!reached.hasReceivers()) {
            reasons.add("it has no receivers");
        }
        if (!reached.mutedDuring().isEmpty()) {
            reasons.add("muted during " + String.join(", ", reached.mutedDuring()));
        }
        if (!reached.outsideOf().isEmpty()) {
            reasons.add("muted outside of " + String.join(", ", reached.outsideOf()));
        }
        return reasons.isEmpty() ? "yes" : "no, " + String.join(" and ", reasons);
    }

    private static String sentence(InhibitedWhile rule) {
        String same = rule.equal().isEmpty() ? "" : " with the same " + String.join(", ", rule.equal());
        return "Not told while an alert with " + String.join(", ", rule.source()) + same + " fires: "
                + rule.through().path() + " of " + rule.through().object() + ".";
    }

    private static void appendTable(StringBuilder result, List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        rows.forEach(row -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        rows.forEach(row -> {
            for (int i = 0; i < columns - 1; i++) {
                result.append(row.get(i))
                        .append(" ".repeat(widths[i] - row.get(i).length() + 3));
            }
            result.append(row.getLast()).append('\n');
        });
    }
}
