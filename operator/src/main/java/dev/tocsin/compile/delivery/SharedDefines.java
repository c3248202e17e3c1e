package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.TemplateFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The define blocks that the templates of one contact point share. Alertmanager's own template files are common to all
 * receivers: two teams that define one name would take it from each other, in silence. So the blocks are put before the
 * text of each field that uses one; Alertmanager v0.31.1 parses each field into a copy of its templates
 * (template.ExecuteTextString), so that what a field defines is seen by that field alone.
 *
 * <p>The field's own text becomes a block too, of the empty name, which is that of the whole text. Go's parser takes
 * it for the text itself as long as nothing but white space and comments stands outside of blocks, and refuses
 * anything else: no parser of our own is needed to keep the white space between blocks out of messages.
 */
final class SharedDefines {
    /** A text is given to amtool as one argument, of which Linux takes 128 KiB; the field's own part is 64 KiB at most. */
    private static final int MAX_BYTES = 60_000;

    /** To be judged with the files alone; an empty text would let what stands outside of blocks pass. */
    private static final String ANY_TEXT = "{{ .Status }}";

    private static final String OWN_TEXT = "{{ define \"\" }}";
    private static final String END = "{{ end }}";

    private String blocks = "";

    /** Takes the files over, and has each judged together with those before it. */
    void read(ReceiverFields.Findings findings, @Nullable List<TemplateFile> files) {
        for (int i = 0; files != null && i < files.size(); i++) {
            String path = "spec.templates[" + i + "]";
            ReceiverFields fields = new ReceiverFields(findings, path);
            Optional<String> file = fields.file("configMapKeyRef", files.get(i).configMapKeyRef());
            if (file.isPresent()) {
                blocks = blocks + file.get();
                findings.templates().add(new TemplateText(path, whole(ANY_TEXT), false));
            }
        }
        if (blocks.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            findings.objections()
                    .invalid(
                            "spec.templates",
                            "the files hold more than " + MAX_BYTES + " bytes together; remove what is not used");
        }
    }

    /** The text of a field as Alertmanager is to execute it. */
    String before(String text) {
        boolean mayUseOne = text.contains("{{") && text.contains("template");
        return blocks.isEmpty() || !mayUseOne ? text : whole(text);
    }

    private String whole(String text) {
        return whole(blocks, text);
    }

    /** A text that may use these blocks. */
    static String whole(String blocks, String text) {
        return blocks + OWN_TEXT + text + END;
    }

    /** The blocks that stand before a field's own text, as it was made here; empty where there are none. */
    static String blocksOf(String whole) {
        int own = whole.lastIndexOf(OWN_TEXT);
        return own < 0 ? "" : whole.substring(0, own);
    }

    /** A field's own text. */
    static String ownOf(String whole) {
        int own = whole.lastIndexOf(OWN_TEXT);
        return own < 0 ? whole : whole.substring(own + OWN_TEXT.length(), whole.length() - END.length());
    }
}
