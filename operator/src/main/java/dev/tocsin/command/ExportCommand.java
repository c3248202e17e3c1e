package dev.tocsin.command;

import dev.tocsin.configuration.InvalidConfigurationException;
import dev.tocsin.configuration.OperatorConfiguration;
import dev.tocsin.exporting.AlertmanagerExport;
import dev.tocsin.exporting.Exported;
import dev.tocsin.exporting.ExportedObjects;
import dev.tocsin.exporting.RuleFileExport;
import dev.tocsin.importing.GivenObjects;
import dev.tocsin.importing.UnreadableSourceException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes Tocsin's objects as files of Prometheus and Alertmanager. */
@Command(
        name = "export",
        description = {
            "Writes AlertRules as a rule file of Prometheus, or ContactPoints and NotificationPolicies as a configuration"
                    + " file of Alertmanager, to standard output. The latter holds the values of the Secrets that are"
                    + " among the objects.",
            ""
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all was read",
            "1:with --strict, something was left",
            "2:wrong usage, or a source cannot be read"
        })
public final class ExportCommand implements Callable<Integer> {
    private static final int LEFT = 1;
    private static final int UNREADABLE = 2;

    /** Whose file is written. */
    enum Format {
        prometheus,
        alertmanager
    }

    @Mixin
    private SourceOptions from = new SourceOptions();

    @Option(names = "--format", required = true, paramLabel = "FORMAT", description = "${COMPLETION-CANDIDATES}")
    private Format format = Format.prometheus;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The operator's configuration. Default: none; every namespace may hold policies of scope"
                    + " Cluster, and there is no default contact point.")
    private @Nullable Path config;

    @Option(
            names = "--namespace",
            defaultValue = "default",
            paramLabel = "NAME",
            description = "Namespace of objects that name none. Default: ${DEFAULT-VALUE}.")
    private String namespace = "default";

    @Option(names = "--strict", description = "Ends with exit code 1 if anything was left.")
    private boolean strict;

    private final PrintStream output = System.out;
    private final PrintStream messages = System.err;

    @Override
    public Integer call() {
        Exported exported;
        try {
            from.mustNameSomething();
            Optional<OperatorConfiguration> configuration =
                    Optional.ofNullable(config).map(OperatorConfiguration::read);
            GivenObjects given = new GivenObjects(namespace);
            SourceFiles.read(from.paths(), System.in).forEach(given::read);
            if (from.cluster()) {
                ListedObjects.ofTocsin().forEach(given::read);
            }
            ExportedObjects objects = new ExportedObjects(given);
            exported = format == Format.prometheus
                    ? RuleFileExport.export(objects, configuration)
                    : AlertmanagerExport.export(objects, configuration);
            output.write(exported.text().getBytes(StandardCharsets.UTF_8));
            output.flush();
        } catch (IOException | UnreadableSourceException | InvalidConfigurationException | BadInput e) {
            messages.println("tocsin export: " + e.getMessage());
            return UNREADABLE;
        }
        exported.left().forEach(sentence -> messages.println("left: " + sentence));
        return strict && !exported.left().isEmpty() ? LEFT : 0;
    }
}
