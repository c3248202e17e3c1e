package dev.tocsin.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * Keeps the table in docs/benchmarks.md: a figure that was measured anew replaces its row, the rows of others stay as
 * they are, with the date of their own measurement.
 */
final class BenchmarksPage {
    private static final String BEGINS = "<!-- figures: written by make bench -->";
    private static final String ENDS = "<!-- end of figures -->";

    private BenchmarksPage() {}

    static void update(Path page, List<Figure> figures) throws IOException {
        Files.writeString(page, updated(Files.readString(page), figures, LocalDate.now(ZoneOffset.UTC), machine()));
    }

    /** The page with these figures in its table. */
    static String updated(String page, List<Figure> figures, LocalDate date, String machine) {
        int from = page.indexOf(BEGINS);
        int to = page.indexOf(ENDS);
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("the page has no place for figures");
        }
        Map<Goal, String> rows = new EnumMap<>(Goal.class);
        for (String line : page.substring(from, to).lines().toList()) {
            if (line.startsWith("| `")) {
                Goal.of(line.substring(3, line.indexOf('`', 3))).ifPresent(goal -> rows.put(goal, line));
            }
        }
        figures.forEach(figure -> rows.put(figure.goal(), row(figure, date)));
        List<String> lines = new ArrayList<>();
        lines.add(BEGINS);
        lines.add("");
        lines.add("Machine and versions of the newest run, " + date + ": " + machine);
        lines.add("");
        lines.add("| figure | value | goal | met | peer in the same run | how it spreads, what it costs | date |");
        lines.add("| --- | --- | --- | --- | --- | --- | --- |");
        lines.addAll(rows.values());
        lines.add("");
        return page.substring(0, from) + String.join("\n", lines) + page.substring(to);
    }

    private static String row(Figure figure, LocalDate date) {
        Goal goal = figure.goal();
        return "| `%s`: %s | %s %s | %s %s | %s | %s | %s | %s |"
                .formatted(
                        goal.id(),
                        goal.what(),
                        Figure.text(figure.value()),
                        goal.unit(),
                        goal.better() == Goal.Better.LOWER ? "≤" : "≥",
                        Figure.text(goal.goal()),
                        figure.isMet() ? "yes" : "**no**",
                        figure.peer() == null
                                ? "-"
                                : Figure.text(figure.peer().value()) + ": "
                                        + figure.peer().name(),
                        figure.detail().replace("|", "\\|"),
                        date);
    }

    private static String machine() throws IOException {
        Properties versions = Repository.versions();
        String processor = Files.readString(Path.of("/proc/cpuinfo"))
                .lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown processor");
        long memory = Files.readString(Path.of("/proc/meminfo"))
                .lines()
                .filter(line -> line.startsWith("MemTotal"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 20)
                .findFirst()
                .orElse(0);
        return String.format(
                Locale.ROOT,
                "%d cores of %s, %d GiB; Linux %s, JDK %s, Kubernetes %s, vmalert %s, VictoriaMetrics %s, Alertmanager %s;"
                        + " peers: prometheus-operator %s, Prometheus %s.",
                Runtime.getRuntime().availableProcessors(),
                processor,
                memory,
                System.getProperty("os.version"),
                System.getProperty("java.version"),
                versions.getProperty("KUBERNETES_VERSION"),
                versions.getProperty("VMALERT_VERSION"),
                versions.getProperty("VICTORIAMETRICS_VERSION"),
                versions.getProperty("ALERTMANAGER_VERSION"),
                versions.getProperty("PROMETHEUS_OPERATOR_VERSION"),
                versions.getProperty("PROMETHEUS_VERSION"));
    }
}
