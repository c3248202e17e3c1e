package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RedactionTest {
    @Test
    void aWholeSecretIsTakenOut() {
        assertThat(redacted("unsupported scheme in \"swordfish://x\"", "swordfish://x"))
                .isEqualTo("unsupported scheme in \"<secret>\"");
    }

    @Test
    void aPartOfASecretIsTakenOut() {
        assertThat(redacted("invalid port \":swordfish\" after host", "http://host:swordfish/"))
                .isEqualTo("invalid port \"<secret>\" after host");
    }

    @Test
    void aSecretThatIsQuotedWithEscapesIsTakenOutButForShortPieces() {
        assertThat(redacted("bad value \"swordfish\\\"hammerhead\\nab\"", "swordfish\"hammerhead\nab"))
                .isEqualTo("bad value \"<secret>\\<secret>\\nab\"");
    }

    @Test
    void piecesOfSeveralSecretsThatTouchAreOneGap() {
        assertThat(redacted("a swordfishhammerhead b", "swordfish", "hammerhead"))
                .isEqualTo("a <secret> b");
    }

    @Test
    void aVeryShortSecretIsTakenOutAsAWhole() {
        assertThat(redacted("password \"ab\" is too short", "ab")).isEqualTo("password \"<secret>\" is too short");
    }

    @Test
    void otherTextsStayAsTheyAre() {
        assertThat(redacted("missing host in URL", "swordfish")).isEqualTo("missing host in URL");
        assertThat(redacted("", "swordfish")).isEmpty();
    }

    private static String redacted(String message, String... secrets) {
        return Redaction.redacted(message, List.of(secrets));
    }
}
