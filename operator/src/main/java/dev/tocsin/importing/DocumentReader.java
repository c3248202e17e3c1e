package dev.tocsin.importing;

/** Reads one kind of document. */
@FunctionalInterface
interface DocumentReader {

    /**
     * Puts what the document says into the harvest. Fields that it does not look at are reported afterwards by whoever
     * calls it ({@link Tree#unread}); those of which it knows that they cannot be carried over it reports itself.
     */
    void read(Document document, Harvest harvest);
}
