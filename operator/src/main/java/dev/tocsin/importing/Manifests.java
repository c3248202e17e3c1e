package dev.tocsin.importing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import com.google.re2j.Pattern;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Writes objects as YAML that kubectl apply takes, one document for each. */
public final class Manifests {
    private static final YAMLMapper YAML = new YAMLMapper(YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
            .stringQuotingChecker(new Quoting())
            .build());

    private Manifests() {}

    /** All objects, each after a line <code>---</code>. */
    public static String write(List<ImportedObject> objects) {
        StringBuilder text = new StringBuilder();
        for (ImportedObject object : objects) {
            text.append("---\n");
            object.comments().forEach(line -> text.append('#').append(line).append('\n'));
            text.append(yaml(object.body()));
        }
        return text.toString();
    }

    /** A tree as YAML that readers of version 1.1 and 1.2 understand alike. */
    public static String yaml(JsonNode tree) {
        try {
            return YAML.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts and numbers cannot fail to be written", e);
        }
    }

    /**
     * Quotes every text but plain words: kubectl reads YAML 1.1, in which yes, 1_000 and 12:30 are no texts, and other
     * programs read 1.2.
     */
    private static final class Quoting extends StringQuotingChecker {
        private static final long serialVersionUID = 1L;
        private static final Pattern PLAIN = Pattern.compile("[A-Za-z/_][-A-Za-z0-9 _./()]*[-A-Za-z0-9_./()]|[A-Za-z]");
        private static final Pattern DURATION = Pattern.compile("([0-9]{1,9}(y|w|d|h|m|s|ms))+");
        private static final Set<String> NO_TEXTS = Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

        @Override
        public boolean needToQuoteName(String name) {
            return needToQuoteValue(name);
        }

        @Override
        public boolean needToQuoteValue(String value) {
            if (DURATION.matches(value)) {
                return false;
            }
            return !PLAIN.matches(value) || NO_TEXTS.contains(value.toLowerCase(Locale.ROOT));
        }
    }
}
