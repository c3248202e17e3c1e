package dev.tocsin.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tocsin.compile.ObjectKey;
import dev.tocsin.place.SlotId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * The content of one slot.
 *
 * @param rules the rule file that vmalert reads: the line <code>groups:</code>, then one line per group; the first
 *     group is empty and named after the revision, so that <code>/api/v1/rules</code> tells what is loaded (vmalert
 *     1.150 keeps and lists empty groups)
 * @param index what the operator needs to know of the groups when it starts anew: one line of JSON per group, in the
 *     same order
 * @param revision name of the empty group, unique to this content, index included: a new generation is proven even
 *     when it compiles to the same group
 */
public record SlotFile(String rules, String index, String revision) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String HEAD = "groups:\n";
    private static final String ITEM = "- ";
    private static final String MARKER_BEGINS = "{\"name\":\"";
    private static final String MARKER_ENDS = "\",\"rules\":[]}";

    /** Writes a slot's content; the order of the given rules does not matter. */
    public static SlotFile of(SlotId slot, Collection<LiveRule> rules) {
        List<LiveRule> sorted =
                rules.stream().sorted(Comparator.comparing(LiveRule::key)).toList();
        StringBuilder groups = new StringBuilder();
        StringBuilder index = new StringBuilder();
        for (LiveRule rule : sorted) {
            groups.append(ITEM).append(rule.group()).append('\n');
            index.append(line(new LiveRule.IndexLine(
                            rule.key().namespace(),
                            rule.key().name(),
                            rule.uid(),
                            rule.generation(),
                            rule.cost(),
                            rule.moves())))
                    .append('\n');
        }
        String revision = "revision-" + digest(slot + "\n" + groups + index);
        return new SlotFile(HEAD + ITEM + marker(revision) + "\n" + groups, index.toString(), revision);
    }

    /**
     * Reads back what was written.
     *
     * @throws IllegalArgumentException if the two texts do not belong together
     */
    public static StoredSlot read(String rules, String index) {
        List<String> items = rules.lines()
                .filter(line -> line.startsWith(ITEM))
                .map(line -> line.substring(ITEM.length()))
                .toList();
        String revision = items.isEmpty() ? "" : revision(items.getFirst());
        List<String> groups = items.subList(Math.min(1, items.size()), items.size());
        List<String> lines = index.lines().toList();
        if (groups.size() != lines.size()) {
            throw new IllegalArgumentException(groups.size() + " groups, but the index has " + lines.size() + " lines");
        }
        List<LiveRule> result = new ArrayList<>(groups.size());
        for (int i = 0; i < groups.size(); i++) {
            LiveRule.IndexLine line = parse(lines.get(i));
            result.add(new LiveRule(
                    new ObjectKey(line.namespace(), line.name()),
                    line.uid(),
                    line.generation(),
                    groups.get(i),
                    line.cost(),
                    line.moves()));
        }
        return new StoredSlot(revision, result);
    }

    private static String marker(String revision) {
        return MARKER_BEGINS + revision + MARKER_ENDS;
    }

    /** The revision that a marker names; empty when it is none. */
    private static String revision(String marker) {
        return marker.startsWith(MARKER_BEGINS) && marker.endsWith(MARKER_ENDS)
                ? marker.substring(MARKER_BEGINS.length(), marker.length() - MARKER_ENDS.length())
                : "";
    }

    private static String line(LiveRule.IndexLine line) {
        try {
            return JSON.writeValueAsString(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of strings and numbers cannot fail to be written", e);
        }
    }

    private static LiveRule.IndexLine parse(String text) {
        try {
            LiveRule.IndexLine line = JSON.readValue(text, LiveRule.IndexLine.class);
            if (line != null && line.namespace() != null && line.name() != null && line.uid() != null) {
                return line;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the index has a line that is not ours: " + text, e);
        }
        throw new IllegalArgumentException("the index has a line that is not ours: " + text);
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
