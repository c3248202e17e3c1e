package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * Where a rule is evaluated.
 *
 * @param shard name of the evaluator shard, for example default-2
 * @param generation the generation of the AlertRule that this shard runs
 */
public record EvaluatorStatus(
        @JsonPropertyDescription("Name of the evaluator shard that runs the rule. Example: default-2.")
        @Required
        @Size(max = 253)
        String shard,

        @JsonPropertyDescription(
                "The generation of the rule that the shard runs. Behind metadata.generation after an edit"
                        + " that was refused: the last good one keeps running.")
        @Min(0)
        @Nullable
        Long generation) {}
