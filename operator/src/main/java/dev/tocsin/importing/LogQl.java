package dev.tocsin.importing;

import com.google.re2j.Pattern;

/** Tells queries of Loki and VictoriaLogs, which stand in rules of the same form as those of Prometheus. */
final class LogQl {
    private static final Pattern STRING_OR_COMMENT =
            Pattern.compile("(\")(?:[^\"\\\\]|\\\\.)*\"|(')(?:[^'\\\\]|\\\\.)*'|(`)[^`]*`|#[^\\n]*");
    private static final String QUOTES = "$1$1$2$2$3$3";
    private static final Pattern LINES = Pattern.compile("\\||\\}\\s*(?:!~|!=\\s*[\"'`])");

    private LogQl() {}

    /** Whether it filters lines: neither PromQL nor MetricsQL has a <code>|</code>, or compares series with strings. */
    static boolean isWritten(String expression) {
        String text = STRING_OR_COMMENT.matcher(expression).replaceAll(QUOTES);
        return LINES.matcher(text).find();
    }
}
