package dev.tocsin.compile;

import java.util.Map;

/**
 * One AlertRule as vmalert loads it.
 *
 * @param generation the generation of the AlertRule from which it was compiled
 * @param datasource name of the datasource whose evaluators run it
 * @param group the vmalert group: one line of JSON, which is also YAML
 * @param labels those that all of its alerts have with these very values; an empty one is taken away
 * @param cost evaluations per second
 * @param expressions what the user wrote in the datasource's language, by the path of the field
 * @param onFailure what is told while its evaluation fails
 */
public record CompiledRule(
        ObjectKey key,
        String uid,
        long generation,
        String datasource,
        String group,
        double cost,
        Map<String, String> labels,
        Map<String, String> expressions,
        OnFailure onFailure) {}
