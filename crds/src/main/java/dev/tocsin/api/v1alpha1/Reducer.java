package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the points of a series become one number. */
public enum Reducer {
    @JsonProperty("last")
    LAST,
    @JsonProperty("min")
    MIN,
    @JsonProperty("max")
    MAX,
    @JsonProperty("mean")
    MEAN,
    @JsonProperty("median")
    MEDIAN,
    @JsonProperty("sum")
    SUM,
    @JsonProperty("count")
    COUNT
}
