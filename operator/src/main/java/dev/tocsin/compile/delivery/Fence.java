package dev.tocsin.compile.delivery;

import dev.tocsin.compile.RuleCompiler;

/**
 * Keeps what a namespace writes about routing to that namespace's alerts. The rule compiler puts these labels on every
 * alert last, so that no rule can forge them; an alert that passes this matcher is of the namespace.
 */
final class Fence {
    private Fence() {}

    static LabelMatcher around(String namespace) {
        return LabelMatcher.equal(RuleCompiler.NAMESPACE_LABEL, namespace);
    }
}
