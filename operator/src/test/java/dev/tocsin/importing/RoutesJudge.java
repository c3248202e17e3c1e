package dev.tocsin.importing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.engines.Engines;
import dev.tocsin.exporting.AlertmanagerExport;
import dev.tocsin.exporting.Exported;
import dev.tocsin.exporting.ExportedObjects;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What becomes of a delivery that is imported and compiled again, with Alertmanager's own tool as the judge. */
final class RoutesJudge {
    private RoutesJudge() {}

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
