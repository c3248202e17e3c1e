package dev.tocsin.compile.queries;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells the labels of a query's series where its text leaves no doubt: aggregations by named labels or over everything,
 * functions that change nothing but values, and calculations with numbers and with others that have the same labels. That
 * is no parser: whatever else there is makes it say nothing.
 */
public final class SeriesLabels {
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*+");
    private static final Pattern NUMBER = Pattern.compile("[0-9]++(?:\\.[0-9]++)?(?:[eE][+-]?[0-9]++)?(?![\\w.\\[])");
    private static final Pattern SIGN = Pattern.compile("[+-]");
    private static final Pattern SPACE = Pattern.compile("\\s*+");
    private static final String BY = "by\\s*+\\(([^()\"'`#]*+)\\)";
    private static final Pattern AGGREGATION =
            Pattern.compile("(?i)(?:sum|avg|min|max|count|group|stddev|stdvar)\\s*+(?:" + BY + "\\s*+)?\\(");
    private static final Pattern BY_AFTER = Pattern.compile("(?i)\\s*+" + BY);
    private static final Pattern FUNCTION = Pattern.compile(
            "(?i)(abs|ceil|floor|round|exp|ln|log2|log10|sqrt|sgn|clamp|clamp_min|clamp_max|vector|histogram_quantile)\\s*+\\(");
    private static final Pattern OPERATOR =
            Pattern.compile("(?i)(?:(and|or|unless)\\b|(?:[=!]=|[<>]=?)(?:\\s*+bool\\b)?|[-+*/%^])");
    private static final String BUCKET = "le";

    /** Nobody writes more by hand. */
    private static final int DEEPEST = 50;

    private final String text;
    private int at;
    private final int end;
    private final int depth;

    /** What a part of the text gives: series with these labels, or one number when they are null. */
    private record Part(@Nullable Set<String> labels) {
        static final Part NUMBER = new Part(null);

        boolean isNumber() {
            return labels == null;
        }
    }

    /** The text says too little. */
    private static final class Unclear extends Exception {
        private static final long serialVersionUID = 1;

        Unclear() {
            super(null, null, false, false);
        }
    }

    private SeriesLabels(String text, int start, int end, int depth) {
        this.text = text;
        this.at = start;
        this.end = end;
        this.depth = depth;
    }

    /** The names of the labels, or empty when the text does not say. */
    public static Optional<Set<String>> of(String expression) {
        try {
            return Optional.ofNullable(new SeriesLabels(expression, 0, expression.length(), 0)
                    .whole()
                    .labels());
        } catch (Unclear e) {
            return Optional.empty();
        }
    }

    private Part whole() throws Unclear {
        Part result = operand();
        while (at < end) {
            Matcher operator = require(OPERATOR);
            Part right = operand();
            boolean ofSets = operator.group(1) != null;
            require(ofSets ? result.equals(right) && !result.isNumber() : isCalculation(result, right));
            result = result.isNumber() ? right : result;
        }
        return result;
    }

    private static boolean isCalculation(Part left, Part right) {
        return left.isNumber() || right.isNumber() || left.equals(right);
    }

    private Part operand() throws Unclear {
        find(SPACE);
        if (find(SIGN) != null) {
            find(SPACE);
        }
        Part result = term();
        find(SPACE);
        return result;
    }

    private Part term() throws Unclear {
        if (find(NUMBER) != null) {
            return Part.NUMBER;
        }
        if (at < end && text.charAt(at) == '(') {
            at++;
            return inParentheses().whole();
        }
        Matcher aggregation = find(AGGREGATION);
        if (aggregation != null) {
            return new Part(aggregated(aggregation.group(1)));
        }
        return called(require(FUNCTION).group(1).toLowerCase(Locale.ROOT));
    }

    private Set<String> aggregated(@Nullable String before) throws Unclear {
        inParentheses();
        Matcher after = find(BY_AFTER);
        require(before == null || after == null);
        String list = before != null || after == null ? before : after.group(1);
        Set<String> labels = new TreeSet<>();
        for (String label : list == null ? new String[0] : list.split(",")) {
            String name = label.strip();
            if (!name.isEmpty()) {
                require(LABEL.matcher(name).matches());
                labels.add(name);
            }
        }
        return labels;
    }

    private Part called(String function) throws Unclear {
        List<Part> arguments = inParentheses().arguments();
        if (function.equals("vector")) {
            require(arguments.size() == 1 && arguments.getFirst().isNumber());
            return new Part(Set.of());
        }
        if (function.equals("histogram_quantile")) {
            require(arguments.size() == 2 && arguments.getFirst().isNumber());
            return new Part(ofQuantile(arguments.getLast().labels()));
        }
        require(!arguments.getFirst().isNumber() && arguments.stream().skip(1).allMatch(Part::isNumber));
        return arguments.getFirst();
    }

    private static Set<String> ofQuantile(@Nullable Set<String> buckets) throws Unclear {
        Set<String> labels = new TreeSet<>(buckets == null ? Set.of() : buckets);
        require(labels.remove(BUCKET));
        return labels;
    }

    private List<Part> arguments() throws Unclear {
        List<Part> result = new ArrayList<>();
        while (true) {
            int comma = indexOf(',');
            result.add(new SeriesLabels(text, at, comma < 0 ? end : comma, depth).whole());
            if (comma < 0) {
                return result;
            }
            at = comma + 1;
        }
    }

    /** What stands up to the parenthesis that closes the one before; goes on after that. */
    private SeriesLabels inParentheses() throws Unclear {
        int begin = at;
        int close = indexOf(')');
        require(close >= 0 && depth < DEEPEST);
        at = close + 1;
        return new SeriesLabels(text, begin, close, depth + 1);
    }

    /** Where that character stands, not within strings or parentheses; -1 when it does not. */
    private int indexOf(char wanted) throws Unclear {
        int open = 0;
        for (int i = at; i < end; i++) {
            char c = text.charAt(i);
            if (open == 0 && c == wanted) {
                return i;
            }
            switch (c) {
                case '(', '{', '[' -> open++;
                case ')', '}', ']' -> open--;
                case '"', '\'', '`' -> i = endOfString(i);
                // A comment.
                case '#' -> throw new Unclear();
                default -> {}
            }
        }
        return -1;
    }

    private int endOfString(int start) throws Unclear {
        char quote = text.charAt(start);
        for (int i = start + 1; i < end; i++) {
            if (text.charAt(i) == quote) {
                return i;
            }
            if (text.charAt(i) == '\\' && quote != '`') {
                i++;
            }
        }
        throw new Unclear();
    }

    private @Nullable Matcher find(Pattern pattern) {
        Matcher matcher = pattern.matcher(text).region(at, end);
        if (!matcher.lookingAt()) {
            return null;
        }
        at = matcher.end();
        return matcher;
    }

    private Matcher require(Pattern pattern) throws Unclear {
        Matcher found = find(pattern);
        if (found == null) {
            throw new Unclear();
        }
        return found;
    }

    private static void require(boolean isClear) throws Unclear {
        if (!isClear) {
            throw new Unclear();
        }
    }
}
