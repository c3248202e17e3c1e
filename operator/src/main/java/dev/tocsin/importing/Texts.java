package dev.tocsin.importing;

import java.util.ArrayList;
import java.util.List;

/** Takes texts apart. */
final class Texts {
    private Texts() {}

    /** The parts between commas that are not within double quotes; after a backslash a quote is none. */
    static List<String> atCommas(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        boolean escaped = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ',' && !quoted) {
                parts.add(part.toString());
                part.setLength(0);
                continue;
            }
            quoted ^= c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            part.append(c);
        }
        parts.add(part.toString());
        return parts;
    }
}
