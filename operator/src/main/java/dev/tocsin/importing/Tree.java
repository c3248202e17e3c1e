package dev.tocsin.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.comments.CommentLine;
import org.snakeyaml.engine.v2.comments.CommentType;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A part of a YAML or JSON document that knows where it stands, and which of its fields have been looked at: what no
 * reader asked for is what the import does not carry over, so that nothing is lost in silence.
 *
 * <p>YAML is read by version 1.2, where a bare <code>=</code> is a text, as in <code>[severity, =, page]</code>.
 * Scalars are given as they are written (1.0 stays 1.0, yes stays yes), which is how Go's parsers read them into texts.
 */
public final class Tree {
    private static final String MERGE_KEY = "<<";
    private static final int MAX_CHARACTERS = 256 * 1024 * 1024;
    private static final int MAX_DEPTH = 100;
    private static final int MAX_ALIASES = 100_000;
    private static final long MAX_PARTS = 10_000_000;
    private static final String NESTED = "is nested more than " + MAX_DEPTH + " deep";
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,30}(\\.[0-9]{1,30})?");
    private static final Pattern TEMPLATE = Pattern.compile("(?m)^(?:[^\"'#{\\n]*[:-][ \\t])?[ \\t]*\\{\\{");
    private static final Pattern PLAIN_KEY = Pattern.compile("[-A-Za-z0-9_/]+");

    private final String source;
    private final int document;
    private final String path;
    private final Node node;
    private final List<String> comments;
    private @Nullable Map<String, Tree> children;
    private boolean read;
    private boolean done;
    private boolean isWanted;
    private boolean isMistaken;

    private Tree(String source, int document, String path, Node node, List<String> comments) {
        this.source = source;
        this.document = document;
        this.path = path;
        this.node = node;
        this.comments = comments;
    }

    /**
     * The documents of a text, those that are empty left out.
     *
     * @throws UnreadableSourceException when it is not YAML
     */
    public static List<Tree> documents(String source, String text) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(source)
                .setParseComments(true)
                .setAllowDuplicateKeys(false)
                .setCodePointLimit(MAX_CHARACTERS)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .build();
        List<Node> documents = new ArrayList<>();
        try {
            String yaml = text.startsWith("\uFEFF") ? text.substring(1) : text;
            for (Node node : new Compose(settings).composeAllFromString(yaml)) {
                if (!isNull(node)) {
                    new Inspection(source).of(node, 0);
                    documents.add(node);
                }
            }
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            throw notYaml(source, line, e.getProblem(), text);
        } catch (YamlEngineException e) {
            throw notYaml(source, 0, String.valueOf(e.getMessage()), text);
        } catch (StackOverflowError e) {
            throw new UnreadableSourceException(source, 0, NESTED);
        }
        return IntStream.range(0, documents.size())
                .mapToObj(i -> new Tree(source, i, "", documents.get(i), List.of()))
                .toList();
    }

    /** Says it too when the text is a template that is to give YAML. */
    private static UnreadableSourceException notYaml(String source, int line, String problem, String text) {
        Matcher template = TEMPLATE.matcher(text);
        String advice = template.find()
                ? "; in line " + text.substring(0, template.end()).lines().count()
                        + " stands a template, as in Helm's charts: give what helm template writes"
                : "";
        return new UnreadableSourceException(source, line, "is not YAML: " + problem + advice);
    }

    /** Computed when first asked for: an alias that stands for itself many times over costs nothing until then. */
    private Map<String, Tree> children() {
        Map<String, Tree> known = children;
        if (known == null) {
            known = new LinkedHashMap<>();
            children = known;
            expand(node, known);
        }
        return known;
    }

    private void expand(Node from, Map<String, Tree> into) {
        switch (from) {
            case MappingNode mapping -> {
                fields(mapping)
                        .filter(field -> !isMerge(field))
                        .forEach(field -> into.putIfAbsent(key(field), child(step(key(field)), field)));
                // Keys that are written here win over those that come by <<.
                fields(mapping).filter(Tree::isMerge).forEach(field -> merge(field.getValueNode(), into));
            }
            case SequenceNode sequence -> {
                List<Node> items = sequence.getValue();
                for (int i = 0; i < items.size(); i++) {
                    String key = "[" + i + "]";
                    into.put(key, new Tree(source, document, path + key, items.get(i), comments(items.get(i))));
                }
            }
            default -> {}
        }
    }

    private void merge(Node merged, Map<String, Tree> into) {
        switch (merged) {
            case MappingNode mapping -> expand(mapping, into);
            case SequenceNode sequence -> sequence.getValue().forEach(item -> merge(item, into));
            default -> {}
        }
    }

    private static Stream<NodeTuple> fields(MappingNode mapping) {
        return mapping.getValue().stream().filter(field -> field.getKeyNode() instanceof ScalarNode);
    }

    private static String key(NodeTuple field) {
        return ((ScalarNode) field.getKeyNode()).getValue();
    }

    private static boolean isMerge(NodeTuple field) {
        return ((ScalarNode) field.getKeyNode()).isPlain() && key(field).equals(MERGE_KEY);
    }

    private Tree child(String childPath, NodeTuple field) {
        return new Tree(
                source, document, childPath, field.getValueNode(), comments(field.getKeyNode(), field.getValueNode()));
    }

    private String step(String key) {
        String name = PLAIN_KEY.matcher(key).matches() ? key : "\"" + key + "\"";
        return path.isEmpty() ? name : path + "." + name;
    }

    private static List<String> comments(Node... nodes) {
        return Stream.of(nodes)
                .flatMap(node -> node.getBlockComments() == null ? Stream.empty() : node.getBlockComments().stream())
                .filter(line -> line.getCommentType() == CommentType.BLOCK)
                .map(CommentLine::getValue)
                .toList();
    }

    /**
     * Looks at a document before anybody reads it: what is nested without end, stands for too much by its aliases, or has a
     * field twice, of which only one could be carried over.
     */
    private static final class Inspection {
        private final String source;
        private final IdentityHashMap<Node, Size> sizes = new IdentityHashMap<>();

        /** @param parts those behind aliases counted as often as they stand there */
        private record Size(long parts, int height) {}

        Inspection(String source) {
            this.source = source;
        }

        Size of(Node node, int depth) {
            Size known = sizes.get(node);
            if (known != null) {
                return known;
            }
            long parts = 1;
            int height = 1;
            for (Node child : depth > MAX_DEPTH ? List.<Node>of() : children(node)) {
                Size size = of(child, depth + 1);
                parts += size.parts();
                height = Math.max(height, size.height() + 1);
            }
            if (depth + height > MAX_DEPTH) {
                throw unreadable(node, NESTED);
            }
            if (parts > MAX_PARTS) {
                throw unreadable(node, "stands for more than " + MAX_PARTS + " parts by its aliases");
            }
            Size size = new Size(parts, height);
            sizes.put(node, size);
            return size;
        }

        private List<Node> children(Node node) {
            return switch (node) {
                case SequenceNode sequence -> sequence.getValue();
                case MappingNode mapping -> {
                    refuseRepeated(mapping);
                    yield mapping.getValue().stream()
                            .map(NodeTuple::getValueNode)
                            .toList();
                }
                default -> List.of();
            };
        }

        private void refuseRepeated(MappingNode mapping) {
            Set<String> keys = new HashSet<>();
            fields(mapping).filter(field -> !isMerge(field)).forEach(field -> {
                if (!keys.add(key(field))) {
                    throw unreadable(field.getKeyNode(), "has the field " + key(field) + " twice");
                }
            });
        }

        private UnreadableSourceException unreadable(Node node, String reason) {
            int line = node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
            return new UnreadableSourceException(source, line, reason);
        }
    }

    // ---- where ----

    public String source() {
        return source;
    }

    /** Which document of the source it is in, from 0; those that are empty do not count. */
    int document() {
        return document;
    }

    /** For example groups[2].rules[0].limit; empty for the document itself. */
    public String path() {
        return path;
    }

    /** Line in the source, 1 and up; 0 when unknown. */
    public int line() {
        return node.getStartMark().map(Mark::getLine).map(line -> line + 1).orElse(0);
    }

    /** Comments that stand before it, or before its first field, without their <code>#</code>. */
    public List<String> comments() {
        if (!comments.isEmpty() || children().isEmpty() || !isMapping()) {
            return comments;
        }
        return children().values().iterator().next().comments;
    }

    // ---- what ----

    public boolean isMapping() {
        return node instanceof MappingNode;
    }

    public boolean isList() {
        return node instanceof SequenceNode;
    }

    public boolean isText() {
        return node instanceof ScalarNode && !isNull();
    }

    public boolean isNull() {
        return isNull(node);
    }

    private static boolean isNull(Node node) {
        return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
    }

    /** The scalar as it is written; empty for anything else. */
    public String text() {
        read = true;
        isWanted = true;
        return node instanceof ScalarNode scalar && !isNull() ? scalar.getValue() : "";
    }

    /** The same, which counts as looked at. */
    Tree lookedAt() {
        read = true;
        return this;
    }

    /** The scalar as it is written; empty for anything else. It does not count as looked at. */
    String glimpse() {
        return isText() ? ((ScalarNode) node).getValue() : "";
    }

    /** Whether it is a scalar that YAML takes for true; y, yes and on too, as Go's parsers do. */
    public boolean isTrue() {
        return switch (text()) {
            case "true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON" -> true;
            default -> false;
        };
    }

    /** Whether there is a field of that name that is not null. It does not count as looked at. */
    public boolean has(String key) {
        Tree child = children().get(key);
        return child != null && !child.isNull();
    }

    /** The field of that name, absent also when it is null. */
    public Optional<Tree> get(String key) {
        isMistaken |= isText();
        @Nullable Tree child = children().get(key);
        if (child != null) {
            child.read = true;
        }
        return Optional.ofNullable(child).filter(found -> !found.isNull());
    }

    /** The scalar of that name; absent also when it is empty. */
    public Optional<String> text(String key) {
        return get(key).map(Tree::text).filter(text -> !text.isEmpty());
    }

    /** The items of a list of that name, none when there is no such list. */
    public List<Tree> items(String key) {
        return get(key).map(Tree::items).orElse(List.of());
    }

    /** The items of a list. */
    public List<Tree> items() {
        read = true;
        isMistaken |= isText();
        List<Tree> items = isList() ? List.copyOf(children().values()) : List.of();
        items.forEach(item -> item.read = true);
        return items;
    }

    /** The fields of a mapping, or the items of a list. They do not count as looked at. */
    Collection<Tree> parts() {
        return children().values();
    }

    /** The first item of a list. It does not count as looked at. */
    Optional<Tree> first() {
        return isList() ? children().values().stream().findFirst() : Optional.empty();
    }

    /** The scalars of a list of that name; a single scalar is a list of one. */
    public List<String> texts(String key) {
        return get(key).map(found -> found.isText()
                        ? List.of(found.text())
                        : found.items().stream().map(Tree::text).toList())
                .orElse(List.of());
    }

    /** The fields of a mapping of that name, in order. */
    public Map<String, Tree> entries(String key) {
        return get(key).map(Tree::entries).orElse(Map.of());
    }

    /** The fields of a mapping, in order. */
    public Map<String, Tree> entries() {
        read = true;
        isMistaken |= isText();
        return isMapping() ? Collections.unmodifiableMap(children()) : Map.of();
    }

    /** All of it as JSON: what YAML takes for a number or a truth value is one. */
    public JsonNode json() {
        return switch (node) {
            case MappingNode mapping -> {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                children().forEach((key, child) -> object.set(key, child.json()));
                yield object;
            }
            case SequenceNode sequence -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                children().values().forEach(child -> array.add(child.json()));
                yield array;
            }
            case ScalarNode scalar -> json(scalar);
            default -> NullNode.instance;
        };
    }

    private static JsonNode json(ScalarNode scalar) {
        String value = scalar.getValue();
        if (scalar.getTag().equals(Tag.NULL)) {
            return NullNode.instance;
        }
        if (scalar.getTag().equals(Tag.BOOL)) {
            return BooleanNode.valueOf(value.equalsIgnoreCase("true"));
        }
        boolean isNumber = scalar.getTag().equals(Tag.INT) || scalar.getTag().equals(Tag.FLOAT);
        return isNumber && NUMBER.matches(value) ? DecimalNode.valueOf(new BigDecimal(value)) : TextNode.valueOf(value);
    }

    // ---- what was not looked at ----

    /** Takes it for carried over, with all that is in it. */
    public void done() {
        done = true;
    }

    /** Takes fields for carried over. */
    public void done(String... keys) {
        for (String key : keys) {
            get(key).ifPresent(Tree::done);
        }
    }

    /** The outermost parts that nobody has looked at, those that are null or empty left out. */
    public Stream<Tree> unread() {
        if (done || isNull() || (!isText() && children().isEmpty())) {
            return Stream.empty();
        }
        if (isMistaken && !isWanted) {
            return Stream.of(this);
        }
        return read || path.isEmpty() ? children().values().stream().flatMap(Tree::unread) : Stream.of(this);
    }

    /** Last step of the path: the field's name. */
    String field() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    @Override
    public String toString() {
        return source + (path.isEmpty() ? "" : ": " + path);
    }
}
