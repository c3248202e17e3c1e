package dev.tocsin.compile.delivery;

import dev.tocsin.compile.Verdict;

/**
 * What becomes of one object by itself, before it meets the others.
 *
 * @param <F> the kind of fragment
 */
public sealed interface Compiled<F> {

    /** It has a part of the configuration to offer. */
    record Usable<F>(F fragment) implements Compiled<F> {}

    /** It cannot go live as it stands. */
    record Refused<F>(Verdict.Refused verdict) implements Compiled<F> {}
}
