package dev.tocsin.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.check.Finding.Severity;
import dev.tocsin.check.Finding.Topic;
import dev.tocsin.compile.Compilation;
import dev.tocsin.compile.CompiledRule;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.compile.Verdict;
import dev.tocsin.importing.Source;
import dev.tocsin.importing.Tree;
import dev.tocsin.importing.UnreadableSourceException;
import dev.tocsin.vet.ScratchFolder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Runs unit tests in Prometheus' format on the evaluators' own code: <code>vmalert-tool unittest</code> (1.150) starts a
 * store, writes the series to it, evaluates the rules and compares. Each test is a run of its own, since the tool ends at
 * the first file that fails.
 */
final class UnitTests {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final YAMLMapper YAML = YAMLMapper.builder().build();
    private static final List<String> IDENTITY = List.of(RuleCompiler.NAMESPACE_LABEL, RuleCompiler.RULE_LABEL);

    private final Path binary;
    private final RuleCompiler compiler;
    private final String defaultNamespace;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Outcome.Subject> subjects = new ArrayList<>();

    UnitTests(Path binary, RuleCompiler compiler, String defaultNamespace) {
        this.binary = binary;
        this.compiler = compiler;
        this.defaultNamespace = defaultNamespace;
    }

    List<Finding> findings() {
        return findings;
    }

    List<Outcome.Subject> subjects() {
        return subjects;
    }

    /**
     * Runs all tests of one document.
     *
     * @throws IOException if the tool cannot be run
     */
    void run(Tree document) throws IOException {
        try (ScratchFolder folder = new ScratchFolder()) {
            Rules rules = rules(document, folder);
            List<Tree> tests = document.items("tests");
            for (int i = 0; i < tests.size(); i++) {
                Tree test = tests.get(i);
                String name = test.text("name").map(text -> "test " + text).orElse("tests[" + i + "]");
                subjects.add(new Outcome.Subject(document.source(), test.line(), name));
                if (rules.isWhole()) {
                    run(document, test, name, rules, folder, i);
                } else {
                    error(test, name, "is not run, as its rules cannot be read");
                }
            }
        }
    }

    private long errors() {
        return findings.stream()
                .filter(finding -> finding.severity() == Severity.error)
                .count();
    }

    private void error(Tree at, String name, String message) {
        findings.add(new Finding(Severity.error, Topic.test, at.source(), at.line(), name, "", message));
    }

    // ---- rules ----

    /**
     * What a test file names.
     *
     * @param files as vmalert reads them, and what each is called by the test
     * @param identities those of each AlertRule that may raise an alert, by the alert's name
     * @param isWhole whether all could be read
     */
    private record Rules(Map<Path, String> files, Map<String, List<Map<String, String>>> identities, boolean isWhole) {}

    private Rules rules(Tree document, ScratchFolder folder) throws IOException {
        Map<Path, String> files = new LinkedHashMap<>();
        Map<String, List<Map<String, String>>> identities = new LinkedHashMap<>();
        long before = errors();
        for (Tree pattern : document.items("rule_files")) {
            List<Path> found = find(document.source(), pattern.text());
            if (found.isEmpty()) {
                error(pattern, "", pattern.path() + ": there is no file " + pattern.text());
            }
            for (Path file : found) {
                String text = Files.readString(file);
                String name = "rules-" + files.size() + ".yaml";
                try {
                    List<CheckedObject> objects = alertRules(new Source(file.toString(), text, true));
                    String groups = objects.isEmpty() ? text : groups(objects, identities);
                    files.put(folder.write(name, groups), file.toString());
                } catch (UnreadableSourceException e) {
                    error(pattern, "", String.valueOf(e.getMessage()));
                }
            }
        }
        return new Rules(files, identities, errors() == before);
    }

    private List<CheckedObject> alertRules(Source source) {
        return new CheckedFiles(defaultNamespace, List.of(source)).objects("AlertRule");
    }

