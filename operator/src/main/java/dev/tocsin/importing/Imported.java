package dev.tocsin.importing;

import java.util.List;

/** The outcome of an import: objects in the order of their sources, and an account of the rest. */
public record Imported(List<ImportedObject> objects, Report report) {}
