package dev.tocsin.command;

import dev.tocsin.importing.Imported;
import dev.tocsin.importing.Importer;
import dev.tocsin.importing.Manifests;
import dev.tocsin.importing.Options;
import dev.tocsin.importing.Source;
import dev.tocsin.importing.UnreadableSourceException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Turns rules and configurations of other systems into AlertRules, ContactPoints and NotificationPolicies. */
@Command(
        name = "import",
        description = {
            "Turns rules and configurations of other systems into AlertRules, ContactPoints and NotificationPolicies.",
            "",
            "Reads rule files of Prometheus and vmalert, PrometheusRule and VMRule objects, configuration files of"
                    + " Alertmanager, AlertmanagerConfig and VMAlertmanagerConfig objects, provisioning files of Grafana"
                    + " and what its provisioning API answers, and ConfigMaps and Secrets that hold such files. Writes YAML for kubectl apply to standard output, and what could not be carried"
                    + " over to standard error.",
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
public final class ImportCommand implements Callable<Integer> {
    private static final int LEFT = 1;
    private static final int UNREADABLE = 2;

    /** Label of RFC 1123. */
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    @Mixin
    private SourceOptions from = new SourceOptions();

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "Namespace of what has none. Default: none is written, kubectl decides.")
    private @Nullable String namespace;

    @Option(
            names = "--datasource",
            paramLabel = "[UID=]NAME",
            description =
                    "spec.datasource of the AlertRules; with UID= of those that ask the datasource of that uid in Grafana."
                            + " May be given several times. Default: none is written, the operator's default holds.")
    private List<String> datasources = new ArrayList<>();

    @Option(
            names = "--smtp",
            paramLabel = "HOST:PORT",
            description = "The server by which mails of Grafana's contact points are sent; with --mail-from.")
    private @Nullable String smtp;

    @Option(
            names = "--mail-from",
            paramLabel = "ADDRESS",
            description = "The sender's address of mails of Grafana's contact points; with --smtp.")
    private @Nullable String mailFrom;

    @Option(names = "--report", paramLabel = "FILE", description = "Writes the report as JSON.")
    private @Nullable Path report;

    @Option(names = "--strict", description = "Ends with exit code 1 if anything was left.")
    private boolean strict;

    @Option(
            names = "--with-secrets",
            description =
                    "Writes Secrets too, with the credentials that stand in the sources. Default: the report lists"
                            + " which Secrets to create.")
    private boolean withSecrets;

    private final PrintStream output = System.out;
    private final PrintStream messages = System.err;

    /** A uid has no equals sign in it, and a name of ours neither. */
    private Options options() throws IOException {
        String any = null;
        Map<String, String> byUid = new HashMap<>();
        for (String given : datasources) {
            int equals = given.indexOf('=');
            if (equals < 0) {
                any = given;
            } else {
                byUid.put(given.substring(0, equals), given.substring(equals + 1));
            }
        }
        if (namespace != null && !NAMESPACE.matcher(namespace).matches()) {
            throw new IOException("--namespace: \"" + namespace
                    + "\" is no namespace's name; use at most 63 lower case letters, digits and dashes");
        }
        if ((smtp == null) != (mailFrom == null)) {
            throw new IOException("--smtp and --mail-from go together");
        }
        Options.Mail mail = smtp == null || mailFrom == null ? null : new Options.Mail(smtp, mailFrom);
        return new Options(namespace, any, byUid, mail, withSecrets, Options.Naming.Readable);
    }

    @Override
    public Integer call() {
        Imported imported;
        try {
            from.mustNameSomething();
            List<Source> sources = new ArrayList<>(SourceFiles.read(from.paths(), System.in));
            if (from.cluster()) {
                sources.addAll(ListedObjects.toImport());
            }
            imported = Importer.run(sources, SourceFiles::templates, options());
            output.write(Manifests.write(imported.objects()).getBytes(StandardCharsets.UTF_8));
            output.flush();
            messages.print(imported.report().toText());
            if (report != null) {
                ReportFile.write("--report", report, imported.report().toJson());
            }
        } catch (IOException | UnreadableSourceException | BadInput e) {
            messages.println("tocsin import: " + e.getMessage());
            return UNREADABLE;
        }
        return strict && !imported.report().left().isEmpty() ? LEFT : 0;
    }
}
