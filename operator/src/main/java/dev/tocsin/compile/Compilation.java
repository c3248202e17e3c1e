package dev.tocsin.compile;

/** What becomes of one AlertRule. */
public sealed interface Compilation {

    /** It runs. */
    record Runnable(CompiledRule rule) implements Compilation {}

    /** Its user asked for it not to run. */
    record Paused() implements Compilation {}

    /** It cannot run as it stands. */
    record Refused(Verdict.Refused verdict) implements Compilation {}
}
