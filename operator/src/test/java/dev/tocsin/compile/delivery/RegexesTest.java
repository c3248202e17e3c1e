package dev.tocsin.compile.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegexesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "page|warning",
                "",
                "[0-9]{1,3}(\\.[0-9]{1,3}){3}",
                "([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}",
                "x{1000}",
                "(?i)page",
                "\\p{Greek}+"
            })
    void whatAlertmanagerAcceptsPasses(String regex) {
        assertThat(Regexes.problem(regex)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[",
                "(",
                ")",
                "a)|(b",
                "*",
                "x{1001}",
                "\\Qopen",
                "(a{100}){100}",
                "((a{1000}){1000}){1000}",
                "((a{999,}){999}){2}",
                "\\C"
            })
    void whatItRefusesOrWouldChokeOnIsRefused(String regex) {
        assertThat(Regexes.problem(regex)).isPresent();
    }
}
