/**
 * ContactPoints, NotificationPolicies and the values of their Secrets in, one Alertmanager configuration out. Pure: no
 * Kubernetes client, no clock, no network. Each object becomes a fragment of its own; the assembler joins fragments
 * and resolves what they say about each other, so that a bad object is left out and never blocks another.
 *
 * <p>What Alertmanager accepts was read in the sources of v0.31.1 (config, dispatch, timeinterval, pkg/labels).
 */
@NullMarked
package dev.tocsin.compile.delivery;

import org.jspecify.annotations.NullMarked;
