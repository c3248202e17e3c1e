package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a matcher compares a label with its value. */
public enum MatchOp {
    @JsonProperty("=")
    EQUAL("="),
    @JsonProperty("!=")
    NOT_EQUAL("!="),
    @JsonProperty("=~")
    REGEX("=~"),
    @JsonProperty("!~")
    NOT_REGEX("!~");

    private final String symbol;

    MatchOp(String symbol) {
        this.symbol = symbol;
    }

    /** The operator as PromQL and Alertmanager write it. */
    public String symbol() {
        return symbol;
    }
}
