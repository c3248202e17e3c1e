/**
 * Objects and configuration in, what the engines load out. Pure and incremental: no Kubernetes client, no clock, no
 * knowledge of shards.
 */
@NullMarked
package dev.tocsin.compile;

import org.jspecify.annotations.NullMarked;
