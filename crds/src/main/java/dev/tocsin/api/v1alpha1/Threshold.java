package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Compares each number of its input: exactly one comparison is set, and perhaps the recovery that goes with it. */
@ValidationRule(
        value = "[has(self.above), has(self.below), has(self.equal), has(self.notEqual), has(self.atLeast),"
                + " has(self.atMost), has(self.within), has(self.outside), has(self.withinInclusive),"
                + " has(self.outsideInclusive)].filter(set, set).size() == 1",
        message = "set exactly one of above, below, equal, notEqual, atLeast, atMost, within, outside, withinInclusive"
                + " and outsideInclusive")
@ValidationRule(
        value = "!has(self.recoverBelow) || has(self.above) && self.recoverBelow <= self.above || has(self.atLeast) &&"
                + " self.recoverBelow <= self.atLeast",
        message = "recoverBelow goes with above or atLeast, and must not be greater than it")
@ValidationRule(
        value = "!has(self.recoverAbove) || has(self.below) && self.recoverAbove >= self.below || has(self.atMost) &&"
                + " self.recoverAbove >= self.atMost",
        message = "recoverAbove goes with below or atMost, and must not be less than it")
@ValidationRule(
        value = "!has(self.recoverOutside) || has(self.within) || has(self.withinInclusive)",
        message = "recoverOutside goes with within or withinInclusive")
@ValidationRule(
        value = "!has(self.recoverWithin) || has(self.outside) || has(self.outsideInclusive)",
        message = "recoverWithin goes with outside or outsideInclusive")
public record Threshold(
        @JsonPropertyDescription("Name of the query or expression whose numbers are compared. Example: cpuMean.")
        @Required
        @Size(min = 1, max = 63)
        @Pattern(Syntax.REF_NAME)
        String input,

        @JsonPropertyDescription("Holds for numbers greater than this. Example: 0.9.") @Nullable
        Double above,

        @JsonPropertyDescription("Holds for numbers less than this. Example: 3.") @Nullable
        Double below,

        @JsonPropertyDescription("Holds for numbers equal to this. Example: 0.") @Nullable
        Double equal,

        @JsonPropertyDescription("Holds for numbers other than this, NaN among them. Example: 1.") @Nullable
        Double notEqual,

        @JsonPropertyDescription("Holds for numbers greater than or equal to this. Example: 0.9.") @Nullable
        Double atLeast,

        @JsonPropertyDescription("Holds for numbers less than or equal to this. Example: 3.") @Nullable
        Double atMost,

        @JsonPropertyDescription("Holds for numbers inside of the range, its ends excluded.") @Nullable
        ValueRange within,

        @JsonPropertyDescription("Holds for numbers outside of the range; its ends do not count as outside.") @Nullable
        ValueRange outside,

        @JsonPropertyDescription("Holds for numbers inside of the range, its ends included.") @Nullable
        ValueRange withinInclusive,

        @JsonPropertyDescription("Holds for numbers outside of the range; its ends count as outside.") @Nullable
        ValueRange outsideInclusive,

        @JsonPropertyDescription(
                "Once it holds for a series, it goes on until the number is below this (hysteresis). With above and"
                        + " atLeast; the datasource needs remoteWrite in the operator's configuration. Example: 0.8.")
        @Nullable
        Double recoverBelow,

        @JsonPropertyDescription(
                "Once it holds for a series, it goes on until the number is above this (hysteresis). With below and"
                        + " atMost. Example: 5.")
        @Nullable
        Double recoverAbove,

        @JsonPropertyDescription(
                "Once it holds for a series, it goes on until the number is outside of this range (hysteresis). With"
                        + " within and withinInclusive.")
        @Nullable
        ValueRange recoverOutside,

        @JsonPropertyDescription(
                "Once it holds for a series, it goes on until the number is inside of this range (hysteresis). With"
                        + " outside and outsideInclusive.")
        @Nullable
        ValueRange recoverWithin) {

    /** Whether one threshold begins the alert and another one ends it. */
    public boolean hasRecovery() {
        return recoverBelow != null || recoverAbove != null || recoverOutside != null || recoverWithin != null;
    }
}
