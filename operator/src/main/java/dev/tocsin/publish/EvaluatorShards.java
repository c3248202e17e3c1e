package dev.tocsin.publish;

import java.util.Map;

/** The shards that run: how many of them each datasource has. */
public interface EvaluatorShards {

    /** Brings these shards up; those that run already stay as they are. */
    void apply(Map<String, Integer> shards);

    /** Takes away all others. */
    void retireAllBut(Map<String, Integer> shards);
}
