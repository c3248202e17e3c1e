/**
 * Judges objects in files before they reach a cluster: by the API server's own validation, the compilers, the engines,
 * and unit tests of rules.
 */
@NullMarked
package dev.tocsin.check;

import org.jspecify.annotations.NullMarked;
