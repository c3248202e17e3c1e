package dev.tocsin.compile.delivery;

/**
 * A field of a receiver that Alertmanager executes as a template when it sends. It does not parse it when it loads the
 * configuration (v0.31.1): a broken one costs the notification. So each is rendered ahead.
 *
 * @param path the field, for example spec.receivers[0].slack.text
 * @param html whether Alertmanager executes it with html/template rather than text/template
 */
public record TemplateText(String path, String text, boolean html) {

    /** What Go's parser says where text stands beside a block of the empty name: see {@link SharedDefines}. */
    private static final String STRAY_TEXT = "multiple definition of template \"\"";

    /** An engine's error, with the fix where its words do not lead there. */
    public String explained(String error) {
        return error.contains(STRAY_TEXT)
                ? "text stands outside of define blocks in a file of spec.templates; put it between {{ define"
                        + " \"name\" }} and {{ end }} (" + error + ")"
                : error;
    }

    /** Whether the text holds anything to execute. */
    public boolean isTemplate() {
        return text.contains("{{");
    }
}
