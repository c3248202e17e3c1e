package dev.tocsin.status;

import java.nio.charset.StandardCharsets;

/** Shortens texts to what the API server takes, and says so by an ellipsis; no character is cut in two. */
public final class Cut {
    private static final String ELLIPSIS = "…";

    private Cut() {}

    /** At most that many characters (Unicode code points, as schemas count them). */
    public static String after(int characters, String text) {
        return text.codePointCount(0, text.length()) <= characters
                ? text
                : text.substring(0, text.offsetByCodePoints(0, characters - 1)) + ELLIPSIS;
    }

    /** At most that many bytes in UTF-8. */
    static String afterBytes(int bytes, String text) {
        if (utf8(text) <= bytes) {
            return text;
        }
        int left = bytes - utf8(ELLIPSIS);
        int end = 0;
        while (end < text.length()) {
            String character = Character.toString(text.codePointAt(end));
            left -= utf8(character);
            if (left < 0) {
                break;
            }
            end += character.length();
        }
        return text.substring(0, end) + ELLIPSIS;
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
