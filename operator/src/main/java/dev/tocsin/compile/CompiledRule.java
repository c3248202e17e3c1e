package dev.tocsin.compile;

/**
 * One AlertRule as vmalert loads it.
 *
 * @param generation the generation of the AlertRule from which it was compiled
 * @param datasource name of the datasource whose evaluators run it
 * @param group the vmalert group: one line of JSON, which is also YAML
 * @param cost evaluations per second
 */
public record CompiledRule(ObjectKey key, String uid, long generation, String datasource, String group, double cost) {}
