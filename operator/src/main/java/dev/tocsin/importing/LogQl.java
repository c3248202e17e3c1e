package dev.tocsin.importing;

import com.google.re2j.Pattern;

/** Tells queries of Loki and VictoriaLogs, which stand in rules of the same form as those of Prometheus. */
final class LogQl {
    private static final Pattern STRING_OR_COMMENT =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*`|#[^\\n]*");

    private LogQl() {}

    /** Whether it pipes lines: neither PromQL nor MetricsQL has a <code>|</code> outside of strings. */
    static boolean isWritten(String expression) {
        return STRING_OR_COMMENT.matcher(expression).replaceAll("").contains("|");
    }
}
