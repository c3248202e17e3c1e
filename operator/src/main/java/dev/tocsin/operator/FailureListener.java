package dev.tocsin.operator;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.OnFailure;
import dev.tocsin.publish.AlertmanagerAlerts.Alert;
import java.util.List;

/** Is told of what the evaluators cannot tell Alertmanager themselves. */
public interface FailureListener {

    /**
     * A rule's evaluation fails on every replica, now or still.
     *
     * @param error the engine's text
     */
    void failing(ObjectKey key, OnFailure what, String error);

    /** It evaluates without error, or runs no more. */
    void evaluates(ObjectKey key);

    /** These alerts will soon end, and nobody has found that they are over. */
    void unattended(List<Alert> alerts);

    /** A listener to whom failures are nothing. */
    FailureListener NONE = new FailureListener() {
        @Override
        public void failing(ObjectKey key, OnFailure what, String error) {}

        @Override
        public void evaluates(ObjectKey key) {}

        @Override
        public void unattended(List<Alert> alerts) {}
    };
}
