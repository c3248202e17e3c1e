/** What the engines say: polls each replica and merges replicas and shards into one picture. Writes nothing. */
@NullMarked
package dev.tocsin.observe;

import org.jspecify.annotations.NullMarked;
