package dev.tocsin.api.v1alpha1;

/** What becomes of an alert whose queries return nothing. */
public enum NoDataPolicy {
    NoData,
    Alerting,
    OK,
    KeepLast
}
