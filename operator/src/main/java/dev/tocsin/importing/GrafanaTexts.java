package dev.tocsin.importing;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Optional;

/**
 * Reads texts as Grafana v12 does (pkg/services/provisioning/values): in a file <code>$$</code> stands for
 * <code>$</code>, and <code>$NAME</code> and <code>${NAME}</code> for variables of its environment, which an import does
 * not know. What is between double braces is a template, whose variables begin with a <code>$</code> too.
 */
final class GrafanaTexts {
    private static final Pattern TEMPLATE = Pattern.compile("(?s)\\{\\{.*?\\}\\}");
    private static final Pattern VARIABLE = Pattern.compile("\\$(\\{[A-Za-z_][A-Za-z0-9_]*\\}|[A-Za-z_][A-Za-z0-9_]*)");
    private static final Pattern BRACED = Pattern.compile("\\$(\\{[A-Za-z_][A-Za-z0-9_]*\\})");

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

    /** A text in which only <code>${NAME}</code> is a variable of the environment: those of annotations. */
    String annotation(Tree tree) {
        return read(tree, BRACED);
    }

    /** The text of a field; absent also when it is empty. */
    Optional<String> text(Tree tree, String field) {
        return tree.get(field).map(this::text).filter(text -> !text.isEmpty());
    }

    /** The name of the variable of Grafana's environment in whose place the whole text stands. */
    Optional<String> variable(Tree tree) {
        Matcher matcher = VARIABLE.matcher(tree.text());
        return fromFile && matcher.matches()
                ? Optional.of(matcher.group(1).replace("{", "").replace("}", ""))
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
                    "is of Grafana's environment, which the import does not see; it is carried over as it is written");
        }
    }
}
