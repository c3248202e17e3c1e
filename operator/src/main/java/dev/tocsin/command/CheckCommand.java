package dev.tocsin.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tocsin.check.Check;
import dev.tocsin.check.Finding.Severity;
import dev.tocsin.check.JunitReport;
import dev.tocsin.check.Outcome;
import dev.tocsin.check.SarifReport;
import dev.tocsin.compile.CompiledRule;
import dev.tocsin.configuration.InvalidConfigurationException;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.configuration.OperatorConfiguration.Language;
import dev.tocsin.importing.Source;
import dev.tocsin.importing.UnreadableSourceException;
import dev.tocsin.vet.DatasourceExpressionCheck;
import dev.tocsin.vet.ExpressionCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Judges files before they reach a cluster. */
@Command(
        name = "check",
        description = {
            "Checks AlertRules, ContactPoints and NotificationPolicies without a cluster: as the API server, vmalert and"
                    + " Alertmanager would judge them, the references between them, and who would be told. Runs unit tests"
                    + " of rules in Prometheus' format.",
            ""
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:no errors",
            "1:errors; with --strict, warnings too",
            "2:wrong usage, a source cannot be read, or an engine cannot be run"
        })
public final class CheckCommand implements Callable<Integer> {
    private static final List<String> ENGINES =
            List.of("vmalert", "vmalert-tool", "amtool", "alertmanager", "tocsin-admission");
    private static final int FOUND = 1;
    private static final int BAD_USAGE = 2;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final YAMLMapper YAML = YAMLMapper.builder().build();

    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description = "Files, folders (all .yaml, .yml, .json and .rules in them), or - for standard input.")
    private List<String> paths = new ArrayList<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The operator's configuration. Default: every datasource exists, speaks MetricsQL and has remoteWrite,"
                            + " and every namespace may hold policies of scope Cluster.")
    private @Nullable Path config;

    @Option(
            names = "--datasource",
            paramLabel = "NAME=URL",
            description =
                    "The datasource of this name is there. One that speaks PromQL is asked about the expressions of its"
                            + " rules; of one that speaks MetricsQL vmalert knows. Which it is, is asked without --config."
                            + " May be repeated.")
    private Map<String, String> datasources = new LinkedHashMap<>();

    @Option(
            names = {"-n", "--namespace"},
            defaultValue = "default",
            paramLabel = "NAME",
            description = "Namespace of objects that name none. Default: ${DEFAULT-VALUE}.")
    private String namespace = "";

    @Option(names = "--junit", paramLabel = "FILE", description = "Writes the findings as JUnit XML.")
    private @Nullable Path junit;

    @Option(names = "--sarif", paramLabel = "FILE", description = "Writes the findings as SARIF 2.1.0.")
    private @Nullable Path sarif;

    @Option(names = "--strict", description = "Ends with exit code 1 if there are warnings.")
    private boolean strict;

    @Option(
            names = "--engines",
            defaultValue = "${env:TOCSIN_ENGINES:-/usr/local/bin}",
            paramLabel = "FOLDER",
            description = "Folder with vmalert, vmalert-tool, amtool, alertmanager and tocsin-admission."
                    + " Default: the environment variable TOCSIN_ENGINES, else /usr/local/bin.")
    private Path engines = Path.of("");

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try {
            enginesMustBeThere();
            List<Source> sources = SourceFiles.read(paths, System.in);
            OperatorConfiguration configuration = configuration(sources);
            Outcome outcome = new Check(
                            engines,
                            new Check.Settings(
                                    configuration, config != null, expressionCheck(configuration), namespace))
                    .run(sources);
            out.print(outcome.toText());
            out.flush();
            if (junit != null) {
                ReportFile.write("--junit", junit, JunitReport.write(outcome));
            }
            if (sarif != null) {
                ReportFile.write("--sarif", sarif, SarifReport.write(outcome));
            }
            return outcome.count(Severity.error) > 0 || (strict && outcome.count(Severity.warning) > 0) ? FOUND : 0;
        } catch (IOException | UncheckedIOException | InvalidConfigurationException | BadInput e) {
            spec.commandLine().getErr().println("tocsin check: " + e.getMessage());
            return BAD_USAGE;
        }
    }

    private void enginesMustBeThere() {
        ENGINES.stream()
                .filter(name -> !Files.isExecutable(engines.resolve(name)))
                .findFirst()
                .ifPresent(name -> {
                    throw new BadInput("--engines: " + engines + " has no program " + name + "; name the folder with "
                            + String.join(", ", ENGINES) + ", or use the operator's image, which has them all");
                });
    }

    /** The operator's with the URLs of the command line, else one that knows every datasource that is named. */
    private OperatorConfiguration configuration(List<Source> sources) throws JsonProcessingException {
        if (config == null) {
            return OperatorConfiguration.parse(YAML.writeValueAsString(Map.of(
                    "datasources", defaultDatasources(sources),
                    "evaluators", Map.of("image", "vmalert"),
                    "alertmanager", Map.of("name", "alertmanager", "members", 1, "configSecret", "alertmanager"))));
        }
        JsonNode file;
        try {
            file = YAML.readTree(Files.readString(config));
        } catch (IOException e) {
            throw new BadInput("--config: " + config + " cannot be read: " + e.getMessage());
        }
        datasources.forEach((name, url) -> {
            boolean isKnown = false;
            for (JsonNode datasource : file.path("datasources")) {
                if (datasource instanceof ObjectNode object
                        && object.path("name").asText().equals(name)) {
                    object.put("url", url);
                    isKnown = true;
                }
            }
            if (!isKnown) {
                throw new BadInput("--datasource: the configuration has no datasource \"" + name + "\".");
            }
        });
        return OperatorConfiguration.parse(YAML.writeValueAsString(file));
    }

    private List<Map<String, Object>> defaultDatasources(List<Source> sources) {
        Map<String, GivenDatasource> given = GivenDatasource.ask(datasources);
        TreeSet<String> names = new TreeSet<>(given.keySet());
        names.add("default");
        for (Source source : sources) {
            try {
                source.documents()
                        .forEach(document -> document.json().findValuesAsText("datasource").stream()
                                .filter(name -> name.matches("[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?"))
                                .forEach(names::add));
            } catch (UnreadableSourceException ignored) {
                // The check says so itself.
            }
        }
        return names.stream()
                .map(name -> {
                    GivenDatasource datasource =
                            given.getOrDefault(name, new GivenDatasource("http://localhost", Language.MetricsQL));
                    Map<String, Object> entry = new LinkedHashMap<>(Map.of(
                            "name",
                            name,
                            "url",
                            datasource.url(),
                            "language",
                            datasource.language().name()));
                    if (datasource.language() == Language.MetricsQL) {
                        entry.put("remoteWrite", Map.of("url", datasource.url()));
                    }
                    return entry;
                })
                .toList();
    }

    /** Those that the command line names are asked: the addresses of a configuration hold within the cluster. */
    private ExpressionCheck expressionCheck(OperatorConfiguration configuration) {
        return rules -> {
            List<CompiledRule> asked = rules.stream()
                    .filter(rule -> datasources.containsKey(rule.datasource()))
                    .toList();
            if (asked.isEmpty()) {
                return Map.of();
            }
            try (HttpClient http =
                    HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
                return new DatasourceExpressionCheck(configuration, http).check(asked);
            }
        };
    }
}
