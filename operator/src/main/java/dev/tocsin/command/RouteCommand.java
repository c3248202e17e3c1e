package dev.tocsin.command;

import dev.tocsin.api.v1alpha1.AlertRuleSpec;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import dev.tocsin.compile.delivery.Assembler.Assembly;
import dev.tocsin.configuration.InvalidConfigurationException;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.configuration.OperatorConfiguration.Delivery;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says where an alert would go, before it fires. */
@Command(
        name = "route",
        description = {
            "Says which contact points an alert with these labels would reach, through which policies, and whether they"
                    + " would be told now.",
            "Objects come from files (-f), else from the cluster of $KUBECONFIG."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class RouteCommand implements Callable<Integer> {
    private static final int BAD_INPUT = 2;

    @Parameters(
            paramLabel = "NAME=VALUE",
            description = "Labels of the alert, for example severity=page tocsin_namespace=shop. An alert without"
                    + " tocsin_namespace is one that others push.")
    private List<String> labelArguments = new ArrayList<>();

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "PATH",
            description = "File or folder with objects as YAML or JSON, - for standard input. May be repeated.")
    private List<String> paths = new ArrayList<>();

    @Option(
            names = {"-n", "--namespace"},
            defaultValue = "default",
            paramLabel = "NAME",
            description = "Namespace of objects in files that name none. Default: ${DEFAULT-VALUE}.")
    private String namespace = "";

    @Option(
            names = "--rule",
            paramLabel = "NAMESPACE/NAME",
            description = "Takes the labels of this AlertRule; further labels are those of a series.")
    private @Nullable String rule;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "Looks at mute and active timings at this time, for example 2026-11-25T23:00:00+01:00."
                    + " Default: now.")
    private @Nullable String at;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The operator's configuration: who may write Cluster policies, and who is told by default."
                    + " Default: the cluster's; with -f none is known.")
    private @Nullable Path config;

    @Option(
            names = "--operator-namespace",
            defaultValue = "tocsin-system",
            paramLabel = "NAME",
            description = "Where the cluster's operator is. Default: ${DEFAULT-VALUE}.")
    private String operatorNamespace = "";

    @Option(
            names = {"-o", "--output"},
            defaultValue = "text",
            paramLabel = "FORMAT",
            description = "text or json. Default: ${DEFAULT-VALUE}.")
    private Output output = Output.text;

    @Spec
    private @Nullable CommandSpec spec;

    /** How the answer is written. */
    enum Output {
        text,
        json
    }

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try {
            RouteAnswer answer = answer();
            out.print(output == Output.json ? answer.json() + "\n" : answer.text());
            out.flush();
            return 0;
        } catch (BadInput e) {
            spec.commandLine().getErr().println(e.getMessage());
            return BAD_INPUT;
        }
    }

    private RouteAnswer answer() {
        Instant time = time();
        Map<String, String> labels = labels();
        Optional<ObjectKey> key = Optional.ofNullable(rule).map(RouteCommand::ruleKey);
        if (labels.isEmpty() && key.isEmpty()) {
            throw new BadInput("Give the alert's labels as name=value, or a rule with --rule NAMESPACE/NAME.");
        }
        Optional<Delivery> delivery = Optional.ofNullable(config).map(RouteCommand::delivery);
        DeliveryObjects objects = paths.isEmpty()
                ? fromCluster(delivery, key)
                : new ObjectFiles(namespace).read(paths, System.in, delivery);
        List<String> notes = new ArrayList<>(objects.notes());
        Optional<Map<String, String>> known = key.map(name -> known(objects, name, labels, notes));
        Map<String, String> all = new TreeMap<>(labels);
        known.ifPresent(all::putAll);
        all.values().removeIf(String::isEmpty);
        Assembly assembly = objects.assemble(notes);
        return RouteAnswer.of(assembly, all, known, time, objects.delivery().isPresent(), notes);
    }

    private DeliveryObjects fromCluster(Optional<Delivery> delivery, Optional<ObjectKey> key) {
        return Kubeconfig.ask(" with -f", client -> new ClusterObjects(client, operatorNamespace).read(delivery, key));
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new TreeMap<>();
        for (String argument : labelArguments) {
            int equals = argument.indexOf('=');
            if (equals <= 0) {
                throw new BadInput("\"" + argument + "\" is not a label; write name=value.");
            }
            String name = argument.substring(0, equals);
            if (labels.put(name, argument.substring(equals + 1)) != null) {
                throw new BadInput("The label " + name + " is given twice.");
            }
        }
        return labels;
    }

    private Instant time() {
        if (at == null) {
            return Instant.now();
        }
        try {
            return OffsetDateTime.parse(at).toInstant();
        } catch (DateTimeParseException e) {
            throw new BadInput("--at: \"" + at + "\" is not a time; write it as 2026-11-25T23:00:00Z.");
        }
    }

    private static ObjectKey ruleKey(String text) {
        if (!text.matches("[^/]+/[^/]+")) {
            throw new BadInput("--rule: \"" + text + "\" is not written NAMESPACE/NAME.");
        }
        return ObjectKey.parse(text);
    }

    private static Delivery delivery(Path file) {
        try {
            return OperatorConfiguration.read(file).delivery();
        } catch (InvalidConfigurationException e) {
            throw new BadInput("--config: " + e.getMessage());
        }
    }

    /** What is known of every alert of the rule: its own labels, and those of the series that the user has given. */
    private static Map<String, String> known(
            DeliveryObjects objects, ObjectKey key, Map<String, String> ofSeries, List<String> notes) {
        AlertRuleSpec found = objects.rules().get(key);
        if (found == null) {
            throw new BadInput("There is no AlertRule " + key + ".");
        }
        if (Boolean.TRUE.equals(found.paused())) {
            notes.add("the rule is paused: as long as it is, none of its alerts fires");
        }
        Map<String, String> known = RuleCompiler.knownLabels(key, found);
        ofSeries.forEach((name, value) -> {
            if (known.containsKey(name)) {
                throw new BadInput("The label " + name + " is set by AlertRule " + key + " itself; leave it out.");
            }
        });
        String templates = Optional.ofNullable(found.labels()).orElse(Map.of()).keySet().stream()
                .filter(name -> !known.containsKey(name) && !ofSeries.containsKey(name))
                .sorted()
                .collect(Collectors.joining(", "));
        if (!templates.isEmpty()) {
            notes.add("the rule makes these labels from templates, so they are not known; give them as arguments: "
                    + templates);
        }
        Map<String, String> all = new TreeMap<>(known);
        all.putAll(ofSeries);
        return all;
    }
}
