package dev.tocsin.importing;

/**
 * A text to import.
 *
 * @param name how the report calls it: the file's path as it was given, - for standard input
 * @param named whether somebody named it; of a file that was found in a folder nobody claims that it is about alerts
 */
public record Source(String name, String text, boolean named) {}
