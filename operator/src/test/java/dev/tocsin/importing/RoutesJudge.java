package dev.tocsin.importing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.engines.Engines;
import dev.tocsin.exporting.AlertmanagerExport;
import dev.tocsin.exporting.Exported;
import dev.tocsin.exporting.ExportedObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.statistics.Statistics;

/** What becomes of a delivery that is imported and compiled again, with Alertmanager's own tool as the judge. */
final class RoutesJudge {
    private static final Map<String, String> CONTACT_POINTS =
            Map.of("team-a", "shop/team-a", "Team B", "shop/team-b", "null", "shop/null");

    private RoutesJudge() {}

    /**
     * Every alert goes to the contact points of those to whom a configuration of Alertmanager sends it, and in more than
     * 30 % of the tries one goes to others than team-a, which the root has.
     */
    static void assertSameReceivers(
            String configuration, Source source, Options options, List<Map<String, String>> alerts) throws IOException {
        Path folder = Files.createTempDirectory("routes-");
        Path before = Files.writeString(folder.resolve("before.yml"), configuration);
        Path after = folder.resolve("after.yml");
        try {
            mustBeTaken(before);

            Files.writeString(after, importedAndCompiled(source, options));

            mustBeTaken(after);
            boolean anyBelowTheRoot = false;
            for (Map<String, String> alert : alerts) {
                List<String> receivers = receivers(before, alert);
                anyBelowTheRoot |= !receivers.equals(List.of("team-a"));
                assertThat(receivers(after, alert))
                        .as("%s in%n%s", alert, source.text())
                        .isEqualTo(receivers.stream().map(CONTACT_POINTS::get).toList());
            }
            Statistics.collect(anyBelowTheRoot);
            Statistics.coverage(coverage -> coverage.check(true).percentage(share -> share > 30));
        } finally {
            Files.deleteIfExists(before);
            Files.deleteIfExists(after);
            Files.delete(folder);
        }
    }

    /** Six alerts of up to three labels each. */
    static Arbitrary<List<Map<String, String>>> alerts(List<String> labels, List<String> values) {
        return Arbitraries.maps(Arbitraries.of(labels), Arbitraries.of(values))
                .ofMinSize(1)
                .ofMaxSize(3)
                .list()
                .ofSize(6);
    }

    /** The configuration of Alertmanager that the objects make; nothing is left on the way there. */
    static String importedAndCompiled(Source source, Options options) {
        Imported imported = Importer.run(List.of(source), TemplateFiles.NONE, options);
        assertThat(imported.report().left()).isEmpty();
        ExportedObjects objects = ImportCases.read(imported);
        Exported exported = AlertmanagerExport.export(objects, Optional.empty());
        assertThat(exported.left()).isEmpty();
        return exported.text();
    }

    static void mustBeTaken(Path configuration) {
        Engines.Answer answer = amtool(List.of("check-config", configuration.toString()));
        assertThat(answer.exitStatus()).as(answer.output()).isZero();
    }

    /** Who is told of an alert with these labels, in order. */
    static List<String> receivers(Path configuration, Map<String, String> alert) {
        List<String> command = new ArrayList<>(List.of("config", "routes", "test", "--config.file=" + configuration));
        alert.forEach((label, value) ->
                command.add(label + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\""));
        Engines.Answer answer = amtool(command);
        assertThat(answer.exitStatus()).as(answer.output()).isZero();
        // Warnings of its log come first.
        return List.of(answer.output().lines().reduce("", (first, last) -> last).split(","));
    }

    private static Engines.Answer amtool(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(Engines.binary("amtool").toString()));
        command.addAll(arguments);
        return Engines.run(command);
    }
}
