package dev.tocsin.compile.delivery;

/**
 * A field of a receiver that Alertmanager executes as a template when it sends. It does not parse it when it loads the
 * configuration (v0.31.1): a broken one costs the notification. So each is rendered ahead.
 *
 * @param path the field, for example spec.receivers[0].slack.text
 * @param html whether Alertmanager executes it with html/template rather than text/template
 */
public record TemplateText(String path, String text, boolean html) {

    /** Whether the text holds anything to execute. */
    public boolean isTemplate() {
        return text.contains("{{");
    }
}
