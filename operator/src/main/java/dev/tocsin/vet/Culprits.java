package dev.tocsin.vet;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Finds, by halving, which of many parts make the whole unacceptable: about 2 log2(n) questions for one culprit among
 * n.
 */
public final class Culprits {
    private Culprits() {}

    /**
     * The parts to leave out, so that all the rest is acceptable. Of parts that are bad only together, the later one
     * is named.
     *
     * @param suspects in order of trust, the most trusted first
     * @param acceptable whether a whole made of these parts is accepted; none at all is taken to be acceptable
     */
    public static <T> List<T> find(List<T> suspects, Predicate<List<T>> acceptable) {
        return acceptable.test(suspects) ? List.of() : search(List.of(), suspects, acceptable);
    }

    /** The culprits among the suspects, given that the trusted are acceptable and not so with all suspects. */
    private static <T> List<T> search(List<T> trusted, List<T> suspects, Predicate<List<T>> acceptable) {
        if (suspects.size() <= 1) {
            return suspects;
        }
        List<T> first = suspects.subList(0, suspects.size() / 2);
        List<T> second = suspects.subList(suspects.size() / 2, suspects.size());
        List<T> culprits = new ArrayList<>();
        if (!acceptable.test(joined(trusted, first))) {
            culprits.addAll(search(trusted, first, acceptable));
        }
        List<T> trustedNow = joined(trusted, first);
        trustedNow.removeAll(culprits);
        if (!acceptable.test(joined(trustedNow, second))) {
            culprits.addAll(search(trustedNow, second, acceptable));
        }
        return culprits;
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
