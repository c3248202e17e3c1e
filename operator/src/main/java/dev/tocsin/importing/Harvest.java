package dev.tocsin.importing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Gathers what readers make: objects under names that are valid and that no other object has, what could not be carried
 * over, the Secrets that somebody has to create.
 */
final class Harvest {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String NO_PROXY = "servers are called directly: an object must not choose a proxy";
    private static final String API_VERSION = "tocsin.dev/v1alpha1";

    /** Why fields that are known have no place, by their names in lower case without underscores. */
    private static final Map<String, String> WHY_NOT = Map.ofEntries(
            Map.entry("proxyurl", NO_PROXY),
            Map.entry("noproxy", NO_PROXY),
            Map.entry("proxyfromenvironment", NO_PROXY),
            Map.entry("proxyconnectheader", NO_PROXY),
            Map.entry("profile", "names a file of Alertmanager's pod; give accessKey and secretKey"),
            Map.entry("usernamefile", "a user name is written into the object: authUsername, basicAuth.username"),
            Map.entry("chatidfile", "the id of the chat is written into the object: chatId"),
            Map.entry("tracing", "is set for the Alertmanager that Tocsin installs"));

    private final Options options;
    private final TemplateFiles templates;
    private final List<Draft> drafts = new ArrayList<>();
    private final List<Report.Left> left = new ArrayList<>();
    private final Set<String> saidOnce = new HashSet<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private final Map<Report.NeededSecret, Optional<String>> secrets = new LinkedHashMap<>();
    private final Map<String, ImportedObject> companions = new LinkedHashMap<>();
    private final Set<String> taken = new HashSet<>();
    private final Set<String> sources = new LinkedHashSet<>();
    private final Map<String, GrafanaDelivery> grafana = new LinkedHashMap<>();
    private final Set<String> askedDatasources = new HashSet<>();
    private Optional<String> organisation = Optional.empty();

    /**
     * An object that still needs its name.
     *
     * @param namespace empty leaves it to kubectl
     * @param names from the shortest to the one that surely tells it apart: the first by which all that would like the
     *     same shortest one differ is taken
     */
    record Draft(Kind kind, String namespace, List<String> names, Tree origin, ObjectNode spec) {
        private String wanted() {
            return kind + "/" + namespace + "/" + names.getFirst();
        }
    }

    Harvest(Options options, TemplateFiles templates) {
        this.options = options;
        this.templates = templates;
    }

    Options options() {
        return options;
    }

    TemplateFiles templates() {
        return templates;
    }

    static ObjectNode mapping() {
        return JSON.objectNode();
    }

    // ---- what several documents say together ----

    /** Notes that a source is being read: the report keeps their order. */
    void source(Tree tree) {
        sources.add(tree.source());
    }

    /** Where the parts of a Grafana's delivery are gathered, which stand in several files. */
    GrafanaDelivery grafana(String namespace) {
        return grafana.computeIfAbsent(namespace, absent -> new GrafanaDelivery(absent, this));
    }

    /**
     * Whether a part of a Grafana is of the organisation that is imported, which is that of the first part. One of another
     * is reported: names are an organisation's own, and its alerts reach nobody of another.
     *
     * @param kind what the part is, for the report
     */
    boolean isOfOrganisation(String id, Tree part, String kind) {
        String imported = organisation.orElse(id);
        organisation = Optional.of(imported);
        if (imported.equals(id)) {
            return true;
        }
        String name = part.text("name").or(() -> part.text("title")).orElse("");
        part.done();
        left(
                part,
                (kind + " " + name).strip(),
                "is of organisation " + id + ", and this import of organisation " + imported
                        + ", which was read first: import each organisation by itself, from files of its own");
        return false;
    }

    /** Makes objects of what has been gathered. */
    void makeGathered() {
        grafana.values().forEach(GrafanaDelivery::make);
    }

    // ---- objects ----

    /**
     * Adds an object. It is left out, and reported, when the API server would refuse it.
     *
     * @param what what it was in its source, for the report
     */
    void add(Draft draft, String what) {
        List<KindSchema.Violation> violations = KindSchema.ofSpec(draft.kind()).violations(draft.spec());
        if (violations.isEmpty()) {
            drafts.add(draft);
        }
        violations.forEach(violation -> left(
                draft.origin(),
                what,
                "cannot be " + (draft.kind() == Kind.AlertRule ? "an " : "a ") + draft.kind() + ": spec"
                        + violation.path() + ": " + violation.problem()));
    }

    /**
     * A name that no other object of that kind and namespace has.
     *
     * @param wanted what it was called
     * @param identity what tells it from others that were called the same
     */
    String reserve(Kind kind, String namespace, String wanted, String identity) {
        String slug = Names.slug(wanted);
        String name = slug;
        for (int attempt = 0; !taken.add(kind + "/" + namespace + "/" + name); attempt++) {
            name = Names.withHash(slug, identity + (attempt == 0 ? "" : attempt));
        }
        return name;
    }

    /** Adds a Secret or ConfigMap, once. */
    void companion(String kind, String namespace, String name, String field, Map<String, String> texts) {
        String key = kind + "/" + namespace + "/" + name;
        ImportedObject object = companions.computeIfAbsent(
                key, absent -> new ImportedObject(kind, object("v1", kind, namespace, name), List.of()));
        ObjectNode data = object.body().withObjectProperty(field);
        texts.forEach(data::put);
    }

    /**
     * Notes that a Secret is needed.
     *
     * @param value when it is known; written only where that was asked for
     * @param from where it is now, in words
     */
    void secret(String namespace, String name, String key, Optional<String> value, String from) {
        secrets.putIfAbsent(
                new Report.NeededSecret(namespace, name, key, from), options.secretValues() ? value : Optional.empty());
    }

