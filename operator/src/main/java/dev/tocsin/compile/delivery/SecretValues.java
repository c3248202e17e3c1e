package dev.tocsin.compile.delivery;

/** Answers what a referenced Secret holds; the compiler itself reads nothing. */
@FunctionalInterface
public interface SecretValues {

    Lookup lookup(SecretRef ref);

    /** What is known of a key of a Secret. */
    sealed interface Lookup {

        /**
         * It is there.
         *
         * @param value the text, without the line break that an editor may have left at its end
         */
        record Found(String value) implements Lookup {
            /** Keeps the value out of logs. */
            @Override
            public String toString() {
                return "Found[value=<secret>]";
            }
        }

        /** There is no such Secret. */
        record NoSecret() implements Lookup {}

        /** The Secret has no such key. */
        record NoKey() implements Lookup {}

        /** The value is not text. */
        record NotText() implements Lookup {}

        /**
         * It cannot be read.
         *
         * @param why in words, without any value
         */
        record Unreadable(String why) implements Lookup {}
    }
}
