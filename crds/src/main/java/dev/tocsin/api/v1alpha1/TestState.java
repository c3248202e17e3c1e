package dev.tocsin.api.v1alpha1;

/** What has become of a test notification. */
public enum TestState {
    /** It waits for the contact point to be loaded, or it is being sent. */
    Pending,
    /** Every receiver has taken it. */
    Sent,
    /** At least one receiver has not taken it. */
    Failed,
    /** It was being sent when the operator or Alertmanager started anew, and nothing tells how that ended. */
    Unknown
}
