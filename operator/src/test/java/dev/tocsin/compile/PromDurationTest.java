package dev.tocsin.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.api.v1alpha1.Syntax;
import java.time.Duration;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromDurationTest {

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "0s, PT0S",
        "1ms, PT0.001S",
        "999999999ms, PT999999.999S",
        "30s, PT30S",
        "90s, PT90S",
        "5m, PT5M",
        "1h30m, PT1H30M",
        "1d, PT24H",
        "1w, PT168H",
        "1y, PT8760H",
        "1y2w3d4h5m6s7ms, PT9172H5M6.007S",
        "007s, PT7S",
        "99y, PT867240H"
    })
    void theFormsOfPrometheusAreRead(String text, Duration duration) {
        assertThat(PromDuration.parse(text)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "5",
                "00",
                "s",
                "-5m",
                "+5m",
                "5 m",
                " 5m",
                "5m ",
                "5m\n",
                "5m1h",
                "1s1s",
                "1.5h",
                "5M",
                "1h 30m",
                "1µs",
                "1us",
                "1ns",
                "٣s",
                "100y",
                "999999999y",
                "inf",
                "0x5s"
            })
    void everythingElseIsNot(String text) {
        assertThat(PromDuration.parse(text)).isEmpty();
    }

    @Property
    void theSchemaAndTheCompilerAgree(
            @ForAll
                    @StringLength(min = 1, max = 12)
                    @CharRange(from = '0', to = '9')
                    @Chars({'y', 'w', 'd', 'h', 'm', 's'})
                    String text) {
        boolean admitted = Pattern.compile(Syntax.DURATION).matcher(text).matches();

        assertThat(PromDuration.parse(text).isPresent()).isEqualTo(admitted);
    }
}
