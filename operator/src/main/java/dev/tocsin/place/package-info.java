/** Which shard and which slot each rule lives in. Pure and sticky: a rule does not move without need. */
@NullMarked
package dev.tocsin.place;

import org.jspecify.annotations.NullMarked;
