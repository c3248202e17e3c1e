package dev.tocsin.operator;

import dev.tocsin.operator.EvaluatorFleet.Health;
import dev.tocsin.place.Pool;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The shards as metrics. */
final class ShardMetrics {
    private final MultiGauge rules;
    private final MultiGauge load;
    private final MultiGauge moving;
    private final MultiGauge answering;
    private final MultiGauge expected;
    private final MultiGauge late;
    private final MultiGauge slowest;
    private final MultiGauge atOnce;
    private Map<String, Health> told = Map.of();

    ShardMetrics(MeterRegistry metrics) {
        rules = MultiGauge.builder("tocsin.shard.rules")
                .description("Rules that live in a shard")
                .register(metrics);
        load = MultiGauge.builder("tocsin.shard.evaluations.per.second")
                .description("Summed evaluations per second of a shard's rules")
                .register(metrics);
        moving = MultiGauge.builder("tocsin.moves.in.flight")
                .description("Rules that run in two places until the gaining one shows what the losing one shows")
                .register(metrics);
        answering = MultiGauge.builder("tocsin.shard.replicas.answering")
                .description("Replicas of a shard that answer")
                .register(metrics);
        expected = MultiGauge.builder("tocsin.shard.replicas.expected")
                .description("Replicas that a shard should have")
                .register(metrics);
        late = MultiGauge.builder("tocsin.shard.late.rules")
                .description("Rules of a shard whose evaluation takes longer than their interval, or is overdue")
                .register(metrics);
        slowest = MultiGauge.builder("tocsin.shard.slowest.evaluation.ratio")
                .description("The largest part of its interval that the evaluation of a rule takes")
                .register(metrics);
        atOnce = MultiGauge.builder("tocsin.shard.evaluations.at.once")
                .description("Evaluations of a replica that run at the same time, on average")
                .register(metrics);
    }

    /**
     * Tells of these shards, and of no others.
     *
     * @param running number of shards by datasource
     */
    void tell(Shards shards, Map<String, Integer> running) {
        List<Row<?>> ruleRows = new ArrayList<>();
        List<Row<?>> loadRows = new ArrayList<>();
        List<Row<?>> movingRows = new ArrayList<>();
        running.forEach((datasource, number) -> {
            Pool pool = shards.pool(datasource).orElseThrow();
            movingRows.add(Row.of(Tags.of("datasource", datasource), pool, Pool::moving));
            for (int i = 0; i < number; i++) {
                int shard = i;
                Tags tags = Tags.of("datasource", datasource, "shard", datasource + "-" + shard);
                ruleRows.add(Row.of(tags, pool, it -> it.ruleCount(shard)));
                loadRows.add(Row.of(tags, pool, it -> it.load(shard)));
            }
        });
        rules.register(ruleRows, true);
        load.register(loadRows, true);
        moving.register(movingRows, true);
    }

    /** Tells how these shards do, and of no others. */
    void tell(Map<String, Health> health) {
        if (health.equals(told)) {
            return;
        }
        told = health;
        tell(answering, health, Health::answering);
        tell(expected, health, Health::replicas);
        tell(late, health, shard -> shard.pace().late());
        tell(slowest, health, shard -> shard.pace().slowest());
        tell(atOnce, health, shard -> shard.pace().atOnce());
    }

    private static void tell(MultiGauge gauge, Map<String, Health> health, Function<Health, Number> value) {
        List<Row<?>> rows = new ArrayList<>();
        health.forEach((shard, one) -> rows.add(Row.of(
                Tags.of("datasource", shard.substring(0, shard.lastIndexOf('-')), "shard", shard), value.apply(one))));
        gauge.register(rows, true);
    }
}
