/**
 * Which rules have room in the quota of their namespace, and which shard and which slot each rule lives in. Pure and sticky: a
 * rule does not move, and does not go, without need.
 */
@NullMarked
package dev.tocsin.place;

import org.jspecify.annotations.NullMarked;
