package dev.tocsin.api.v1alpha1;

/** Why Alertmanager keeps the notification of an alert back. */
public enum Hold {
    /** A silence matches it. */
    Silenced,
    /** An alert that fires inhibits it. */
    Inhibited,
    /** A mute timing holds, or no active timing does. */
    Muted
}
