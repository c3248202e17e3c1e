package dev.tocsin.check;

import java.util.List;

/**
 * What a check came to.
 *
 * @param subjects what was looked at, in the order of the files
 * @param findings in the order of the files
 * @param routes a sentence per AlertRule on who would be told
 */
public record Outcome(List<Subject> subjects, List<Finding> findings, List<String> routes) {

    /**
     * An object or a test.
     *
     * @param name for example AlertRule shop/down
     */
    public record Subject(String source, int line, String name) {}

    public long count(Finding.Severity severity) {
        return findings.stream()
                .filter(finding -> finding.severity() == severity)
                .count();
    }

    /** For people: a line for each finding, then who would be told, then a summary. */
    public String toText() {
        StringBuilder text = new StringBuilder();
        findings.forEach(finding -> text.append(line(finding)).append('\n'));
        routes.forEach(route -> text.append(route).append('\n'));
        return text.append("%d objects and tests: %s, %s%n"
                        .formatted(
                                subjects.size(),
                                counted(count(Finding.Severity.error), "error"),
                                counted(count(Finding.Severity.warning), "warning")))
                .toString();
    }

    private static String line(Finding finding) {
        StringBuilder line = new StringBuilder(finding.source());
        if (finding.line() > 0) {
            line.append(':').append(finding.line());
        }
        line.append(": ").append(finding.severity());
        for (String part : List.of(finding.subject(), finding.field())) {
            if (!part.isEmpty()) {
                line.append(": ").append(part);
            }
        }
        return line.append(": ").append(finding.message()).toString();
    }

    private static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
