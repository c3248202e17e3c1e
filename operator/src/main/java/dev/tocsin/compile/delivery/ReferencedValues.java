package dev.tocsin.compile.delivery;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Answers what a referenced Secret or ConfigMap holds; the compiler itself reads nothing. */
@FunctionalInterface
public interface ReferencedValues {

    Lookup lookup(ValueRef ref);

    /** What is known of a key. */
    sealed interface Lookup {

        /** What these bytes are as text. */
        static Lookup text(byte[] bytes) {
            try {
                return new Found(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString());
            } catch (CharacterCodingException e) {
                return new NotText();
            }
        }

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

        /** There is no such object. */
        record NoObject() implements Lookup {}

        /** The object has no such key. */
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
