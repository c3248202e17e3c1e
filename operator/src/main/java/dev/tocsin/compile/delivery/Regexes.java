package dev.tocsin.compile.delivery;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Optional;

/**
 * Judges a tenant's regular expression without running into what a hostile one can do: RE2/J 1.8 compiles it in linear
 * time and Alertmanager (Go's regexp) knows the same syntax, but RE2/J lacks Go's limit on nested counted repetitions,
 * and <code>((a{1000}){1000}){1000}</code> takes all memory.
 */
public final class Regexes {
    /** Go's limit (regexp/syntax, Go 1.26), here over all groups rather than along each nesting. */
    private static final long MAX_REPETITIONS = 1000;

    private static final Pattern COUNTED = Pattern.compile("(?s)(.?)\\{([0-9]{1,9})(?:,([0-9]{0,9}))?\\}");

    private Regexes() {}

    /** What is wrong with it, with the fix. */
    public static Optional<String> problem(String regex) {
        if (repetitions(regex) > MAX_REPETITIONS) {
            return Optional.of("repeats too often: counted repetitions multiply to more than " + MAX_REPETITIONS
                    + "; use * or smaller counts");
        }
        try {
            Pattern.compile(regex);
            // As Alertmanager anchors it (v0.31.1, pkg/labels): an open \\Q would swallow the closing parenthesis.
            Pattern.compile("^(?:" + regex + ")$");
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            // RE2/J 1.8 has no words of its own for a parenthesis that closes nothing.
            String why = e.getDescription().contains("internal error") ? "unexpected )" : e.getDescription();
            return Optional.of("is not a regular expression of RE2's syntax: " + why);
        }
    }

    /** An upper bound of how often the smallest part is repeated: only a group can repeat what repeats. */
    private static long repetitions(String regex) {
        long ofGroups = 1;
        long ofOthers = 1;
        Matcher matcher = COUNTED.matcher(regex);
        while (matcher.find()) {
            String upper = matcher.group(3);
            long count = Math.max(1, Long.parseLong(upper == null || upper.isEmpty() ? matcher.group(2) : upper));
            if (matcher.group(1).equals(")")) {
                ofGroups = Math.min(Integer.MAX_VALUE, ofGroups * count);
            } else {
                ofOthers = Math.max(ofOthers, count);
            }
        }
        return ofGroups * ofOthers;
    }
}
