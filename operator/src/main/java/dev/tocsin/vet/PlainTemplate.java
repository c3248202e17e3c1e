package dev.tocsin.vet;

import com.google.re2j.Pattern;

/**
 * Says of a template of a rule that it cannot write more than it shows: labels, the value, what a query answers, each
 * once. It knows what most rules hold, and says nothing of any other; nothing repeats in it, and no function of it makes
 * a text longer that another has made.
 */
final class PlainTemplate {
    private static final String STRING = "\"(?:\\\\.|[^\"\\\\])*\"|`[^`]*`";
    private static final String OPERAND = "[$.][a-zA-Z0-9_.]*|-?[0-9]+(?:\\.[0-9]+)?|" + STRING;

    /** Functions of vmalert 1.150 and of Go's templates, without those that escape, replace or join. */
    private static final String WORD = "(?:if|else|end|with|and|or|not|eq|ne|lt|le|gt|ge|len|index|slice|nil|true|false"
            + "|query|first|value|strvalue|label|sortByLabel|match|humanize|humanize1024|humanizeDuration"
            + "|humanizePercentage|humanizeTimestamp|title|toLower|toUpper|stripPort|stripDomain|externalURL|pathPrefix"
            + "|parseDuration|parseDurationTime|toTime|now)\\b";

    /** With a width of at most two digits. */
    private static final String PRINTF =
            "printf +\"(?:\\\\.|[^\"\\\\%]|%[-+# ]?[0-9]{0,2}(?:\\.[0-9]{1,2})?[a-zA-Z%])*\"";

    private static final Pattern ACTION = Pattern.compile("(?s)\\{\\{-?(?:"
            + "(?:\\s|[|()]|" + WORD + "|" + OPERAND + ")*"
            + "|\\s*" + PRINTF + "(?:\\s+(?:" + OPERAND + "))*\\s*"
            + "|\\s*(?:" + OPERAND + ")\\s*\\|\\s*" + PRINTF + "\\s*"
            + ")-?}}");

    private PlainTemplate() {}

    static boolean matches(String text) {
        return !text.contains("{{") || !ACTION.matcher(text).replaceAll("").contains("{{");
    }
}
