package dev.tocsin.importing;

/** A text that is not YAML. The message says where and why. */
public final class UnreadableSourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableSourceException(String message) {
        super(message);
    }
}
