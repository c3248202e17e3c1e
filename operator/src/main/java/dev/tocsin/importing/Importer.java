package dev.tocsin.importing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns texts into objects. Tells by itself what each document is, also within a List, and within a ConfigMap or Secret
 * that holds files.
 */
public final class Importer {
    private final Options options;
    private final Harvest harvest;
    private final List<Tree> readDocuments = new ArrayList<>();

    private Importer(Options options, TemplateFiles templates) {
        this.options = options;
        this.harvest = new Harvest(options, templates);
    }

    /**
     * Reads all sources.
     *
     * @param sources in the order in which their objects are to come
     * @throws UnreadableSourceException when a source that somebody named is not YAML
     */
    public static Imported run(List<Source> sources, TemplateFiles templates, Options options) {
        Importer importer = new Importer(options, templates);
        sources.forEach(importer::read);
        importer.harvest.makeGathered();
        importer.harvest.noteUnasked();
        importer.readDocuments.forEach(importer.harvest::unread);
        return importer.harvest.imported();
    }

    private void read(Source source) {
        List<Tree> documents;
        try {
            documents = source.documents();
        } catch (UnreadableSourceException e) {
            if (source.named()) {
                throw e;
            }
            harvest.left(source.name(), "file", e.reason() + (e.line() > 0 ? ", line " + e.line() : ""));
            return;
        }
        for (Tree tree : documents) {
            boolean known = read(Document.of(tree, options.namespace(), baseName(source.name())));
            if (!known && source.named()) {
                harvest.left(
                        tree,
                        what(tree),
                        "is none of the rules and configurations that can be imported; see tocsin import --help");
            }
        }
    }

    private static String what(Tree tree) {
        return tree.text("kind").map(kind -> "kind " + kind).orElse("document");
    }

    /** Whether it is, or holds, something that can be imported. */
    private boolean read(Document document) {
        Tree tree = document.tree();
        if (document.tree().text("kind").filter(kind -> kind.endsWith("List")).isPresent() && tree.has("items")) {
            boolean known = false;
            for (Tree item : tree.items("items")) {
                known |= read(Document.of(item, options.namespace(), document.name()));
            }
            return known;
        }
        if (document.isObject("v1", "ConfigMap") || document.isObject("v1", "Secret")) {
            return readFiles(document);
        }
        Optional<DocumentKind> kind = DocumentKind.of(document);
        kind.ifPresent(found -> {
            harvest.source(tree);
            found.reader().read(document, harvest);
            readDocuments.add(tree);
        });
        Optional<String> otherwise = kind.isPresent() ? Optional.empty() : OtherAlerting.advice(document);
        otherwise.ifPresent(advice -> harvest.left(tree, what(tree), advice));
        return kind.isPresent() || otherwise.isPresent();
    }

    private boolean readFiles(Document container) {
        boolean isSecret = container.isObject("v1", "Secret");
        boolean known = false;
        for (Map.Entry<String, Tree> file : container.tree().entries("data").entrySet()) {
            String text = file.getValue().text();
            known |= readFile(container, file.getValue(), isSecret ? decoded(text) : text, file.getKey());
        }
        for (Map.Entry<String, Tree> file :
                container.tree().entries("stringData").entrySet()) {
            known |= readFile(container, file.getValue(), file.getValue().text(), file.getKey());
        }
        return known;
    }

    private boolean readFile(Document container, Tree entry, String text, String name) {
        boolean known = false;
        try {
            for (Tree tree : Tree.documents(entry.source() + " " + entry.path(), text)) {
                Document document = Document.of(
                        tree, container.namespace().isEmpty() ? null : container.namespace(), baseName(name));
                known |= tree.isMapping() && read(document);
            }
        } catch (UnreadableSourceException e) {
            // A ConfigMap may hold anything: what is no YAML is nothing to import, unless its name says that it is.
            if (name.matches(".*\\.(yaml|yml|json|rules)")) {
                harvest.left(entry, "file " + name, e.reason());
                known = true;
            }
        }
        return known;
    }

    private static String decoded(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64.strip()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** The file's name without folders and ending. */
    private static String baseName(String source) {
        String file = source.substring(source.lastIndexOf('/') + 1);
        int dot = file.indexOf('.');
        return dot > 0 ? file.substring(0, dot) : file;
    }
}
