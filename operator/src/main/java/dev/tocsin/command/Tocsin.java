package dev.tocsin.command;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program. */
@Command(
        name = "tocsin",
        description = "Alerting as Kubernetes resources.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {OperatorCommand.class})
public final class Tocsin {

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Tocsin()).execute(arguments));
    }
}
