package dev.tocsin.operator;

import dev.tocsin.place.Pool;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** The load of a shard as metrics. */
final class ShardMetrics {
    private ShardMetrics() {}

    static void register(MeterRegistry metrics, Pool pool, String datasource, int shard) {
        Tags tags = Tags.of("datasource", datasource, "shard", datasource + "-" + shard);
        Gauge.builder("tocsin.shard.rules", pool, it -> it.ruleCount(shard))
                .description("Rules that live in a shard")
                .tags(tags)
                .register(metrics);
        Gauge.builder("tocsin.shard.evaluations.per.second", pool, it -> it.load(shard))
                .description("Summed evaluations per second of a shard's rules")
                .tags(tags)
                .register(metrics);
    }
}
