package dev.tocsin.importing;

import com.fasterxml.jackson.databind.node.TextNode;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Keeps the labels and annotations of a rule that an AlertRule takes, and reports the others. */
final class RuleTexts {
    private static final KindSchema SPEC = KindSchema.ofSpec(Kind.AlertRule);
    private static final Pattern LABEL_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,127}");

    /**
     * Functions that Prometheus v3 (template.go) or Grafana v12 (pkg/services/ngalert/state/template/funcs.go) has and
     * vmalert v1.150 does not (templates/template.go).
     */
    private static final Pattern UNKNOWN_FUNCTION =
            Pattern.compile("\\{\\{[^}]*\\b(graphLink|tableLink|tmpl|toDuration|urlQueryEscape"
                    + "|filterLabels|filterLabelsRe|removeLabels|removeLabelsRe|mergeLabelValues)\\b");

    private static final Pattern EXTERNAL = Pattern.compile("\\{\\{[^}]*(externalLabels|ExternalLabels)\\b");

    /** vmalert v1.150 gives the templates of labels $labels, $value and $expr, and nothing else. */
    private static final Pattern NOT_IN_LABELS =
            Pattern.compile("\\{\\{[^}]*(external(Labels|URL)|External(Labels|URL))\\b");

    private final Harvest harvest;
    private final Function<Tree, String> text;

    /** @param text how a text is read */
    RuleTexts(Harvest harvest, Function<Tree, String> text) {
        this.harvest = harvest;
        this.text = text;
    }

    /** Labels by name, in the order of the names. */
    Map<String, String> labels(Map<String, Tree> given) {
        return kept(given, true, (name, value) -> {});
    }

    /** Annotations by name, in the order of the names. */
    Map<String, String> annotations(Map<String, Tree> given) {
        return kept(given, false, (name, value) -> {
            if (EXTERNAL.matcher(value.text()).find()) {
                harvest.left(
                        value,
                        "annotation " + name,
                        "uses external labels, of which the evaluators have none; it is converted and they stay"
                                + " empty");
            }
        });
    }

    private Map<String, String> kept(Map<String, Tree> given, boolean isLabel, BiConsumer<String, Tree> remark) {
        Map<String, String> kept = new TreeMap<>();
        new TreeMap<>(given).forEach((name, value) -> {
            if (!value.isText() && !value.isNull()) {
                // Nobody reads it, and so the report has it.
                return;
            }
            String read = text.apply(value);
            Optional<String> problem = problem(isLabel, name, read);
            if (problem.isPresent()) {
                harvest.left(
                        value,
                        (isLabel ? "label " : "annotation ") + name,
                        problem.get() + "; the rule is converted without");
            } else {
                remark.accept(name, value);
                kept.put(name, read);
            }
        });
        return kept;
    }

    private static Optional<String> problem(boolean isLabel, String name, String value) {
        if (!LABEL_NAME.matches(name)) {
            return Optional.of("names have letters, digits and underscores, at most 128 of them");
        }
        if (isLabel && isReserved(name)) {
            return Optional.of("labels of that name are set by Tocsin");
        }
        Matcher unknown = UNKNOWN_FUNCTION.matcher(value);
        if (unknown.find()) {
            return Optional.of("uses the template function " + unknown.group(1) + ", which vmalert does not have");
        }
        Optional<String> template = templateOfElsewhere(value);
        if (template.isPresent()) {
            return Optional.of("uses the template " + template.get() + ", and evaluators have no templates of files");
        }
        if (isLabel && NOT_IN_LABELS.matcher(value).find()) {
            return Optional.of("vmalert knows no external labels and no external URL in labels");
        }
        return SPEC.field(isLabel ? "labels" : "annotations").item().violations(TextNode.valueOf(value)).stream()
                .map(KindSchema.Violation::problem)
                .findFirst();
    }

    /** vmalert reads templates of files, -rule.templates, where it is told to. */
    private static Optional<String> templateOfElsewhere(String text) {
        Set<String> used = GoTemplates.used(text);
        used.removeAll(GoTemplates.defined(text));
        return used.stream().findFirst();
    }

    private static boolean isReserved(String label) {
        return label.equals("alertname")
                || label.equals("alertgroup")
                || label.startsWith("__")
                || label.startsWith("tocsin_");
    }
}
