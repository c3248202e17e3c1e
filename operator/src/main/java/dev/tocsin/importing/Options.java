package dev.tocsin.importing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asked of an import.
 *
 * @param namespace of the objects whose source names none; null leaves it to kubectl
 * @param datasource for spec.datasource of the rules; null leaves it to the operator's default
 * @param datasources names of datasources by what they are called in the source: Grafana's uids
 * @param mail how mails are sent where the source does not say it, as Grafana's contact points do not
 * @param secretValues whether Secrets are written, with the values that stand in the sources
 * @param naming how AlertRules are named
 */
public record Options(
        @Nullable String namespace,
        @Nullable String datasource,
        Map<String, String> datasources,
        @Nullable Mail mail,
        boolean secretValues,
        Naming naming) {

    /**
     * How mails are sent.
     *
     * @param smarthost host:port
     * @param from the sender's address
     */
    public record Mail(String smarthost, String from) {}

    /** How AlertRules are named. */
    public enum Naming {
        /** As short as tells them apart from the others of the same import. */
        Readable,
        /** By the rule alone: its name stays the same whatever other rules come and go. */
        Stable
    }

    /** With names for people. */
    public Options(@Nullable String namespace, @Nullable String datasource, boolean secretValues) {
        this(namespace, datasource, Map.of(), null, secretValues, Naming.Readable);
    }
}
