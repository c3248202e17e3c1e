package dev.tocsin.importing;

/** Says why a thing cannot be carried over at all, and which part of it is in the way. */
final class NotCarriedOver extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Tree at;

    NotCarriedOver(Tree at, String reason) {
        super(reason);
        this.at = at;
    }

    Tree at() {
        return at;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
