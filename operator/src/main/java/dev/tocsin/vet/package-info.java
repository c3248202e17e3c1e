/** Asks the real engines about what was compiled, before it goes live; never judges by a parser of our own. */
@NullMarked
package dev.tocsin.vet;

import org.jspecify.annotations.NullMarked;
