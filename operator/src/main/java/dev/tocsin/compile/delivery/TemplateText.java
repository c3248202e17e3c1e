package dev.tocsin.compile.delivery;

import com.google.re2j.Pattern;
import java.util.List;

/**
 * A field of a receiver that Alertmanager executes as a template when it sends. It does not parse it when it loads the
 * configuration (v0.31.1): a broken one costs the notification. So each is rendered ahead.
 *
 * @param path the field, for example spec.receivers[0].slack.text
 * @param html whether Alertmanager executes it with html/template rather than text/template
 */
public record TemplateText(String path, String text, boolean html) {

    private static final Pattern DEFINES = Pattern.compile("\\b(define|block)\\b");

    /** What Go's parser says where text stands beside a block of the empty name: see {@link SharedDefines}. */
    private static final String STRAY_TEXT = "multiple definition of template \"\"";

    /** An engine's error, with the fix where its words do not lead there. */
    public String explained(String error) {
        return error.contains(STRAY_TEXT)
                ? "text stands outside of define blocks in a file of spec.templates; put it between {{ define"
                        + " \"name\" }} and {{ end }} (" + error + ")"
                : error;
    }

    /** What stands before the field's own text: define blocks that it may use; empty without any. */
    public String blocks() {
        return SharedDefines.blocksOf(text);
    }

    /**
     * Whether one text can execute this and others with the same blocks, see {@link #together}. Of HTML the end of one
     * text says how the next is read, and what defines blocks could end the one around it.
     */
    public boolean canBeJoined() {
        return isTemplate()
                && !html
                && !DEFINES.matcher(SharedDefines.ownOf(text)).find();
    }

    /**
     * One text that executes all of these, each as a block of its own, so that none can complete what another leaves
     * open: when it renders, each of them does.
     *
     * @param templates that can be joined, with the same blocks
     */
    public static String together(List<TemplateText> templates) {
        StringBuilder blocks = new StringBuilder(templates.getFirst().blocks());
        StringBuilder calls = new StringBuilder();
        for (int i = 0; i < templates.size(); i++) {
            String name = "\"tocsin " + i + "\"";
            String own = SharedDefines.ownOf(templates.get(i).text());
            blocks.append("{{ define " + name + " }}" + own + "{{ end }}");
            calls.append("{{ template " + name + " . }}");
        }
        return SharedDefines.whole(blocks.toString(), calls.toString());
    }

    /** Whether the text holds anything to execute. */
    public boolean isTemplate() {
        return text.contains("{{");
    }
}
