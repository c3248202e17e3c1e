package dev.tocsin.check;

/**
 * Something that is to be said about the files.
 *
 * @param source the file as it was named, - for standard input
 * @param line in the source, 1 and up; 0 when unknown
 * @param subject the object or the test that it is about, for example AlertRule shop/down; empty for the whole file
 * @param field path in the object; empty for all of it
 * @param message what is wrong and what to do; never a secret value
 */
public record Finding(
        Severity severity, Topic topic, String source, int line, String subject, String field, String message) {

    /** Whether it has to be mended. */
    public enum Severity {
        error,
        warning
    }

    /** What was asked; the identifiers of rules in SARIF. */
    public enum Topic {
        yaml("The file cannot be read"),
        schema("The API server would refuse the object"),
        rule("The operator or vmalert would refuse the rule"),
        delivery("The operator or Alertmanager would refuse it"),
        reference("Something that is referred to is not among the files"),
        route("An alert would reach nobody, or a route takes none"),
        test("A unit test fails");

        private final String description;

        Topic(String description) {
            this.description = description;
        }

        public String description() {
            return description;
        }
    }
}
