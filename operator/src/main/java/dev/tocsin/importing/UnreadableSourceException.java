package dev.tocsin.importing;

/** A text that is not YAML. The message says where and why. */
public final class UnreadableSourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final String reason;

    /** @param line 1 and up; 0 when unknown */
    UnreadableSourceException(String source, int line, String reason) {
        super(source + (line > 0 ? " line " + line : "") + ": " + reason);
        this.line = line;
        this.reason = reason;
    }

    /** 1 and up; 0 when unknown. */
    public int line() {
        return line;
    }

    /** What is wrong, for example is not YAML: … */
    public String reason() {
        return reason;
    }
}
