package dev.tocsin.compile;

import dev.tocsin.api.v1alpha1.ErrorPolicy;
import java.time.Duration;
import java.util.Map;

/**
 * What is told while a rule's evaluation fails: not by the engine, which it is that fails.
 *
 * @param pending how long it must fail before anything is told
 * @param labels of the alert that is told, for the policies Error and Alerting
 * @param annotations of that alert, without the error
 */
public record OnFailure(
        ErrorPolicy policy, Duration pending, Map<String, String> labels, Map<String, String> annotations) {

    /** What fires goes on firing: nobody knows better. The way of a rule that says nothing about it. */
    public static final OnFailure KEEP = new OnFailure(ErrorPolicy.KeepLast, Duration.ZERO, Map.of(), Map.of());
}
