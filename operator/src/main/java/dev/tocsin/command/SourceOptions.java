package dev.tocsin.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Where import and export read from; for a command to mix in. */
final class SourceOptions {
    @Parameters(
            paramLabel = "PATH",
            arity = "0..*",
            description = "Files, folders (all .yaml, .yml, .json and .rules in them), or - for standard input.")
    private List<String> paths = new ArrayList<>();

    @Option(names = "--cluster", description = "Reads the objects of the cluster of your KUBECONFIG.")
    private boolean cluster;

    List<String> paths() {
        return paths;
    }

    boolean cluster() {
        return cluster;
    }

    /** @throws IOException with a sentence for the user when nothing is named to read from */
    void mustNameSomething() throws IOException {
        if (paths.isEmpty() && !cluster) {
            throw new IOException("name files or folders, - for standard input, or --cluster");
        }
    }
}
