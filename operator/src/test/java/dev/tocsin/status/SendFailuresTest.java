package dev.tocsin.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.observe.DeliveryHealth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SendFailuresTest {

    /** DefaultTextsSentTest shows that Alertmanager tries these again. */
    @ParameterizedTest
    @ValueSource(strings = {"sns/0", "victorops/1"})
    void whereAFailedTemplateLooksLikeAServerThatIsAwayBothAreSaid(String integration) {
        assertThat(SendFailures.explanation(integration, "other"))
                .startsWith("the other side cannot be reached; see Alertmanager's log. For ")
                .endsWith(" a template that fails on the alerts looks the same");
    }

    @Test
    void otherKindsFailForOneReason() {
        assertThat(SendFailures.explanation("slack/0", DeliveryHealth.STILL_TRYING))
                .isEqualTo("attempts fail and are repeated");
    }
}
