package dev.tocsin.e2e.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a run has found, for programs and for people. */
final class Results {
    private Results() {}

    /** Writes results.json: a list of figures; peer is null where there is none. */
    static void write(Path file, List<Figure> figures) throws IOException {
        ArrayNode list = Json.MAPPER.createArrayNode();
        for (Figure figure : figures) {
            ObjectNode entry = list.addObject();
            entry.put("id", figure.goal().id());
            entry.put("value", figure.value());
            entry.put("unit", figure.goal().unit());
            entry.put("goal", figure.goal().goal());
            entry.put("better", figure.goal().better().text());
            entry.put("met", figure.isMet());
            if (figure.peer() == null) {
                entry.putNull("peer");
            } else {
                entry.putObject("peer")
                        .put("name", figure.peer().name())
                        .put("value", figure.peer().value());
            }
        }
        Files.writeString(file, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(list) + "\n");
    }

    /** The figures beside goals and peers. */
    static String table(List<Figure> figures) {
        return figures.stream()
                .map(figure -> String.format(
                        Locale.ROOT,
                        "%-32s %10s %-8s goal %s %-6s %-6s %s",
                        figure.goal().id(),
                        Figure.text(figure.value()),
                        figure.goal().unit(),
                        figure.goal().better() == Goal.Better.LOWER ? "<=" : ">=",
                        Figure.text(figure.goal().goal()),
                        figure.isMet() ? "met" : "MISSED",
                        figure.peer() == null
                                ? ""
                                : figure.peer().name() + ": "
                                        + Figure.text(figure.peer().value())))
                .collect(Collectors.joining("\n"));
    }
}