    // ---- the rest ----

    void left(Tree at, String what, String reason) {
        left.add(new Report.Left(at.source(), at.line(), at.document(), at.path(), what, reason));
    }

    void left(String source, String what, String reason) {
        left.add(new Report.Left(source, 0, 0, "", what, reason));
    }

    /** The same for a thing that is met in many places: said where it is met first. */
    void leftOnce(Tree at, String what, String reason) {
        if (saidOnce.add(what)) {
            left(at, what, reason);
        }
    }

    /** Something that is as it should be and yet worth knowing; said once. */
    void note(String sentence) {
        notes.add(sentence);
    }

    /** Notes that a rule asks a datasource of Grafana. */
    void asks(String uid) {
        askedDatasources.add(uid);
    }

    /** Says of which datasources a name was given in vain: it may be misspelt. */
    void noteUnasked() {
        new TreeMap<>(options.datasources()).forEach((uid, name) -> {
            if (!askedDatasources.contains(uid)) {
                note("--datasource " + uid + "=" + name + " has no effect: no rule asks a datasource of that uid");
            }
        });
    }

    /** Reports what no reader has looked at. */
    void unread(Tree tree) {
        tree.unread()
                .forEach(part -> left(
                        part,
                        "field " + part.field(),
                        WHY_NOT.getOrDefault(Fields.normal(part.field()), "is not known to the import")));
    }

    // ---- the outcome ----

    Imported imported() {
        Map<Draft, String> names = names();
        List<Report.NeededSecret> needed = neededSecrets();
        List<ImportedObject> objects = new ArrayList<>(companions.values());
        Map<String, Integer> converted = new LinkedHashMap<>();
        for (Kind kind : Kind.values()) {
            converted.put(kind.name(), 0);
        }
        for (Draft draft : drafts) {
            ObjectNode object =
                    object(API_VERSION, draft.kind().name(), draft.namespace(), String.valueOf(names.get(draft)));
            object.set("spec", draft.spec());
            objects.add(new ImportedObject(
                    draft.kind().name(), object, draft.origin().comments()));
            converted.merge(draft.kind().name(), 1, Integer::sum);
        }
        return new Imported(objects, new Report(converted, inOrder(), needed, List.copyOf(notes)));
    }

    /** Those to which an object refers, but for those that are written with their values. */
    private List<Report.NeededSecret> neededSecrets() {
        Set<String> referredTo = new HashSet<>();
        drafts.forEach(draft -> draft.spec().findValues("secretKeyRef").forEach(reference -> {
            String name = reference.path("name").asText();
            String key = reference.path("key").asText();
            referredTo.add(draft.namespace() + "/" + name + "/" + key);
        }));
        List<Report.NeededSecret> needed = new ArrayList<>();
        secrets.forEach((secret, value) -> {
            if (!referredTo.contains(secret.namespace() + "/" + secret.name() + "/" + secret.key())) {
                return;
            }
            if (value.isPresent()) {
                companion("Secret", secret.namespace(), secret.name(), "stringData", Map.of(secret.key(), value.get()));
            } else {
                needed.add(secret);
            }
        });
        return needed;
    }

    /** As somebody who mends the sources meets them. */
    private List<Report.Left> inOrder() {
        Set<String> all = new LinkedHashSet<>(sources);
        left.forEach(item -> all.add(item.source()));
        List<String> order = List.copyOf(all);
        return left.stream()
                .sorted(Comparator.comparingInt((Report.Left item) -> order.indexOf(item.source()))
                        .thenComparingInt(Report.Left::line))
                .toList();
    }

    private Map<Draft, String> names() {
        Map<String, List<Draft>> rivals = new TreeMap<>();
        drafts.forEach(draft -> rivals.computeIfAbsent(draft.wanted(), absent -> new ArrayList<>())
                .add(draft));
        Map<Draft, String> names = new HashMap<>();
        Set<String> given = new HashSet<>();
        // Those that are alone first: a longer name that a rival takes must not be theirs.
        rivals.values().stream()
                .filter(group -> group.size() == 1)
                .forEach(group -> give(group.getFirst(), 0, names, given));
        rivals.values().stream().filter(group -> group.size() > 1).forEach(group -> {
            int level = levelThatTellsApart(group, given);
            group.forEach(draft -> give(draft, level, names, given));
        });
        return names;
    }

    private static int levelThatTellsApart(List<Draft> group, Set<String> given) {
        int last = group.getFirst().names().size() - 1;
        for (int level = 1; level < last; level++) {
            Set<String> distinct = new HashSet<>();
            for (Draft draft : group) {
                distinct.add(key(draft, draft.names().get(level)));
            }
            if (distinct.size() == group.size() && distinct.stream().noneMatch(given::contains)) {
                return level;
            }
        }
        return last;
    }

    private static void give(Draft draft, int level, Map<Draft, String> names, Set<String> given) {
        String name = draft.names().get(level);
        for (int attempt = 1; !given.add(key(draft, name)); attempt++) {
            name = Names.withHash(draft.names().getFirst(), draft.names().getLast() + attempt);
        }
        names.put(draft, name);
    }

    private static String key(Draft draft, String name) {
        return draft.kind() + "/" + draft.namespace() + "/" + name;
    }

    private static ObjectNode object(String apiVersion, String kind, String namespace, String name) {
        ObjectNode object = JSON.objectNode();
        object.put("apiVersion", apiVersion);
        object.put("kind", kind);
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("name", name);
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        return object;
    }
}
