package dev.tocsin.importing;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.LinkedHashSet;
import java.util.Set;

/** Which templates texts in Go's template language define and use, by name. */
final class GoTemplates {
    private static final Pattern DEFINED = Pattern.compile("\\{\\{-?\\s*(?:define|block)\\s+[\"`]([^\"`]+)[\"`]");
    private static final Pattern USED = Pattern.compile("\\{\\{[^}]*template\\s+[\"`]([^\"`]+)[\"`]");

    private GoTemplates() {}

    /** In the order of the text. */
    static Set<String> defined(String text) {
        return names(DEFINED, text);
    }

    /** In the order of the text. */
    static Set<String> used(String text) {
        return names(USED, text);
    }

    private static Set<String> names(Pattern pattern, String text) {
        Set<String> names = new LinkedHashSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }
}
