package dev.tocsin.compile.delivery;

import com.google.re2j.Pattern;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * What can be wrong with a text, as a sentence that never repeats the text: it may be a secret. Patterns are RE2's,
 * linear in the input.
 */
final class Texts {
    private static final Pattern LABEL_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9-]+");
    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+):([0-9]{1,5})");
    private static final Pattern AUTHORITY =
            Pattern.compile("([^@\\[\\]]*@)?(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+)(:[0-9]{0,5})?");
    private static final int MAX_PORT = 65_535;

    private Texts() {}

    static boolean isLabelName(String text) {
        return LABEL_NAME.matches(text);
    }

    static boolean isHeaderName(String text) {
        return HEADER_NAME.matches(text);
    }

    /** Characters that YAML can only hold escaped and that no field of a receiver needs. */
    static Optional<String> controlCharacter(String text) {
        return text.codePoints().anyMatch(Texts::isControl)
                ? Optional.of("holds a control character; remove it")
                : Optional.empty();
    }

    private static boolean isControl(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL -> codePoint != '\n' && codePoint != '\t' && codePoint != '\r';
            case Character.SURROGATE -> true;
            default -> codePoint == 0xFEFF;
        };
    }

    /** A URL that Alertmanager refuses: it wants http or https and a host (v0.31.1, config.parseURL). */
    static Optional<String> notHttpUrl(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            return Optional.of("is not a URL (" + e.getReason() + " at index " + e.getIndex() + ")");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return Optional.of("must begin with http:// or https://");
        }
        String authority = uri.getRawAuthority();
        if (authority == null || !AUTHORITY.matches(authority)) {
            return Optional.of("has no valid host; write https://host/path");
        }
        return Optional.empty();
    }

    static Optional<String> notHostAndPort(String text) {
        var matcher = HOST_AND_PORT.matcher(text);
        return matcher.matches() && Integer.parseInt(matcher.group(2)) <= MAX_PORT
                ? Optional.empty()
                : Optional.of("must be host:port, for example smtp.example.com:587");
    }
}
