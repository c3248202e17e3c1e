package dev.tocsin.api.v1alpha1;

/** What becomes of an alert whose evaluation fails. */
public enum ErrorPolicy {
    Error,
    Alerting,
    OK,
    KeepLast
}
