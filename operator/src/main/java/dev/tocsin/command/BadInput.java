package dev.tocsin.command;

/** What a user gave cannot be worked with: the message is one sentence that says what, where, and what to do. */
final class BadInput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadInput(String message) {
        super(message);
    }
}
