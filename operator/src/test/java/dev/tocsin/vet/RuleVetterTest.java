package dev.tocsin.vet;

import static dev.tocsin.compile.CompiledRules.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.CompiledRules;
import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.Verdict.Reason;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.engines.Engines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The verdicts of the real vmalert. */
@Tag("integration")
class RuleVetterTest {
    private static final OperatorConfiguration CONFIGURATION = CompiledRules.configuration("http://127.0.0.1:1");

    @TempDir
    private Path folder;

    private Path calls;
    private Path vmalert;
    private RuleVetter vetter;

    /** The real vmalert behind a script that counts its calls. */
    @BeforeEach
    void countCalls() throws IOException {
        calls = Files.createFile(folder.resolve("calls"));
        vmalert = folder.resolve("vmalert");
        Files.writeString(
                vmalert, "#!/bin/sh\necho call >> %s\nexec %s \"$@\"\n".formatted(calls, Engines.binary("vmalert")));
        assertThat(vmalert.toFile().setExecutable(true)).isTrue();
        Files.createSymbolicLink(folder.resolve("vmalert-tool"), Engines.binary("vmalert-tool"));
        vetter = new RuleVetter(vmalert, CONFIGURATION, rules -> Map.of());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        expr: 'rate(foo[5m' ~ InvalidExpression ~ spec.expr: bad MetricsQL expr
        expr: 'no_such_function(up)' ~ InvalidExpression ~ unsupported function "no_such_function"
        expr: 'up == 0 and' ~ InvalidExpression ~ spec.expr: bad MetricsQL expr
        {expr: up, annotations: {s: '{{ $value | shout }}'}} ~ InvalidTemplate ~ function "shout" not defined
        {expr: up, annotations: {s: '{{ if }}'}} ~ InvalidTemplate ~ spec.annotations:
        {expr: up, labels: {l: '{{ $nothing }}'}} ~ InvalidTemplate ~ spec.labels:
        """)
    void eachKindOfErrorHasItsReasonAndTheEnginesWords(String spec, Reason reason, String words) {
        CompiledRule bad = rule("bad", spec);

        Map<CompiledRule, Verdict> verdicts = vetter.vet(List.of(bad));

        assertThat(verdicts.get(bad)).isInstanceOfSatisfying(Verdict.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.message())
                    .contains(words)
                    .startsWith(reason == Reason.InvalidExpression ? "spec.expr: " : "spec.")
                    .doesNotContain("tocsin-vet")
                    .doesNotContain("errors(");
        });
    }

    @Test
    void ofTwoThousandRulesExactlyTheFiftyBadOnesAreNamed() {
        List<CompiledRule> rules = new ArrayList<>();
        Set<CompiledRule> bad = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            boolean isBad = i % 40 == 7;
            CompiledRule rule = rule(
                    "rule-" + i,
                    "expr: sum by (route) (rate(requests_total[5m%s)) > %d".formatted(isBad ? "" : "]", i));
            rules.add(rule);
            if (isBad) {
                bad.add(rule);
            }
        }
        long begun = System.nanoTime();

        Map<CompiledRule, Verdict> verdicts = vetter.vet(rules);

        System.out.printf(
                "2,000 rules vetted in %d ms%n",
                Duration.ofNanos(System.nanoTime() - begun).toMillis());
        assertThat(verdicts).containsOnlyKeys(rules);
        assertThat(refused(verdicts)).isEqualTo(bad).hasSize(50);
        bad.forEach(rule -> assertThat(((Verdict.Refused) verdicts.get(rule)).message())
                .as("its own expression is in its message")
                .contains("> " + rule.key().name().substring("rule-".length())));
        assertThat(calls).hasContent("call\n");
    }

    /** Each definition is written out twice in the next: 2^40 terms, of a text of a kilobyte. */
    @Test
    void aRuleThatTakesTheEngineForEverIsRefusedAndHoldsBackNoOther() {
        String definitions = IntStream.range(1, 40)
                .mapToObj(i -> "a%d = a%d + a%d".formatted(i, i - 1, i - 1))
                .collect(Collectors.joining(", "));
        CompiledRule bomb = rule("bomb", "expr: WITH (a0 = x + x, %s) a39 > 1".formatted(definitions));
        CompiledRule bad = rule("bad", "expr: 'rate(foo[5m'");
        List<CompiledRule> rules = new ArrayList<>(List.of(bomb, bad));
        IntStream.range(0, 100).forEach(i -> rules.add(rule("rule-" + i, "expr: up > " + i)));

        Map<CompiledRule, Verdict> verdicts = vetter.vet(rules);

        assertThat(refused(verdicts)).containsExactlyInAnyOrder(bomb, bad);
        assertThat(((Verdict.Refused) verdicts.get(bomb)).message())
                .startsWith("spec.expr: to read it takes more than ")
                .contains("WITH");
        assertThat(((Verdict.Refused) verdicts.get(bad)).message()).startsWith("spec.expr: bad MetricsQL expr");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            {{ $labels.instance }} with {{ $value | humanize }} of {{- .Labels.job -}} ~ 1
            {{ $value | jsonEscape }} ~ 2
            """)
    void onlyTemplatesThatAreMoreThanPlainAreTried(String template, int calls) throws IOException {
        Files.delete(folder.resolve("vmalert-tool"));
        Files.copy(vmalert, folder.resolve("vmalert-tool"), StandardCopyOption.COPY_ATTRIBUTES);

        vetter.vet(List.of(rule("rule", "{expr: up, annotations: {s: '%s'}}".formatted(template))));

        assertThat(this.calls).content().hasLineCount(calls);
    }

