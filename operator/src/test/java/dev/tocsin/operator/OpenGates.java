package dev.tocsin.operator;

import dev.tocsin.publish.ReadinessGate;
import dev.tocsin.publish.Replica;

/** For tests without pods. */
final class OpenGates implements ReadinessGate {
    @Override
    public boolean isOpen(Replica replica) {
        return true;
    }

    @Override
    public void open(Replica replica) {}
}
