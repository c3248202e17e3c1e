package dev.tocsin.compile.queries;

import java.util.Map;

/**
 * A rule's condition as the engine evaluates it.
 *
 * @param alerts returns a series for each label set that alerts; its number is the one that the condition looked at
 * @param noData returns a series for each query that returns nothing, its name in label ref_id; and one without labels
 *     when each returns something and the condition nothing, as nothing could be joined
 * @param remembers whether it asks the datasource how the rule's own alerts were before
 * @param values what templates may say in the place of <code>$values.name</code>, by name; a name that is missing is not
 *     known when the alert is told
 */
public record Condition(String alerts, String noData, boolean remembers, Map<String, String> values) {
    /** The label that names the query which returns nothing. */
    public static final String REF_ID = "ref_id";
}
