package dev.tocsin.observe;

import dev.tocsin.compile.ObjectKey;

/**
 * A rule where a replica has it: a rule that goes from one slot of a shard to another is there twice.
 *
 * @param slot number of the slot in its shard
 */
public record RuleInSlot(ObjectKey key, int slot) {}
