package dev.tocsin.importing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of everything that was read.
 *
 * @param converted number of objects by kind: AlertRule, ContactPoint, NotificationPolicy
 * @param left what could not be carried over, or not exactly
 * @param secrets what the objects refer to and somebody has to create
 * @param notes what is as it should be and yet worth knowing
 */
public record Report(Map<String, Integer> converted, List<Left> left, List<NeededSecret> secrets, List<String> notes) {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /**
     * Something that was not carried over.
     *
     * @param source the file, or the object of the cluster
     * @param line in the source, 1 and up; 0 when unknown
     * @param document in the source, 0 and up
     * @param at path in the document, for example groups[2].rules[0].limit; empty for all of it
     * @param what the thing, for example "field limit" or "recording rule job:up:sum"
     * @param reason why, and what to do about it
     */
    public record Left(String source, int line, int document, String at, String what, String reason) {

        /** The path, with the document that it is in where that is not the first. */
        private String place() {
            String of = document == 0 ? "" : "document " + (document + 1);
            return of.isEmpty() || at.isEmpty() ? of + at : of + ", " + at;
        }
    }

    /**
     * A Secret's key that has to be there.
     *
     * @param from where the value is now, in words; never the value
     */
    public record NeededSecret(String namespace, String name, String key, String from) {}

    /** The report for programs: <code>{"converted": {kind: n}, "left": [{source, at, what, reason}]}</code>. */
    public String toJson() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("converted", converted);
        report.put("left", left.stream().map(Report::fields).toList());
        try {
            return JSON.writeValueAsString(report) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers cannot fail to be written", e);
        }
    }

    private static Map<String, String> fields(Left item) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("source", item.source());
        fields.put("at", item.place());
        fields.put("what", item.what());
        fields.put("reason", item.reason());
        return fields;
    }

    /** The report for people. */
    public String toText() {
        StringBuilder text = new StringBuilder();
        text.append("converted: ");
        text.append(String.join(
                ", ",
                converted.entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .toList()));
        text.append('\n');
        if (left.isEmpty()) {
            text.append("nothing was left\n");
        } else {
            text.append("left: ").append(left.size()).append('\n');
        }
        for (Left item : left) {
            text.append("  ").append(item.source());
            if (item.line() > 0) {
                text.append(':').append(item.line());
            }
            text.append(item.at().isEmpty() ? "" : " " + item.at());
            text.append(": ")
                    .append(item.what())
                    .append(": ")
                    .append(item.reason())
                    .append('\n');
        }
        if (!secrets.isEmpty()) {
            text.append("Secrets that the objects refer to:\n");
        }
        for (NeededSecret secret : secrets) {
            text.append("  ")
                    .append(secret.namespace().isEmpty() ? "" : secret.namespace() + "/")
                    .append(secret.name())
                    .append(", key ")
                    .append(secret.key())
                    .append(": ")
                    .append(secret.from())
                    .append('\n');
        }
        for (String note : notes) {
            text.append("note: ").append(note).append('\n');
        }
        return text.toString();
    }
}
