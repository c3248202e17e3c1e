/**
 * Brings what was compiled to the engines and proves that it is loaded: writes the changed slots, makes the kubelet
 * sync at once, reloads, and asks every replica.
 */
@NullMarked
package dev.tocsin.publish;

import org.jspecify.annotations.NullMarked;