    /** Relative to the test's file, as Prometheus has it; the last step may be a pattern. */
    private static List<Path> find(String testFile, String pattern) throws IOException {
        try {
            Path path = Path.of(testFile).resolveSibling(pattern);
            Path folder = path.toAbsolutePath().getParent();
            if (Files.isRegularFile(path) || folder == null || !Files.isDirectory(folder)) {
                return Files.isRegularFile(path) ? List.of(path) : List.of();
            }
            List<Path> found = new ArrayList<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, String.valueOf(path.getFileName()))) {
                files.forEach(file -> found.add(path.resolveSibling(file.getFileName())));
            }
            return found.stream().sorted().toList();
        } catch (IllegalArgumentException e) {
            // Neither a path nor a pattern.
            return List.of();
        }
    }

    private String groups(List<CheckedObject> objects, Map<String, List<Map<String, String>>> identities) {
        StringBuilder groups = new StringBuilder("groups:\n");
        for (CheckedObject object : objects) {
            try {
                switch (compiler.compile(object.key(), "", 0, object.spec(AlertRuleSpec.class))) {
                    case Compilation.Runnable(CompiledRule rule) -> {
                        groups.append("- ").append(rule.group()).append('\n');
                        alertNames(rule)
                                .forEach(alert -> identities
                                        .computeIfAbsent(alert, _ -> new ArrayList<>())
                                        .add(Map.of(
                                                RuleCompiler.NAMESPACE_LABEL,
                                                        object.key().namespace(),
                                                RuleCompiler.RULE_LABEL,
                                                        object.key().name())));
                    }
                    case Compilation.Refused(Verdict.Refused verdict) ->
                        findings.add(object.refused(Topic.test, verdict));
                    case Compilation.Paused() ->
                        findings.add(object.finding(
                                Severity.warning, Topic.test, "spec.paused", "tests do not see a paused rule"));
                }
            } catch (JsonProcessingException e) {
                findings.add(object.finding(Severity.error, Topic.test, "spec", e.getOriginalMessage()));
            }
        }
        return groups.toString();
    }

    private static Collection<String> alertNames(CompiledRule rule) throws JsonProcessingException {
        List<String> names = new ArrayList<>();
        JSON.readTree(rule.group())
                .path("rules")
                .forEach(each -> names.add(each.path("alert").asText()));
        return names;
    }

    // ---- tests ----

    private void run(Tree document, Tree test, String name, Rules rules, ScratchFolder folder, int index)
            throws IOException {
        if (!(test.json() instanceof ObjectNode content)) {
            error(test, name, "is not a mapping");
            return;
        }
        content.put("name", name);
        if (content.has("external_labels")) {
            findings.add(new Finding(
                    Severity.warning,
                    Topic.test,
                    test.source(),
                    test.line(),
                    name,
                    "external_labels",
                    "are added to all alerts and series here, and in Prometheus only known to templates; evaluators have"
                            + " none, leave them out"));
        }
        boolean namesGroups = false;
        for (JsonNode alertTest : content.path("alert_rule_test")) {
            namesGroups |= alertTest.has("groupname");
            Optional<String> problem = addIdentities(alertTest, rules);
            if (problem.isPresent()) {
                error(test, name, problem.get());
                return;
            }
        }
        if (content.remove("promql_expr_test") instanceof ArrayNode expressions) {
            expressions.forEach(UnitTests::writeNumbers);
            content.withArray("metricsql_expr_test").addAll(expressions);
        }
        List<String> command = new ArrayList<>(List.of(binary.toString(), "unittest"));
        if (!namesGroups) {
            command.add("--disableAlertgroupLabel");
        }
        JsonNode url = content.remove("external_url");
        if (url != null) {
            command.add("--external.url=" + url.asText());
        }
        Path file = folder.write("test-" + index + ".yaml", YAML.writeValueAsString(file(document, content, rules)));
        command.add("--files=" + file);
        ScratchFolder.Answer answer = folder.run(command);
        if (answer.exitStatus() != 0) {
            error(test, name, reason(answer.output(), rules, folder.path()));
        }
    }

    private static ObjectNode file(Tree document, ObjectNode test, Rules rules) {
        ObjectNode file = (ObjectNode) document.json();
        file.set("tests", JsonNodeFactory.instance.arrayNode().add(test));
        ArrayNode files = file.putArray("rule_files");
        rules.files().keySet().forEach(path -> files.add(path.toString()));
        return file;
    }

    /**
     * Every alert of an AlertRule carries the labels of its identity; a test need not say so.
     *
     * @return what is wrong when it is not clear which rule is meant
     */
    private static Optional<String> addIdentities(JsonNode alertTest, Rules rules) {
        String alert = alertTest.path("alertname").asText();
        List<Map<String, String>> identities = rules.identities().getOrDefault(alert, List.of());
        for (JsonNode expected : alertTest.path("exp_alerts")) {
            if (!(expected instanceof ObjectNode expectation)) {
                continue; // The tool says what is wrong with it.
            }
            ObjectNode labels = expectation.path("exp_labels") instanceof ObjectNode given
                    ? given
                    : expectation.putObject("exp_labels");
            List<Map<String, String>> meant = identities.stream()
                    .filter(identity -> IDENTITY.stream()
                            .allMatch(label -> !labels.has(label)
                                    || labels.path(label).asText().equals(identity.get(label))))
                    .toList();
            if (meant.size() > 1) {
                return Optional.of("several AlertRules raise " + alert + ": say in exp_labels which one, by "
                        + String.join(" and ", IDENTITY));
            }
            if (meant.size() == 1) {
                meant.getFirst().forEach(labels::put);
            }
        }
        return Optional.empty();
    }

    /** Such as 1e3 and NaN, which YAML 1.2 and Go write in more ways than JSON. */
    private static void writeNumbers(JsonNode expressionTest) {
        for (JsonNode sample : expressionTest.path("exp_samples")) {
            if (sample instanceof ObjectNode object && object.path("value").isTextual()) {
                number(object.path("value").asText()).ifPresent(value -> object.put("value", value));
            }
        }
    }

    private static Optional<Double> number(String text) {
        return switch (text.replaceFirst("^[.+]", "").toLowerCase(Locale.ROOT)) {
            case "nan" -> Optional.of(Double.NaN);
            case "inf" -> Optional.of(Double.POSITIVE_INFINITY);
            case "-inf", "-.inf" -> Optional.of(Double.NEGATIVE_INFINITY);
            default -> {
                try {
                    yield Optional.of(Double.valueOf(text));
                } catch (NumberFormatException e) {
                    yield Optional.empty();
                }
            }
        };
    }

    /** The tool's words about the files that the test names, without what it says about its own files and times. */
    private static String reason(String output, Rules rules, Path folder) {
        int start = output.indexOf("failed to run unit test for file");
        String said = start < 0 ? output : output.substring(output.indexOf('\n', start) + 1);
        for (Map.Entry<Path, String> file : rules.files().entrySet()) {
            said = said.replace(file.getKey().toString(), file.getValue());
        }
        String text = said.replaceAll("\\d{4}/\\d\\d/\\d\\d [0-9:]{8} unittest failed\\s*$", "")
                .replace(folder + "/", "")
                .strip();
        boolean isList = text.startsWith("[") && text.endsWith("]");
        return isList ? text.substring(1, text.length() - 1).strip() : text;
    }
}
