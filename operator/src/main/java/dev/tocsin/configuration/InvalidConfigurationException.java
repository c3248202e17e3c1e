package dev.tocsin.configuration;

/** The configuration file is wrong; the message names the field and the fix. */
public final class InvalidConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidConfigurationException(String message) {
        super(message);
    }
}
