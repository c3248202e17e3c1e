package dev.tocsin.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what Tocsin promises in numbers and writes each figure beside its goal. */
@Command(
        name = "bench",
        description = "Measures what Tocsin promises in numbers; prints each figure beside its goal and a peer's.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class Bench implements Callable<Integer> {
    private static final String PREFIX = "run-";
    private static final List<Scenario> SCENARIOS = List.of(
            new PlacementScenario(),
            new ScaleScenario(),
            new BulkScenario(),
            new ManyRulesScenario(),
            new StormScenario(),
            new LatencyScenario(),
            new MovesScenario(),
            new EvaluationsScenario(),
            new NoisyNamespaceScenario(),
            new HundredThousandScenario(),
            new ClusterScenario());

    /** Enough to see that every part of the benchmark works, in a minute. */
    private static final List<Scenario> IN_QUICK_RUNS =
            List.of(new PlacementScenario(), new ScaleScenario(), new BulkScenario(), new LatencyScenario());

    @Option(names = "--only", split = ",", paramLabel = "ID", description = "Measure these figures only.")
    private List<String> only = List.of();

    @Option(names = "--quick", description = "Tiny numbers: proves that the benchmark works, and nothing else.")
    private boolean quick;

    @Option(names = "--keep", description = "Leave the logs of all programs in the folder of the results.")
    private boolean keep;

    @Override
    public Integer call() throws Exception {
        Set<Goal> wanted = wanted();
        Path results = Repository.root().resolve("e2e/target/bench");
        Files.createDirectories(results);
        deleteFormerRuns(results);
        Path folder = results.resolve(PREFIX + ProcessHandle.current().pid());
        Run run = new Run(wanted, quick, Files.createDirectories(folder));
        List<String> failed = new ArrayList<>();
        for (Scenario scenario : SCENARIOS) {
            if (run.wantsAnyOf(scenario.goals())) {
                try {
                    run.say("---- " + scenario.getClass().getSimpleName());
                    scenario.measure(run);
                } catch (Exception e) {
                    failed.add(scenario.getClass().getSimpleName() + ": " + e);
                    e.printStackTrace();
                }
            }
        }
        Results.write(results.resolve("results.json"), run.figures());
        System.out.println();
        System.out.println(Results.table(run.figures()));
        Set<Goal> missing = EnumSet.copyOf(wanted);
        run.figures().forEach(figure -> missing.remove(figure.goal()));
        if (!quick) {
            BenchmarksPage.update(Repository.root().resolve("docs/benchmarks.md"), run.figures());
        }
        if (!keep && failed.isEmpty()) {
            delete(folder);
        }
        failed.forEach(failure -> System.out.println("not measured: " + failure));
        if (!missing.isEmpty()) {
            System.out.println(
                    "no figure for: " + missing.stream().map(Goal::id).collect(Collectors.joining(", ")));
            return 2;
        }
        return quick || run.figures().stream().allMatch(Figure::isMet) ? 0 : 1;
    }

    private Set<Goal> wanted() {
        if (only.isEmpty() && quick) {
            return IN_QUICK_RUNS.stream()
                    .flatMap(scenario -> scenario.goals().stream())
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Goal.class)));
        }
        if (only.isEmpty()) {
            return EnumSet.allOf(Goal.class);
        }
        Set<Goal> result = EnumSet.noneOf(Goal.class);
        for (String id : only) {
            result.add(Goal.of(id.strip())
                    .orElseThrow(() -> new IllegalArgumentException("unknown: " + id + "; one of "
                            + Arrays.stream(Goal.values()).map(Goal::id).collect(Collectors.joining(", ")))));
        }
        return result;
    }

    /** Another run may be under way. */
    private static void deleteFormerRuns(Path results) throws IOException {
        try (Stream<Path> folders = Files.list(results)) {
            for (Path folder : folders.toList()) {
                String name = folder.getFileName().toString();
                if (name.startsWith(PREFIX)
                        && ProcessHandle.of(Long.parseLong(name.substring(PREFIX.length())))
                                .isEmpty()) {
                    delete(folder);
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Runs the benchmark. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }
}
