package dev.tocsin.compile.queries;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts what vmalert knows in the place of Grafana's <code>$values.name</code> in the templates of labels and
 * annotations. vmalert has one number for each alert; what it does not have is refused by name.
 */
public final class ValueTemplates {
    private static final Pattern ACTION = Pattern.compile("(?s)\\{\\{.*?}}");
    private static final String NAME = "([a-zA-Z_][a-zA-Z0-9_]*+)";

    private static final String LABELS = ".Labels";

    /** A string, which stays, or something about values. */
    private static final Pattern VALUES = Pattern.compile("\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"|`[^`]*+`"
            + "|\\(\\s*+index\\s++(?:\\$values|\\.Values)\\s++\"" + NAME + "\"\\s*+\\)(\\.[a-zA-Z]++)?"
            + "|index\\s++(?:\\$values|\\.Values)\\s++\"" + NAME + "\""
            + "|(?:\\$values|(?<![\\w$)])\\.Values)(?:\\." + NAME + "(\\.[a-zA-Z]++)?)?");

    /** Functions that print a number, whether it is one or something that prints as one. */
    private static final String PRINTING = "(?:print|println|humanize[A-Za-z0-9]*+)";

    private static final String VALUE = "@";

    /** An action that does nothing with the value but print it: in all others it is an object in Grafana. */
    private static final Pattern PRINTED = Pattern.compile(
            "(?s)\\{\\{-?\\s*+(?:" + PRINTING + "\\s++)?" + VALUE + "(?:\\s*+\\|\\s*+" + PRINTING + ")?\\s*+-?}}");

    private ValueTemplates() {}

    /**
     * The template as vmalert knows it.
     *
     * @param field its path in the object
     * @param known what may be said in the place of each name
     */
    public static String rewrite(String field, String template, Map<String, String> known) throws NotExpressible {
        StringBuilder result = new StringBuilder();
        Matcher action = ACTION.matcher(template);
        int end = 0;
        while (action.find()) {
            result.append(template, end, action.start()).append(rewriteAction(field, action.group(), known));
            end = action.end();
        }
        return result.append(template.substring(end)).toString();
    }

    /** The names whose numbers a template asks for. */
    static Set<String> named(String template) {
        return named(template, false);
    }

    /** The names of which a template says anything: their numbers or their labels. */
    public static Set<String> mentioned(String template) {
        return named(template, true);
    }

    private static Set<String> named(String template, boolean byLabels) {
        Set<String> names = new TreeSet<>();
        Matcher action = ACTION.matcher(template);
        while (action.find()) {
            Matcher match = VALUES.matcher(action.group());
            while (match.find()) {
                if (byLabels || !first(match, 2, 5).equals(LABELS)) {
                    names.add(first(match, 1, 3, 4));
                }
            }
        }
        names.remove("");
        return names;
    }

    private static String rewriteAction(String field, String action, Map<String, String> known) throws NotExpressible {
        StringBuilder result = new StringBuilder();
        Matcher match = VALUES.matcher(action);
        int end = 0;
        while (match.find()) {
            result.append(action, end, match.start()).append(replacement(field, action, match, known));
            end = match.end();
        }
        return result.append(action.substring(end)).toString();
    }

    private static String replacement(String field, String action, Matcher match, Map<String, String> known)
            throws NotExpressible {
        if (match.group().startsWith("\"") || match.group().startsWith("`")) {
            return match.group();
        }
        String name = first(match, 1, 3, 4);
        String part = first(match, 2, 5);
        if (name.isEmpty()) {
            throw new NotExpressible(
                    field, "uses all of $values; name the one that is meant, such as $values." + anyOf(known));
        }
        String value = known.get(name);
        return switch (part) {
            case "", ".Value" -> {
                if (value == null) {
                    throw new NotExpressible(
                            field,
                            "uses $values." + name
                                    + ", which is not known when the alert is told: it carries one number; known are: "
                                    + String.join(
                                            ", ",
                                            known.keySet().stream()
                                                    .sorted()
                                                    .map(other -> "$values." + other)
                                                    .toList()));
                }
                if (part.isEmpty() && !isPrinted(action, match)) {
                    throw new NotExpressible(
                            field,
                            "uses $values." + name
                                    + " for more than to print it, and here it is a number and no object;"
                                    + " use $values." + name + ".Value or $values." + name + ".Labels");
                }
                yield value;
            }
            case LABELS -> "$labels";
            default -> throw new NotExpressible(field, "uses $values." + name + part + "; use .Value or .Labels");
        };
    }

    private static boolean isPrinted(String action, Matcher match) {
        return PRINTED.matcher(action.substring(0, match.start()) + VALUE + action.substring(match.end()))
                .matches();
    }

    private static String first(Matcher match, int... groups) {
        for (int group : groups) {
            String text = match.group(group);
            if (text != null) {
                return text;
            }
        }
        return "";
    }

    private static String anyOf(Map<String, String> known) {
        return known.keySet().stream().sorted().findFirst().orElse("name");
    }
}
