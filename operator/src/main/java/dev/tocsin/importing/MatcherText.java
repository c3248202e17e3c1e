package dev.tocsin.importing;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads matchers that are written as text, such as <code>severity=~"page|warning"</code>, as Alertmanager v0.31.1 does
 * (pkg/labels/parse.go): several may stand in one text, with commas between and braces around.
 */
final class MatcherText {
    private static final Pattern FORM =
            Pattern.compile("(?s)\\s*(\"[^\"]*\"|[^\\s=!~\"{},]+)\\s*(=~|!=|!~|=)\\s*(.*?)\\s*");

    private MatcherText() {}

    /** A condition on a label, not yet known to be one that an object takes. */
    record Condition(String label, String op, String value) {}

    /** The matchers of a text; absent when it is not one of that form. */
    static Optional<List<Condition>> parse(String text) {
        String inner = text.strip();
        if (inner.startsWith("{") && inner.endsWith("}")) {
            inner = inner.substring(1, inner.length() - 1);
        }
        List<Condition> conditions = new ArrayList<>();
        List<String> parts = Texts.atCommas(inner);
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            if (part.isBlank() && i == parts.size() - 1) {
                break;
            }
            Optional<Condition> condition = one(part);
            if (condition.isEmpty()) {
                return Optional.empty();
            }
            conditions.add(condition.get());
        }
        return Optional.of(conditions);
    }

    private static Optional<Condition> one(String text) {
        com.google.re2j.Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String label = matcher.group(1).replace("\"", "");
        return value(matcher.group(3)).map(value -> new Condition(label, matcher.group(2), value));
    }

    /** The text between quotes, or without any; a quote within has a backslash before it. */
    private static Optional<String> value(String raw) {
        boolean quoted = raw.startsWith("\"");
        String rest = quoted ? raw.substring(1) : raw;
        StringBuilder value = new StringBuilder();
        for (int i = 0; i < rest.length(); i++) {
            char c = rest.charAt(i);
            boolean isLast = i == rest.length() - 1;
            if (c == '\\' && !isLast) {
                i++;
                char next = rest.charAt(i);
                switch (next) {
                    case 'n' -> value.append('\n');
                    case '"', '\\' -> value.append(next);
                    default -> value.append('\\').append(next);
                }
            } else if (c == '"') {
                return quoted && isLast ? Optional.of(value.toString()) : Optional.empty();
            } else {
                value.append(c);
            }
        }
        return quoted ? Optional.empty() : Optional.of(value.toString());
    }
}
