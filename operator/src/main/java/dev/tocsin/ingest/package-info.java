/**
 * Takes alerts from senders that are not Tocsin's evaluators, and hands them to Alertmanager without the labels by which
 * an alert proves to be a rule's.
 */
@NullMarked
package dev.tocsin.ingest;

import org.jspecify.annotations.NullMarked;
