package dev.tocsin.publish;

/**
 * The condition of an evaluator's pod without which it does not count as ready, so that what replaces pods one at a time
 * goes on only when a new one does what the former one did.
 */
public interface ReadinessGate {

    /** Whether the condition holds. */
    boolean isOpen(Replica replica);

    /** The condition holds from now on, for as long as the pod lives. */
    void open(Replica replica);
}
