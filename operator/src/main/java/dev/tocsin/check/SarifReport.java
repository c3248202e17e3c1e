package dev.tocsin.check;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.stream.Stream;

/** Writes an outcome as SARIF 2.1.0, which code hosts show beside the lines of a change. */
public final class SarifReport {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private SarifReport() {}

    public static String write(Outcome outcome) {
        List<Rule> rules = Stream.of(Finding.Topic.values())
                .map(topic -> new Rule(topic.name(), new Text(topic.description())))
                .toList();
        Log log = new Log(
                "https://json.schemastore.org/sarif-2.1.0.json",
                "2.1.0",
                List.of(new Run(
                        new Tool(new Driver("tocsin check", rules)),
                        outcome.findings().stream().map(SarifReport::result).toList())));
        try {
            return JSON.writeValueAsString(log) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers cannot fail to be written", e);
        }
    }

    private static Result result(Finding finding) {
        String message = Stream.of(finding.subject(), finding.field(), finding.message())
                .filter(part -> !part.isEmpty())
                .reduce((first, second) -> first + ": " + second)
                .orElse("");
        return new Result(
                finding.topic().name(),
                finding.severity().name(),
                new Text(message),
                finding.source().equals("-") ? List.of() : List.of(location(finding)));
    }

    private static Location location(Finding finding) {
        return new Location(new PhysicalLocation(
                new ArtifactLocation(uri(finding.source())), new Region(Math.max(1, finding.line()))));
    }

    /** Relative, so that a code host finds the file in its tree. What stands before a colon would be a scheme. */
    private static String uri(String file) {
        try {
            String path = file.startsWith("./") ? file.substring(2) : file;
            boolean hasColon = path.indexOf(':') >= 0 && !path.startsWith("/");
            return new URI(null, null, hasColon ? "./" + path : path, null).toASCIIString();
        } catch (URISyntaxException e) {
            return file;
        }
    }

    private record Log(@JsonProperty("$schema") String schema, String version, List<Run> runs) {}

    private record Run(Tool tool, List<Result> results) {}

    private record Tool(Driver driver) {}

    private record Driver(String name, List<Rule> rules) {}

    private record Rule(String id, Text shortDescription) {}

    private record Text(String text) {}

    private record Result(String ruleId, String level, Text message, List<Location> locations) {}

    private record Location(PhysicalLocation physicalLocation) {}

    private record PhysicalLocation(ArtifactLocation artifactLocation, Region region) {}

    private record ArtifactLocation(String uri) {}

    /** GitHub shows no finding without one: what is about a file as a whole stands at its first line. */
    private record Region(int startLine) {}
}
