package dev.tocsin.compile.delivery;

import com.google.re2j.Pattern;
import dev.tocsin.api.v1alpha1.MatchOp;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A condition on one label, known to be one that Alertmanager accepts. */
public record LabelMatcher(String label, MatchOp op, String value) {

    static LabelMatcher equal(String label, String value) {
        return new LabelMatcher(label, MatchOp.EQUAL, value);
    }

    /**
     * As Alertmanager's configuration writes it. Always quoted, with the three escapes on which its classic and its
     * UTF-8 matcher parser (v0.31.1, pkg/labels and matcher/parse) agree.
     */
    public String text() {
        String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        return label + op.symbol() + '"' + escaped + '"';
    }

    /** Whether all of them hold; a missing label equals an empty one. */
    static boolean allHold(List<LabelMatcher> matchers, Map<String, String> labels) {
        return matchers.stream().allMatch(matcher -> matcher.ofValue().test(labels.getOrDefault(matcher.label(), "")));
    }

    /** Whether it holds for a value of the label; a missing label equals an empty one. */
    Predicate<String> ofValue() {
        return switch (op) {
            case EQUAL -> value::equals;
            case NOT_EQUAL -> actual -> !actual.equals(value);
            case REGEX -> Pattern.compile(value)::matches;
            case NOT_REGEX -> {
                Pattern pattern = Pattern.compile(value);
                yield actual -> !pattern.matches(actual);
            }
        };
    }
}
