package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/**
 * How many firing alerts of a rule Alertmanager keeps back, by why; one that is kept back for two reasons counts in
 * both. A number is null rather than zero.
 */
public record HeldBack(
        @JsonPropertyDescription("Number of firing alerts that a silence matches.") @Min(0) @Nullable
        Integer silenced,

        @JsonPropertyDescription("Number of firing alerts that another alert inhibits.") @Min(0) @Nullable
        Integer inhibited,

        @JsonPropertyDescription(
                "Number of firing alerts that at least one contact point is not told of now: a mute timing holds, or no"
                        + " active timing does.")
        @Min(0)
        @Nullable
        Integer muted) {}
