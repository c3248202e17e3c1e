package dev.tocsin.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs the program within the test. */
final class Program {
    private Program() {}

    /** What it printed, and its exit status. */
    record Run(int status, String output, String errors) {}

    static Run run(String... arguments) {
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        CommandLine command =
                Tocsin.commandLine().setOut(new PrintWriter(output)).setErr(new PrintWriter(errors));
        int status = command.execute(arguments);
        command.getOut().flush();
        command.getErr().flush();
        return new Run(status, output.toString(), errors.toString());
    }
}
