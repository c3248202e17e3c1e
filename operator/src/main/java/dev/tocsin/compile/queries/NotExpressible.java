package dev.tocsin.compile.queries;

/** Says why a rule cannot be compiled as its user means it: the field, what is wrong, and what to do. */
public final class NotExpressible extends Exception {
    private static final long serialVersionUID = 1L;

    NotExpressible(String field, String message) {
        super(field + ": " + message);
    }

    /** What to tell the user. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
