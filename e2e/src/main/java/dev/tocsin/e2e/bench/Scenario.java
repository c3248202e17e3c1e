package dev.tocsin.e2e.bench;

import java.util.Set;

/** A set-up on which some figures are measured one after the other. */
interface Scenario {

    /** What can be measured on it. */
    Set<Goal> goals();

    /** Sets up, measures what the run wants, and takes down. */
    void measure(Run run) throws Exception;
}
