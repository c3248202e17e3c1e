package dev.tocsin.importing;

import java.util.Map;

/** Finds the template files that an Alertmanager's configuration names. */
@FunctionalInterface
public interface TemplateFiles {

    /** Finds none. */
    TemplateFiles NONE = (source, pattern) -> Map.of();

    /**
     * The texts of the files that a pattern stands for, by their names without folder, in the order of the names.
     *
     * @param source the configuration that names them
     * @param pattern for example /etc/alertmanager/templates/*.tmpl
     */
    Map<String, String> find(String source, String pattern);
}
