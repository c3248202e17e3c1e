package dev.tocsin.command;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program. */
@Command(
        name = "tocsin",
        description = "Alerting as Kubernetes resources.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            OperatorCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            CheckCommand.class,
            RouteCommand.class,
            IngestCommand.class
        })
public final class Tocsin {

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** Says in one sentence what is wrong with its arguments, and ends with status 2 then. */
    static CommandLine commandLine() {
        return new CommandLine(new Tocsin()).setParameterExceptionHandler((exception, arguments) -> {
            CommandLine command = exception.getCommandLine();
            command.getErr()
                    .println(exception.getMessage() + "; see "
                            + command.getCommandSpec().qualifiedName() + " --help");
            return command.getCommandSpec().exitCodeOnInvalidInput();
        });
    }
}
