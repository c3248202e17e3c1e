package dev.tocsin.compile.queries;

import dev.tocsin.compile.queries.Node.Vector;
import java.util.Set;
import java.util.TreeSet;

/**
 * A rule's own alerts as the datasource remembers them: after each evaluation an evaluator writes series ALERTS, one for
 * each alert that is pending or fires, and a stale marker when it has ended (vmalert 1.150, rule/alerting.go).
 *
 * @param namespace of the rule
 * @param rule its name
 * @param alert the name of its alerts
 * @param labels the names of the labels that the rule gives to its alerts
 */
public record OwnAlerts(String namespace, String rule, String alert, Set<String> labels) {
    /**
     * VictoriaMetrics keeps the answer that there is no such series for up to 11 s (1.150, lib/mergeset, flushCallback); one
     * second more each for evaluators to write, and for it to take in what is new.
     */
    static final long SHORTEST_INTERVAL_SECONDS = 15;

    private static final Set<String> ADDED =
            Set.of("alertgroup", "alertname", "alertstate", "tocsin_namespace", "tocsin_rule");

    /**
     * PromQL with 1 for each label set whose alert was pending or fired when the rule was evaluated last.
     *
     * @param evaluations how many evaluations may have failed since, and one
     * @param intervalSeconds from one evaluation to the next. They may come up to half of it early or late.
     */
    String before(int evaluations, long intervalSeconds) {
        return "max without (" + String.join(", ", added()) + ") (default_rollup(ALERTS{tocsin_namespace="
                + PromqlText.quoted(namespace) + ", tocsin_rule=" + PromqlText.quoted(rule) + ", alertname="
                + PromqlText.quoted(alert) + "}[" + evaluations * intervalSeconds + "s] offset " + intervalSeconds / 2
                + "s))";
    }

    /**
     * An alert is known again by the labels of its series, which those of the rule must not take the place of.
     *
     * @param field what needs to know it again, and the value of it that does
     */
    void refuseUnlessKnownAgain(String field, String value, Vector vector) throws NotExpressible {
        String query = vector.labels().query();
        Set<String> names = vector.labels()
                .names()
                .orElseThrow(() -> new NotExpressible(
                        field,
                        value + "needs to know the labels of query \"" + query
                                + "\"; aggregate it as in sum by (instance) (…), or" + " name them in its dimensions"));
        for (String name : new TreeSet<>(names)) {
            if (labels.contains(name)) {
                throw new NotExpressible(
                        field,
                        value + "cannot be together with spec.labels." + name
                                + ", which takes the place of a label of query \"" + query + "\"; choose another name");
            }
            if (ADDED.contains(name)) {
                throw new NotExpressible(
                        field,
                        value + "cannot be with label " + name + " of query \"" + query
                                + "\", in the place of which alerts have their own; aggregate it away");
            }
        }
    }

    private Set<String> added() {
        Set<String> result = new TreeSet<>(ADDED);
        result.addAll(labels);
        return result;
    }
}
