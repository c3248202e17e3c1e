package dev.tocsin.operator;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.OnFailure;

/** Is told of rules whose evaluation fails on every replica, and when that is over. */
public interface FailureListener {

    /**
     * It fails, now or still.
     *
     * @param error the engine's text
     */
    void failing(ObjectKey key, OnFailure what, String error);

    /** It evaluates without error, or runs no more. */
    void evaluates(ObjectKey key);

    /** A listener to whom failures are nothing. */
    FailureListener NONE = new FailureListener() {
        @Override
        public void failing(ObjectKey key, OnFailure what, String error) {}

        @Override
        public void evaluates(ObjectKey key) {}
    };
}
