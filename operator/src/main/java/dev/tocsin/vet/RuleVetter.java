package dev.tocsin.vet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.compile.Verdict;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.configuration.OperatorConfiguration.Language;
import dev.tocsin.vet.ScratchFolder.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks vmalert about rules before they go live: <code>vmalert -dryRun</code>, one file per rule, two
 * thousand changed rules in one call. What templates write is tried for real.
 *
 * <p>vmalert 1.150 lists every bad file with its exact error. Its verdict on templates always counts. Its verdict on
 * expressions counts for VictoriaMetrics datasources, whose parser it holds; for others the
 * {@link ExpressionCheck datasource itself} is asked, and where it cannot be asked the first evaluation judges.
 *
 * <p>Verdicts are kept by content, so that a rule which did not change is asked about once.
 */
public final class RuleVetter {
    private static final Logger LOG = LoggerFactory.getLogger(RuleVetter.class);
    private static final int KEPT_VERDICTS = 20_000;
    private static final int RULES_PER_CALL = 2_000;

    /** Two thousand rules of usual length take 0.6 s and 28 MiB (vmalert 1.150). */
    private static final Limits READING = new Limits(Duration.ofSeconds(5), 96, 64);

    private static final int RULES_PER_TRIAL = 20;

    /** The tool itself takes 0.1 s and 31 MiB, with twenty rules 0.3 s and 75 MiB (vmalert-tool 1.150). */
    private static final Limits WRITING = new Limits(Duration.ofSeconds(3), 128, 64);

    /** One evaluation of all rules in its folder; nothing is expected of it. */
    private static final String TRIAL = """
            rule_files: ["*.yaml"]
            evaluation_interval: 1m
            tests: [{interval: 1m, alert_rule_test: [{eval_time: 0m, groupname: none, alertname: none, exp_alerts: []}]}]
            """;

