package dev.tocsin.publish;

/** The names under which the operator applies objects: one for each part that writes. */
public final class FieldManagers {
    /** Writes slots, evaluators and the Alertmanager configuration. */
    public static final String PUBLISHER = "tocsin-publisher";

    /** Writes status. */
    public static final String STATUS = "tocsin-status";

    private FieldManagers() {}
}
