package dev.tocsin.vet;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds, by halving, which of many parts make the whole unacceptable: between log2(n) and 2 log2(n) questions for one
 * culprit among n. Where one half is acceptable the other is not, which need not be asked.
 */
public final class Culprits {
    private Culprits() {}

    /**
     * The question.
     *
     * @param <T> a part
     * @param <X> what asking may throw
     */
    @FunctionalInterface
    public interface Question<T, X extends Exception> {
        boolean isAcceptable(List<T> parts) throws X;
    }

    /**
     * The parts to leave out, so that all the rest is acceptable. Of parts that are bad only together, the later one
     * is named.
     *
     * @param suspects in order of trust, the most trusted first
     * @param question whether a whole made of these parts is accepted; none at all is taken to be acceptable
     */
    public static <T, X extends Exception> List<T> find(List<T> suspects, Question<T, X> question) throws X {
        return question.isAcceptable(suspects) ? List.of() : search(List.of(), suspects, question);
    }

    /** The culprits among the suspects, given that the trusted are acceptable and not so with all suspects. */
    private static <T, X extends Exception> List<T> search(List<T> trusted, List<T> suspects, Question<T, X> question)
            throws X {
        if (suspects.size() <= 1) {
            return suspects;
        }
        List<T> first = suspects.subList(0, suspects.size() / 2);
        List<T> second = suspects.subList(suspects.size() / 2, suspects.size());
        List<T> culprits = new ArrayList<>();
        if (!question.isAcceptable(joined(trusted, first))) {
            culprits.addAll(search(trusted, first, question));
        }
        List<T> trustedNow = joined(trusted, first);
        trustedNow.removeAll(culprits);
        if (culprits.isEmpty() || !question.isAcceptable(joined(trustedNow, second))) {
            culprits.addAll(search(trustedNow, second, question));
        }
        return culprits;
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
