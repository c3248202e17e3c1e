package dev.tocsin.publish;

import java.util.List;

/**
 * A slot as it stands.
 *
 * @param revision that its rule file names; not the one of these rules when another version wrote the file, or a person
 * @param rules that it holds
 */
public record StoredSlot(String revision, List<LiveRule> rules) {
    /** What cannot be read. */
    static final StoredSlot DAMAGED = new StoredSlot("", List.of());
}
