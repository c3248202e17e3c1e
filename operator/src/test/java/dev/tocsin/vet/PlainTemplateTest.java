package dev.tocsin.vet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTemplateTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "no template with a range",
                "{{ $labels.instance }} is with {{ $value }} at {{- .Labels.job -}} and {{.Value|humanize}}",
                "{{ $value | humanizePercentage }} of {{ $labels.device | toUpper | title }}",
                "{{ printf \"%.2f\" $value }} and {{ $value | printf \"%5.1f%%\" }}",
                "{{ with query \"sum(up{job=\\\"a\\\"}) > 1\" }}{{ . | first | value | humanize }}{{ end }}",
                "{{ if eq $labels.severity \"page\" }}now{{ else if (gt $value 3.5) }}soon{{ end }}",
                "{{ query `up{a=\"}}\"}` | first | label \"instance\" }}",
            })
    void whatMostRulesHold(String text) {
        assertThat(PlainTemplate.matches(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ range query \"up\" }}{{ .Value }}{{ end }}",
                "{{range 5}}x{{end}}",
                "{{\nrange 5 }}x{{ end }}",
                "{{/* \" */}}{{ range 5 }}x{{ end }}",
                "{{ \"}}\" }}{{ range 5 }}x{{ end }}",
                "{{ $x := 5 }}",
                "{{ with printf \"%s%s\" $labels.a $labels.a }}{{ . }}{{ end }}",
                "{{ printf \"%999999d\" 1 }}",
                "{{ printf \"%*d\" 999999 1 }}",
                "{{ printf (printf \"%s\" \"%999999d\") 1 }}",
                "{{ $value | printf \"%s%s\" \"a\" | printf \"%s\" }}",
                "{{ $labels.a | quotesEscape }}",
                "{{ reReplaceAll \"\" \"aa\" $labels.a }}",
                "{{ define \"x\" }}{{ end }}",
                "{{ template \"x\" }}",
                "{{{ range 5 }}}x{{ end }}",
            })
    void anythingElse(String text) {
        assertThat(PlainTemplate.matches(text)).isFalse();
    }
}
