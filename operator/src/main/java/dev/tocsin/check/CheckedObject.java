package dev.tocsin.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.Verdict;
import dev.tocsin.importing.GivenObject;
import dev.tocsin.importing.Tree;
import java.util.Optional;

/** What can be said of one of Tocsin's objects in a file: of which of its fields, in which line. */
record CheckedObject(GivenObject given) {
    private static final Pattern FIELD_AND_MESSAGE = Pattern.compile("(?s)^(spec[^\\s:]*): (.*)$");
    private static final Pattern STEP = Pattern.compile("\\[\"?([^\\]\"]*)\"?\\]|[^.\\[\\]]+");

    Tree tree() {
        return given.tree();
    }

    String kind() {
        return given.kind();
    }

    ObjectKey key() {
        return given.key();
    }

    String name() {
        return given.name();
    }

    /**
     * The spec as the compilers take it.
     *
     * @throws JsonProcessingException when it is of another shape, which the schema refuses too
     */
    <T> T spec(Class<T> type) throws JsonProcessingException {
        return given.spec(type);
    }

    Outcome.Subject subject() {
        return new Outcome.Subject(tree().source(), tree().line(), name());
    }

    Finding finding(Finding.Severity severity, Finding.Topic topic, String field, String message) {
        return new Finding(severity, topic, tree().source(), line(field), name(), field, message);
    }

    /** A verdict whose message begins with the field that it is about. */
    Finding refused(Finding.Topic topic, Verdict.Refused verdict) {
        Matcher matcher = FIELD_AND_MESSAGE.matcher(verdict.message());
        return matcher.matches()
                ? finding(Finding.Severity.error, topic, matcher.group(1), matcher.group(2))
                : finding(Finding.Severity.error, topic, "", verdict.message());
    }

    /** The line of a field, or of the innermost thing around it that is written. */
    private int line(String field) {
        Tree at = tree();
        Matcher steps = STEP.matcher(field);
        while (steps.find()) {
            Optional<Tree> next = step(at, steps);
            if (next.isEmpty()) {
                break;
            }
            at = next.get();
        }
        return at.line();
    }

    private static Optional<Tree> step(Tree at, Matcher step) {
        String bracketed = step.group(1);
        if (bracketed != null && at.isList() && bracketed.matches("[0-9]{1,6}")) {
            int index = Integer.parseInt(bracketed);
            return index < at.items().size() ? Optional.of(at.items().get(index)) : Optional.empty();
        }
        return at.get(bracketed == null ? step.group() : bracketed);
    }
}
