package dev.tocsin.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class CutProperties {

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("a", "ü", "…", "😀").list().ofMaxSize(30).map(letters -> String.join("", letters));
    }

    @Property(tries = 500)
    void aTextThatFitsStaysAndAnotherIsCutToAsMuchAsFits(
            @ForAll("texts") String text, @ForAll @IntRange(min = 1, max = 30) int most)
            throws CharacterCodingException {
        String cut = Cut.after(most, text);

        assertIsCut(text, cut);
        assertThat(characters(cut)).isEqualTo(Math.min(most, characters(text)));
    }

    @Property(tries = 500)
    void aTextThatFitsIntoTheBytesStaysAndAnotherIsCutToAsMuchAsFits(
            @ForAll("texts") String text, @ForAll @IntRange(min = 3, max = 60) int most)
            throws CharacterCodingException {
        String cut = Cut.afterBytes(most, text);

        assertIsCut(text, cut);
        assertThat(bytes(cut)).isLessThanOrEqualTo(most);
        if (!cut.equals(text)) {
            assertThat(bytes(cut))
                    .as("no more than the longest character is given away")
                    .isGreaterThan(most - 4);
        }
    }

    @Example
    void anEllipsisTellsThatSomethingIsMissing() {
        assertThat(Cut.after(4, "abcde")).isEqualTo("abc…");
        assertThat(Cut.afterBytes(4, "abcde")).isEqualTo("a…");
    }

    private static void assertIsCut(String text, String cut) throws CharacterCodingException {
        if (!cut.equals(text)) {
            assertThat(cut).endsWith("…");
            assertThat(text).startsWith(cut.substring(0, cut.length() - 1));
        }
        StandardCharsets.UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(cut));
    }

    private static int characters(String text) {
        return text.codePointCount(0, text.length());
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
