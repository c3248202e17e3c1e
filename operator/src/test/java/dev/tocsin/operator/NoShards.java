package dev.tocsin.operator;

import dev.tocsin.publish.EvaluatorShards;
import java.util.Map;

/** No evaluators run. */
final class NoShards implements EvaluatorShards {
    @Override
    public void apply(Map<String, Integer> shards) {}

    @Override
    public void retireAllBut(Map<String, Integer> shards) {}
}
