package dev.tocsin.importing;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Optional;

/**
 * Reads texts as Grafana v12 does (pkg/services/provisioning/values): in a file <code>$$</code> stands for
 * <code>$</code>, and <code>$NAME</code>, <code>${NAME}</code> and <code>$__env{NAME}</code> for variables of its
 * environment, <code>$__file{PATH}</code> for the content of a file, which an import does not know. What is between double braces is a template, whose variables begin with a <code>$</code> too.
 */
final class GrafanaTexts {
    private static final Pattern TEMPLATE = Pattern.compile("(?s)\\{\\{.*?\\}\\}");
    private static final String NAME = "[A-Za-z_][A-Za-z0-9_]*";
    private static final String IN_BRACES = "(?:__[a-z]+)?\\{[^{}]+\\}";
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:" + IN_BRACES + "|" + NAME + ")");
    private static final Pattern BRACED = Pattern.compile("\\$" + IN_BRACES);
    private static final Pattern OF_ENVIRONMENT =
            Pattern.compile("\\$(?:(?:__env)?\\{(" + NAME + ")\\}|(" + NAME + "))");
    private static final Pattern OF_FILE = Pattern.compile("\\$__file\\{([^{}]+)\\}");

    private final Harvest harvest;
    private final boolean fromFile;

    /** @param fromFile whether it is a file; the answers of the API are what they are */
    GrafanaTexts(Harvest harvest, boolean fromFile) {
        this.harvest = harvest;
        this.fromFile = fromFile;
    }

    /** A text. */
    String text(Tree tree) {
        return read(tree, VARIABLE);
    }

    /** A text in which only what has braces is a variable of the environment: those of annotations. */
    String annotation(Tree tree) {
        return read(tree, BRACED);
    }

    /** The text of a field; absent also when it is empty. */
    Optional<String> text(Tree tree, String field) {
        return tree.get(field).map(this::text).filter(text -> !text.isEmpty());
    }

    /** Where Grafana takes a value from that the file does not have, in words; absent when it has it. */
    Optional<String> elsewhere(Tree tree) {
        String text = tree.text();
        Matcher variable = OF_ENVIRONMENT.matcher(text);
        Matcher file = OF_FILE.matcher(text);
        if (fromFile && variable.matches()) {
            String name = variable.group(1) == null ? variable.group(2) : variable.group(1);
            return Optional.of("the value of the variable " + name + " of Grafana's environment");
        }
        return fromFile && file.matches()
                ? Optional.of("the content of the file " + file.group(1) + " of Grafana's machine")
                : Optional.empty();
    }

    /** Reports the variables in all texts of a part, without taking them for looked at. */
    void reportVariables(Tree tree) {
        reportVariable(tree, VARIABLE);
        tree.parts().forEach(this::reportVariables);
    }

    /** What a text means. */
    String meaning(String text) {
        return fromFile ? text.replace("$$", "$") : text;
    }

    private String read(Tree tree, Pattern variable) {
        reportVariable(tree, variable);
        return meaning(tree.text());
    }

    private void reportVariable(Tree tree, Pattern variable) {
        String text = tree.glimpse();
        if (!fromFile || text.indexOf('$') < 0) {
            return;
        }
        Matcher used = variable.matcher(TEMPLATE.matcher(text.replace("$$", "")).replaceAll(""));
        if (used.find()) {
            harvest.left(
                    tree,
                    "variable " + used.group(),
                    "is of Grafana's environment, which the import does not see: write its value there before the import, or where the objects have it");
        }
    }
}
