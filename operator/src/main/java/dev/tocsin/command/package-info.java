/** The program <code>tocsin</code> and its subcommands. */
@NullMarked
package dev.tocsin.command;

import org.jspecify.annotations.NullMarked;