    /** A dry run does not execute them; the first alert would, in every evaluator of the shard. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            {{ range 1000000000000 }}xxxxxxxxxx{{ end }}
            {{ define "x" }}{{ template "x" }}{{ template "x" }}{{ end }}{{ template "x" }}
            {{ $a := printf "%1000000d" 1 }}{{ range 9999 }}{{ $a = printf "%s%s" $a $a }}{{ end }}
            {{ "\\"" | FOR_EVER }}
            """)
    void aTemplateThatWritesForEverIsRefusedAndHoldsBackNoOther(String loop) {
        String template = loop.replace("FOR_EVER", String.join(" | ", Collections.nCopies(40, "quotesEscape")));
        CompiledRule annotation = rule("annotation", "{expr: up, annotations: {s: '%s'}}".formatted(template));
        CompiledRule label = rule("label", "{expr: up, labels: {l: '%s'}}".formatted(template));
        CompiledRule good =
                rule("good", "{expr: up, annotations: {s: '{{ range query \"up\" }}{{ .Value }}{{ end }}'}}");

        Map<CompiledRule, Verdict> verdicts = vetter.vet(List.of(annotation, good, label));

        assertThat(refused(verdicts)).containsExactlyInAnyOrder(annotation, label);
        assertThat(((Verdict.Refused) verdicts.get(annotation)).message())
                .startsWith("spec.annotations or spec.labels: to write them takes more than ");
    }

    @Test
    void anErrorLongerThanALogLineIsWhole() {
        String end = "and_this_is_its_end";
        CompiledRule bad = rule("long", "expr: '" + "up + ".repeat(3000) + end + "('");

        Map<CompiledRule, Verdict> verdicts = vetter.vet(List.of(bad));

        assertThat(((Verdict.Refused) verdicts.get(bad)).message()).contains(end);
    }

    @Test
    void aTextThatImitatesTheEnginesErrorsDoesNotShiftTheBlame() {
        String forged = """
             invalid group "shop/innocent" in file "/tmp/tocsin-vet-1/1.yaml": invalid expression for rule "x"
            {"level":"fatal","msg":"failed to parse file \\"1.yaml\\": forged"}
            errors(1):
            failed to parse file "1.yaml": forged (
            """;
        CompiledRule liar = rule(
                "liar",
                1,
                new AlertRuleSpec(
                        forged,
                        null,
                        "sum(" + forged,
                        null,
                        null,
                        null,
                        Map.of("l", forged),
                        Map.of("a", forged),
                        null));
        CompiledRule innocent = rule("innocent", "expr: up");
        CompiledRule other = rule("other", "expr: 'sum('");

        Map<CompiledRule, Verdict> verdicts = vetter.vet(List.of(liar, innocent, other));

        assertThat(refused(verdicts)).containsExactlyInAnyOrder(liar, other);
    }

    @Test
    void whatWasAskedOnceIsNotAskedAgain() {
        List<CompiledRule> rules = List.of(rule("good", "expr: up"), rule("bad", "expr: 'sum('"));
        Map<CompiledRule, Verdict> first = vetter.vet(rules);

        Map<CompiledRule, Verdict> second = vetter.vet(rules);

        assertThat(second).isEqualTo(first);
        assertThat(calls).hasContent("call\n");
    }

    @Test
    void onlyWhatChangedIsAsked() {
        CompiledRule before = rule("edited", "expr: up");
        vetter.vet(List.of(before));
        CompiledRule after = rule("edited", 2, "expr: 'sum('");

        Map<CompiledRule, Verdict> verdicts = vetter.vet(List.of(after));

        assertThat(refused(verdicts)).containsExactly(after);
        assertThat(calls).hasContent("call\ncall\n");
    }

    @Test
    void anEngineThatCannotBeRunIsToldAndNotRemembered() throws IOException {
        CompiledRule bad = rule("bad", "expr: 'sum('");
        Path moved = Files.move(vmalert, folder.resolve("moved"));
        assertThatThrownBy(() -> vetter.vet(List.of(bad)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("vmalert");
        Files.move(moved, vmalert);

        Map<CompiledRule, Verdict> verdicts = vetter.vet(List.of(bad));

        assertThat(refused(verdicts)).containsExactly(bad);
    }

    @Test
    void anEngineThatFailsWithoutSayingOfWhomIsToldAndNotTakenAsAVerdict() throws IOException {
        Files.writeString(vmalert, "#!/bin/sh\necho '{\"level\":\"fatal\",\"msg\":\"out of memory\"}'\nexit 1\n");

        assertThatThrownBy(() -> vetter.vet(List.of(rule("good", "expr: up"))))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("out of memory");
    }

    @Test
    void ofAPromqlDatasourceOnlyTheTemplatesAreJudgedByVmalert() {
        CompiledRule promqlOnly = rule("promql", "{datasource: prometheus, expr: 'some_metric OFFSET 1m [10m:5s]'}");
        CompiledRule brokenTemplate =
                rule("template", "{datasource: prometheus, expr: up, annotations: {s: '{{ shout }}', p: '%{HOME}'}}");

        Map<CompiledRule, Verdict> verdicts = vetter.vet(List.of(promqlOnly, brokenTemplate));

        assertThat(refused(verdicts)).containsExactly(brokenTemplate);
    }

    @Test
    void ofAPromqlDatasourceTheDatasourcesVerdictOnTheExpressionCounts() {
        CompiledRule refusedThere = rule("there", "{datasource: prometheus, expr: 'default_rollup(up)'}");
        Verdict verdict = new Verdict.Refused(Reason.InvalidExpression, "spec.expr: unknown function");
        List<CompiledRule> asked = new ArrayList<>();
        RuleVetter asking = new RuleVetter(vmalert, CONFIGURATION, rules -> {
            asked.addAll(rules);
            return rules.stream().collect(Collectors.toMap(rule -> rule, rule -> verdict));
        });
        CompiledRule metricsql = rule("here", "expr: default_rollup(up)");

        Map<CompiledRule, Verdict> verdicts = asking.vet(List.of(refusedThere, metricsql));

        assertThat(verdicts).containsEntry(refusedThere, verdict).containsEntry(metricsql, new Verdict.Accepted());
        assertThat(asked).containsExactly(refusedThere);
    }

    @Test
    void moreRulesThanVerdictsAreKeptHaveEachTheirOwnVerdict() {
        RuleVetter forgetful = new RuleVetter(vmalert, CONFIGURATION, rules -> Map.of(), 10);
        List<CompiledRule> bad = IntStream.range(0, 30)
                .mapToObj(i -> rule("bad-" + i, "expr: 'sum(" + i + "'"))
                .toList();

        Map<CompiledRule, Verdict> verdicts = forgetful.vet(bad);

        assertThat(refused(verdicts)).containsExactlyInAnyOrderElementsOf(bad);
    }

    @Test
    void nothingIsLeftOnTheDisk() throws IOException {
        Set<Path> before = scratchFolders();

        vetter.vet(List.of(rule("good", "expr: up"), rule("bad", "expr: 'sum('")));

        assertThat(scratchFolders()).isEqualTo(before);
    }

    private static Set<Path> scratchFolders() throws IOException {
        try (var entries = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("tocsin-vet-"))
                    .collect(Collectors.toSet());
        }
    }

    private static Set<CompiledRule> refused(Map<CompiledRule, Verdict> verdicts) {
        return verdicts.entrySet().stream()
                .filter(entry -> entry.getValue() instanceof Verdict.Refused)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
