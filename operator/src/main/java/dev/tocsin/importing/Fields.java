package dev.tocsin.importing;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A mapping whose fields are found however they are spelt: Alertmanager writes group_wait and api_url, the objects of
 * prometheus-operator groupWait and apiURL.
 */
record Fields(Tree tree, Map<String, Tree> byName) {

    static Fields of(Tree tree) {
        Map<String, Tree> byName = new HashMap<>();
        tree.entries().forEach((key, value) -> byName.putIfAbsent(normal(key), value));
        return new Fields(tree, byName);
    }

    /** A name without underscores and capitals. */
    static String normal(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** The field, absent also when it is null. It counts as looked at. */
    Optional<Tree> get(String name) {
        return Optional.ofNullable(byName.get(normal(name)))
                .filter(tree -> !tree.isNull())
                .map(Tree::lookedAt);
    }

    Optional<String> text(String name) {
        return get(name).map(Tree::text).filter(text -> !text.isEmpty());
    }

    List<Tree> items(String name) {
        return get(name).map(Tree::items).orElse(List.of());
    }

    List<String> texts(String name) {
        return items(name).stream().map(Tree::text).toList();
    }

    void done(String... names) {
        for (String name : names) {
            get(name).ifPresent(Tree::done);
        }
    }
}
