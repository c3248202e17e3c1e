/** What whoever runs Tocsin has configured: one YAML file, read once at start, immutable afterwards. */
@NullMarked
package dev.tocsin.configuration;

import org.jspecify.annotations.NullMarked;