    private static final Pattern QUERY_FIELD =
            Pattern.compile("^invalid expression for rule \"(spec\\.queries\\[\\d+\\]\\.expr)\"");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path vmalert;
    private final OperatorConfiguration configuration;
    private final ExpressionCheck expressionCheck;
    private final int keptVerdicts;
    private final Map<String, Verdict> verdicts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Verdict> eldest) {
            return size() > keptVerdicts;
        }
    };

    /**
     * @param vmalert the vmalert binary, of the version that the evaluators run
     * @param expressionCheck asks a datasource whose language is not vmalert's own
     */
    public RuleVetter(Path vmalert, OperatorConfiguration configuration, ExpressionCheck expressionCheck) {
        this(vmalert, configuration, expressionCheck, KEPT_VERDICTS);
    }

    RuleVetter(Path vmalert, OperatorConfiguration configuration, ExpressionCheck expressionCheck, int keptVerdicts) {
        this.keptVerdicts = keptVerdicts;
        this.vmalert = vmalert;
        this.configuration = configuration;
        this.expressionCheck = expressionCheck;
    }

    /**
     * A verdict for each rule.
     *
     * @throws UncheckedIOException if the engine cannot be run: nothing is known of any rule then
     */
    public synchronized Map<CompiledRule, Verdict> vet(Collection<CompiledRule> rules) {
        List<CompiledRule> unknown = rules.stream()
                .filter(rule -> !verdicts.containsKey(contentOf(rule)))
                .toList();
        Map<CompiledRule, Verdict> result = new HashMap<>();
        rules.forEach(rule -> {
            Verdict verdict = verdicts.get(contentOf(rule));
            if (verdict != null) {
                result.put(rule, verdict);
            }
        });
        ask(unknown).forEach((rule, verdict) -> {
            result.put(rule, verdict);
            verdicts.put(contentOf(rule), verdict);
        });
        return result;
    }

    private static String contentOf(CompiledRule rule) {
        return rule.datasource() + ' ' + rule.group();
    }

    private Map<CompiledRule, Verdict> ask(List<CompiledRule> rules) {
        Map<CompiledRule, Verdict> result = new HashMap<>();
        rules.forEach(rule -> result.put(rule, new Verdict.Accepted()));
        List<CompiledRule> metricsql = ofLanguage(rules, Language.MetricsQL);
        List<CompiledRule> promql = ofLanguage(rules, Language.PromQL);
        result.putAll(dryRun(metricsql, RuleCompiler::forJudgement));
        result.putAll(expressionCheck.check(promql));
        // A dry run judges expressions whatever the flags say (vmalert 1.150).
        result.putAll(dryRun(promql, RuleCompiler::withoutExpressions));
        result.putAll(trial(rules.stream()
                .filter(rule -> result.get(rule) instanceof Verdict.Accepted)
                .toList()));
        return result;
    }

    private List<CompiledRule> ofLanguage(List<CompiledRule> rules, Language language) {
        return rules.stream()
                .filter(rule -> configuration
                        .datasource(rule.datasource())
                        .map(datasource -> datasource.language() == language)
                        .orElse(false))
                .toList();
    }

    private interface Question {
        Map<CompiledRule, Verdict> ask(ScratchFolder folder, List<CompiledRule> rules) throws IOException;
    }

    /** The rules that vmalert refuses, with its words. */
    private Map<CompiledRule, Verdict> dryRun(List<CompiledRule> rules, Function<CompiledRule, String> text) {
        return ask(
                rules,
                (folder, some) -> {
                    write(folder, some, text);
                    return refusals(fatal(folder), folder.path(), some);
                },
                RULES_PER_CALL,
                used -> new Verdict.Refused(
                        Verdict.Reason.InvalidExpression,
                        "spec.expr: to read it takes " + used
                                + "; make it simpler: what WITH defines is written out at each use"));
    }

    /**
     * The rules whose labels or annotations write so much for one alert that evaluators would have no memory for it, and
     * with them all other rules of their shard: vmalert writes without a bound (1.150). They are written by vmalert-tool,
     * for real, as soon as they hold anything that can write more than it says.
     */
    private Map<CompiledRule, Verdict> trial(List<CompiledRule> rules) {
        Path tool = vmalert.resolveSibling("vmalert-tool");
        if (!Files.isExecutable(tool)) {
            return Map.of();
        }
        return ask(
                rules.stream().filter(rule -> !isPlain(rule)).toList(),
                (folder, some) -> {
                    write(folder, some, RuleCompiler::withoutExpressions);
                    String file = folder.write("trial", TRIAL).toString();
                    // Whether it works is for the dry run to say.
                    folder.run(List.of(tool.toString(), "unittest", "--files=" + file), WRITING);
                    return Map.of();
                },
                RULES_PER_TRIAL,
                used -> new Verdict.Refused(
                        Verdict.Reason.InvalidTemplate,
                        "spec.annotations or spec.labels: to write them takes " + used
                                + "; a loop or a definition in them repeats too much"));
    }

    private static boolean isPlain(CompiledRule rule) {
        try {
            for (JsonNode each : JSON.readTree(rule.group()).path("rules")) {
                for (String field : List.of("labels", "annotations")) {
                    for (JsonNode text : each.path(field)) {
                        if (!PlainTemplate.matches(text.asText())) {
                            return false;
                        }
                    }
                }
            }
            return true;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a compiled group", e);
        }
    }

    /** Asks about many at once, and about halves of them where that is too much: one rule must not hold back the others. */
    private static Map<CompiledRule, Verdict> ask(
            List<CompiledRule> rules, Question question, int perCall, Function<String, Verdict> tooMuch) {
        Map<CompiledRule, Verdict> result = new HashMap<>();
        try {
            for (int start = 0; start < rules.size(); start += perCall) {
                ask(rules.subList(start, Math.min(rules.size(), start + perCall)), question, tooMuch, result);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("rules could not be vetted: " + e.getMessage(), e);
        }
        return result;
    }

    private static void ask(
            List<CompiledRule> rules,
            Question question,
            Function<String, Verdict> tooMuch,
            Map<CompiledRule, Verdict> result)
            throws IOException {
        try (ScratchFolder folder = new ScratchFolder()) {
            result.putAll(question.ask(folder, rules));
        } catch (ScratchFolder.TooMuchException e) {
            if (rules.size() == 1) {
                result.put(rules.getFirst(), tooMuch.apply(e.getMessage()));
                return;
            }
            int half = rules.size() / 2;
            ask(rules.subList(0, half), question, tooMuch, result);
            ask(rules.subList(half, rules.size()), question, tooMuch, result);
        }
    }

    private static void write(ScratchFolder folder, List<CompiledRule> rules, Function<CompiledRule, String> text)
            throws IOException {
        for (int i = 0; i < rules.size(); i++) {
            folder.write(i + ".yaml", "groups:\n- " + text.apply(rules.get(i)) + "\n");
        }
    }

    /** What vmalert says at level fatal, empty when it refuses nothing. */
    private String fatal(ScratchFolder folder) throws IOException {
        ScratchFolder.Answer answer = folder.run(
                List.of(
                        vmalert.toString(),
                        "-dryRun",
                        "-loggerFormat=json",
                        "-loggerMaxArgLen=" + Integer.MAX_VALUE,
                        "-rule=" + folder.path() + "/*.yaml"),
                READING);
        if (answer.exitStatus() == 0) {
            return "";
        }
        List<String> fatal = answer.output()
                .lines()
                .map(RuleVetter::fatalMessage)
                .filter(message -> !message.isEmpty())
                .toList();
        if (fatal.isEmpty()) {
            throw new IOException("vmalert -dryRun: exit status " + answer.exitStatus() + " without a reason");
        }
        return String.join("\n", fatal);
    }

    private static String fatalMessage(String line) {
        try {
            JsonNode entry = JSON.readTree(line);
            return entry.path("level").asText().equals("fatal")
                    ? entry.path("msg").asText()
                    : "";
        } catch (JsonProcessingException e) {
            return "";
        }
    }

    /**
     * Splits vmalert's list of errors at the names of the files. The folder's name is random, so that no text of a
     * rule can pass for a file name.
     */
    private static Map<CompiledRule, Verdict> refusals(String message, Path folder, List<CompiledRule> rules)
            throws IOException {
        Pattern start = Pattern.compile("(?:invalid group \"[^\"]*\" in|failed to parse) file \""
                + Pattern.quote(folder.toString()) + "/(\\d+)\\.yaml\": ");
        List<MatchResult> starts = start.matcher(message).results().toList();
        if (starts.isEmpty() && !message.isEmpty()) {
            throw new IOException("it said: " + message);
        }
        Map<CompiledRule, Verdict> result = new HashMap<>();
        for (int i = 0; i < starts.size(); i++) {
            int end = i + 1 < starts.size() ? starts.get(i + 1).start() : message.length();
            CompiledRule rule = rules.get(Integer.parseInt(starts.get(i).group(1)));
            result.put(rule, refusal(message.substring(starts.get(i).end(), end).strip()));
        }
        return result;
    }

    private static Verdict refusal(String error) {
        LOG.debug("vmalert refuses a rule: {}", error);
        if (error.startsWith("invalid expression")) {
            Matcher field = QUERY_FIELD.matcher(error);
            return new Verdict.Refused(
                    Verdict.Reason.InvalidExpression,
                    (field.find() ? field.group(1) : "spec.expr") + ": " + withoutRuleName(error));
        }
        if (error.startsWith("invalid annotations")) {
            return new Verdict.Refused(Verdict.Reason.InvalidTemplate, "spec.annotations: " + withoutRuleName(error));
        }
        if (error.startsWith("invalid labels")) {
            return new Verdict.Refused(Verdict.Reason.InvalidTemplate, "spec.labels: " + withoutRuleName(error));
        }
        return new Verdict.Refused(Verdict.Reason.RefusedByEngine, "vmalert: " + error);
    }

    /** vmalert repeats the alert's name, which may hold anything; what matters comes after it. */
    private static String withoutRuleName(String error) {
        for (String lead : List.of("bad MetricsQL expr: ", "errors(1): \n")) {
            int at = error.indexOf(lead);
            if (at >= 0) {
                return error.substring(at + (lead.startsWith("errors") ? lead.length() : 0));
            }
        }
        return error;
    }
}
