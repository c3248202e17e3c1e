package dev.tocsin.importing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * An object to apply.
 *
 * @param kind for example AlertRule or Secret
 * @param body the whole object
 * @param comments what a person wrote above it, without <code>#</code>
 */
public record ImportedObject(String kind, ObjectNode body, List<String> comments) {}
