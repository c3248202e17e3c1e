package dev.tocsin.exporting;

import java.util.List;

/**
 * The outcome of an export.
 *
 * @param text the file
 * @param left a sentence on each object that is not in it, or not wholly
 */
public record Exported(String text, List<String> left) {}
