package dev.tocsin.importing;

import java.util.List;

/**
 * A text to import.
 *
 * @param name how the report calls it: the file's path as it was given, - for standard input
 * @param named whether somebody named it; of a file that was found in a folder nobody claims that it is about alerts
 * @param fault why there is no text, for example is not UTF-8 text; empty where there is one
 */
public record Source(String name, String text, boolean named, String fault) {

    public Source(String name, String text, boolean named) {
        this(name, text, named, "");
    }

    /** A file of a folder that is no text. */
    public static Source unreadable(String name, String fault) {
        return new Source(name, "", false, fault);
    }

    /**
     * Its documents, those that are empty left out.
     *
     * @throws UnreadableSourceException when it is not YAML
     */
    public List<Tree> documents() {
        if (!fault.isEmpty()) {
            throw new UnreadableSourceException(name, 0, fault);
        }
        return Tree.documents(name, text);
    }
}
