package dev.tocsin.publish;

import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.configuration.OperatorConfiguration.Datasource;
import java.util.Map;
import java.util.stream.Collectors;

/** As many shards as each datasource has at least. */
public final class FewestShards {
    private FewestShards() {}

    public static Map<String, Integer> of(OperatorConfiguration configuration) {
        return configuration.datasources().stream().collect(Collectors.toMap(Datasource::name, Datasource::minShards));
    }
}
