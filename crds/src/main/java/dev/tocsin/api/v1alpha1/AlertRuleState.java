package dev.tocsin.api.v1alpha1;

/** What an AlertRule is doing now, worst first where several hold. */
public enum AlertRuleState {
    Inactive,
    Pending,
    Firing,
    NoData,
    Error,
    Paused,
    Unknown
}
