package dev.tocsin.importing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** Template files: a ConfigMap, to which the ContactPoints refer whose texts use them. */
final class Templates {
    private static final Pattern NOT_IN_A_KEY = Pattern.compile("[^-._a-zA-Z0-9]");
    private static final String DEFAULTS = ".default.";
    private static final int MAX_FILES = 8;
    private static final int MAX_BYTES = 60_000;

    private final String namespace;
    private final Harvest harvest;
    private final String configMap;
    private final Map<String, String> files = new TreeMap<>();
    private final Map<String, Tree> origins = new TreeMap<>();
    private boolean isUsed;
    private final Set<String> defined = new LinkedHashSet<>();

    /** @param name of what has them */
    Templates(String namespace, String name, Harvest harvest) {
        this.namespace = namespace;
        this.harvest = harvest;
        this.configMap = Names.slug(name + "-templates");
    }

    /** @param patterns for example /etc/alertmanager/*.tmpl */
    void read(List<Tree> patterns) {
        for (Tree pattern : patterns) {
            Map<String, String> found = harvest.templates().find(pattern.source(), pattern.text());
            if (found.isEmpty()) {
                harvest.left(
                        pattern,
                        "templates " + pattern.text(),
                        "no such file lies beside the configuration; put them there, or create a ConfigMap of them and"
                                + " refer to it in spec.templates of the ContactPoints");
            }
            found.forEach((name, text) -> add(pattern, name, text));
        }
        patterns.stream().findFirst().ifPresent(this::bounded);
    }

    /** Leaves out all when they are more than a ContactPoint takes. */
    void bounded(Tree origin) {
        int bytes = files.values().stream()
                .mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length)
                .sum();
        if (files.size() > MAX_FILES || bytes > MAX_BYTES) {
            harvest.left(
                    origin,
                    "templates",
                    files.size() + " files of " + bytes + " bytes; a ContactPoint takes " + MAX_FILES + " files of "
                            + MAX_BYTES + " bytes: give each only what it uses");
            files.clear();
            defined.clear();
        }
    }

    /** Adds a file. */
    void add(Tree origin, String name, String text) {
        String key = NOT_IN_A_KEY.matcher(name).replaceAll("_");
        files.put(key, text);
        origins.put(key, origin);
        for (String define : GoTemplates.defined(text)) {
            defined.add(define);
            if (define.contains(DEFAULTS)) {
                harvest.left(
                        origin,
                        "template " + define,
                        "takes the place of one of Alertmanager's own, which only texts that name it use: write {{"
                                + " template \"" + define + "\" . }} into the field");
            }
        }
    }

    /** Refers to the files if a text of the spec uses what one of them defines. */
    void attach(ObjectNode spec) {
        Set<String> used = GoTemplates.used(spec.toString().replace("\\\"", "\""));
        if (Collections.disjoint(used, defined)) {
            return;
        }
        isUsed = true;
        ArrayNode references = spec.putArray("templates");
        files.keySet()
                .forEach(file -> references
                        .addObject()
                        .putObject("configMapKeyRef")
                        .put("name", configMap)
                        .put("key", file));
        harvest.companion("ConfigMap", namespace, configMap, "data", files);
    }

    /** Says of which files nothing is carried over, once all that could use them has been read. */
    void reportUnused() {
        if (!isUsed) {
            files.keySet()
                    .forEach(file -> harvest.left(
                            Objects.requireNonNull(origins.get(file)),
                            "templates " + file,
                            "are used by no receiver; they are not carried over"));
        }
    }
}
