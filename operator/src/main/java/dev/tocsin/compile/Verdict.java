package dev.tocsin.compile;

/** Whether an object, as it stands, can go live. */
public sealed interface Verdict {

    /** It can. */
    record Accepted() implements Verdict {}

    /**
     * It cannot.
     *
     * @param message what is wrong, where (the field's path), and what to do
     */
    record Refused(Reason reason, String message) implements Verdict {}

    /** Why an object is refused: a closed set, the reasons of condition Accepted. */
    enum Reason {
        /** A field's value is malformed. */
        InvalidField,
        /** The expression is not one that the datasource accepts. */
        InvalidExpression,
        /** A template does not parse or render. */
        InvalidTemplate,
        /** spec.datasource names none of the configuration. */
        UnknownDatasource,
        /** A referenced object may not be used from here. */
        RefNotPermitted,
        /** A referenced object does not exist. */
        RefNotFound,
        /** A referenced object exists and is itself refused. */
        RefNotAccepted,
        /** A referenced Secret or key does not exist or cannot be read. */
        SecretNotFound,
        /** A referenced ConfigMap or key does not exist or cannot be read. */
        ConfigMapNotFound,
        /** Something that this namespace may not do. */
        NotPermitted,
        /** There is no room for it in the evaluators. */
        NoCapacity,
        /** It is more than its namespace may have. */
        QuotaExceeded,
        /** The engine refuses it, and no check ahead found out why. */
        RefusedByEngine;

        /** Whether something else than an edit of the object can make it go live. */
        public boolean healsByItself() {
            return switch (this) {
                case RefNotFound, RefNotPermitted, RefNotAccepted -> true;
                case SecretNotFound, ConfigMapNotFound, NoCapacity, QuotaExceeded -> true;
                default -> false;
            };
        }
    }
}
