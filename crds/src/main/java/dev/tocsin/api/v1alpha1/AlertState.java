package dev.tocsin.api.v1alpha1;

/** The state of one alert instance. */
public enum AlertState {
    Pending,
    Firing
}
