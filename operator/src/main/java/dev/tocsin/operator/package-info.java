/** Where the rooms are joined: the loops that carry rules and delivery from the objects to the engines and back. */
@NullMarked
package dev.tocsin.operator;

import org.jspecify.annotations.NullMarked;
