/**
 * Objects in, files for Prometheus and Alertmanager out, so that nobody is locked in: what the operator compiles for its
 * own engines, written for those of others. Pure.
 */
@NullMarked
package dev.tocsin.exporting;

import org.jspecify.annotations.NullMarked;
