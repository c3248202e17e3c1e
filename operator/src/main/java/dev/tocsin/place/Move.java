package dev.tocsin.place;

import dev.tocsin.compile.ObjectKey;

/**
 * A rule goes from one slot to another.
 *
 * @param from where it lived; it is occupied until the rule has left it
 * @param to where it lives from now on
 */
public record Move(ObjectKey key, SlotId from, SlotId to) {}
