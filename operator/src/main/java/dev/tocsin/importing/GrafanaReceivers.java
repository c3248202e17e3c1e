package dev.tocsin.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.tocsin.compile.delivery.HttpFields;
import dev.tocsin.importing.GrafanaIntegrations.Integration;
import dev.tocsin.importing.GrafanaIntegrations.Setting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the receivers of one of Grafana's contact points. */
final class GrafanaReceivers {
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern BETWEEN_ADDRESSES = Pattern.compile("[,;\\n]");
    private static final Pattern VICTOROPS = Pattern.compile("(https?://.+/alert/)([^/?]+)/([^/?]+)/?");
    private static final Pattern HEADER = Pattern.compile("[-a-zA-Z0-9]{1,128}");

    private static final String SLACK_API = "https://slack.com/api/chat.postMessage";
    private static final String ALERTS_PATH = "/v2/alerts";

    /** Types in the form of Mimir, whose settings are those of Alertmanager. */
    private static final String MIMIR = "v0mimir";

    private final Harvest harvest;
    private final SecretStore secrets;
    private final GrafanaTemplates templates;
    private final Map<String, Integer> counts = new HashMap<>();

    GrafanaReceivers(Harvest harvest, SecretStore secrets, GrafanaTemplates templates) {
        this.harvest = harvest;
        this.secrets = secrets;
        this.templates = templates;
    }

    /** What one integration becomes; nothing, and reported, when it cannot be carried over. */
    List<ObjectNode> read(Tree tree, GrafanaTexts texts) {
        tree.done("uid", "name", "orgId", "provenance", "disableResolveMessage", "version");
        String type = texts.text(tree, "type").orElse("").strip();
        String key = type.toLowerCase(Locale.ROOT);
        Optional<Tree> settings = tree.get("settings");
        String version = tree.text("version").orElse("");
        if (version.startsWith(MIMIR) && settings.isPresent()) {
            return ofMimir(key, version, settings.get());
        }
        Integration integration = GrafanaIntegrations.ALL.get(key);
        if (integration == null || settings.isEmpty()) {
            tree.done();
            harvest.left(
                    tree,
                    type + " receiver",
                    settings.isEmpty()
                            ? "has no settings"
                            : GrafanaIntegrations.NONE.getOrDefault(key, "Alertmanager has no such receiver"));
            return List.of();
        }
        boolean resolves =
                tree.get("disableResolveMessage").filter(Tree::isTrue).isEmpty();
        Optional<Tree> masked = tree.get("secureFields");
        masked.ifPresent(Tree::done);
        return new OneReceiver(integration, settings.get(), masked, texts, index(integration.kind()))
                .read(key, resolves);
    }

    private int index(String kind) {
        return counts.merge(kind, 1, Integer::sum) - 1;
    }

    private List<ObjectNode> ofMimir(String type, String version, Tree settings) {
        String teams = version.endsWith("2") ? "msteamsv2" : "msteams";
        String kind = type.equals("teams") ? teams : type;
        if (!ReceiverReader.kinds().contains(kind)) {
            settings.done();
            harvest.left(settings, type + " receiver", "Alertmanager has no such receiver");
            return List.of();
        }
        return new ReceiverReader(harvest, Optional.empty(), secrets, true)
                .read(kind, index(kind), settings).stream().toList();
    }

    /** One receiver under way. */
    private final class OneReceiver {
        private final Integration integration;
        private final Tree settings;
        private final Optional<Tree> masked;
        private final GrafanaTexts texts;
        private final String key;
        private final ObjectNode receiver = Harvest.mapping();

        /** @param masked says which settings there are that the source does not show */
        OneReceiver(Integration integration, Tree settings, Optional<Tree> masked, GrafanaTexts texts, int index) {
            this.integration = integration;
            this.settings = settings;
            this.masked = masked;
            this.texts = texts;
            this.key = integration.kind() + "-" + index + "-";
        }

        List<ObjectNode> read(String type, boolean resolves) {
            receiver.putObject(integration.kind());
            for (Setting setting : integration.settings()) {
                find(setting.theirs()).or(() -> masked(setting.theirs())).ifPresent(found -> set(setting, found));
            }
            new TreeMap<>(integration.lost())
                    .forEach((name, reason) -> find(name).ifPresent(found -> lost(name, found, reason)));
            section().put("sendResolved", resolves);
            List<ObjectNode> receivers = finished(type);
            List<ObjectNode> kept = new ArrayList<>();
            for (ObjectNode each : receivers) {
                ReceiverReader.settled(integration.kind(), each, settings, harvest)
                        .ifPresent(kept::add);
            }
            return kept;
        }

        private ObjectNode section() {
            return receiver.withObjectProperty(integration.kind());
        }

        private Optional<Tree> find(String path) {
            Optional<Tree> found = Optional.of(settings);
            for (String step : path.split("\\.", -1)) {
                found = found.flatMap(tree -> inAnyCase(tree, step));
            }
            return found.filter(tree -> !tree.isText() || !tree.text().isEmpty());
        }

        /** Grafana reads settings as Go reads JSON: the name of a field may be written in any case. */
        private static Optional<Tree> inAnyCase(Tree tree, String name) {
            return tree.get(name)
                    .or(() -> tree.entries().keySet().stream()
                            .filter(name::equalsIgnoreCase)
                            .findFirst()
                            .flatMap(tree::get));
        }

        private Optional<Tree> masked(String path) {
            return masked.flatMap(fields -> fields.get(path)).filter(Tree::isTrue);
        }

        private void lost(String name, Tree found, String reason) {
            found.done();
            boolean hasEffect = !reason.isEmpty() && !found.text().equals("false");
            if (hasEffect) {
                harvest.left(found, "setting " + name, reason);
            }
        }

        // ---- settings ----

        private void set(Setting setting, Tree found) {
            int last = setting.ours().lastIndexOf('.');
            String field = setting.ours().substring(last + 1);
            String secretKey = key
                    + setting.ours()
                            .substring(
                                    setting.ours().startsWith("http.")
                                            ? 0
                                            : setting.ours().indexOf('.') + 1)
                            .replace('.', '-');
            Optional<JsonNode> value = switch (setting.form()) {
                case Text -> texts(found);
                case Plain -> Optional.of(TextNode.valueOf(texts.text(found)));
                case Secret -> Optional.of(secrets(secretKey, found));
                case Boolean -> Optional.of(BooleanNode.valueOf(found.isTrue()));
                case Whole -> Optional.of(whole(found));
                case Seconds -> Optional.of(TextNode.valueOf(found.text() + "s"));
            };
            value.filter(node -> fits(setting, found, node))
                    .ifPresent(node -> parent(setting.ours().substring(0, last)).set(field, node));
        }

        /** Whether the receiver is one with the value; it is converted without one that it does not need. */
        private boolean fits(Setting setting, Tree found, JsonNode value) {
            KindSchema owner = ReceiverReader.RECEIVER;
            KindSchema field = owner;
            String name = "";
            for (String step : setting.ours().split("\\.", -1)) {
                owner = field;
                field = owner.has(step) ? owner.field(step) : owner.item();
                name = step;
            }
            List<KindSchema.Violation> violations = field.violations(value);
            if (violations.isEmpty() || owner.requires(name)) {
                return true;
            }
            harvest.left(
                    found,
                    "setting " + found.field(),
                    violations.getFirst().problem() + "; the receiver is converted without it");
            return false;
        }

        private ObjectNode parent(String path) {
            ObjectNode parent = receiver;
            for (String step : path.split("\\.", -1)) {
                parent = parent.withObjectProperty(step);
            }
            return parent;
        }

        /** A text, a list of texts or texts by name, those left out that Alertmanager could not fill in. */
        private Optional<JsonNode> texts(Tree tree) {
            if (tree.isMapping()) {
                ObjectNode byName = Harvest.mapping();
                tree.entries().forEach((name, value) -> texts(value).ifPresent(text -> byName.set(name, text)));
                return byName.isEmpty() ? Optional.empty() : Optional.of(byName);
            }
            if (tree.isList()) {
                ArrayNode list = JsonNodeFactory.instance.arrayNode();
                tree.items().forEach(item -> texts(item).ifPresent(list::add));
                return list.isEmpty() ? Optional.empty() : Optional.of(list);
            }
            String text = texts.text(tree);
            Optional<String> problem = templates.problem(text);
            problem.ifPresent(why ->
                    harvest.left(tree, "setting " + tree.field(), why + "; the receiver is converted without it"));
            return problem.isPresent() ? Optional.empty() : Optional.of(TextNode.valueOf(text));
        }

        private JsonNode secrets(String secretKey, Tree tree) {
            if (tree.isMapping()) {
                ObjectNode byName = Harvest.mapping();
                tree.entries().forEach((name, value) -> {
                    if (HEADER.matches(name) && !HttpFields.isReserved(name)) {
                        byName.set(name, secrets(secretKey + "-" + Names.slug(name), value));
                    } else {
                        value.done();
                        harvest.left(value, "header " + name, "is set by Alertmanager itself, or no header's name");
                    }
                });
                return byName;
            }
            return texts.elsewhere(tree)
                    .map(from -> secrets.keepElsewhere(secretKey, from))
                    .orElseGet(() -> secrets.keep(
                            secretKey,
                            tree,
                            masked.isPresent() && tree.isTrue() ? SecretStore.MASK : texts.text(tree)));
        }

        private static JsonNode whole(Tree tree) {
            return INTEGER.matches(tree.text())
                    ? LongNode.valueOf(Long.parseLong(tree.text()))
                    : TextNode.valueOf(tree.text());
        }

        // ---- what the table cannot say ----

        private List<ObjectNode> finished(String type) {
            switch (type) {
                case "slack" -> slack();
                case "email" -> {
                    return mails();
                }
                case "pagerduty" -> otherwise("severity", "critical");
                case "opsgenie" -> opsgenie();
                case "telegram" -> telegram();
                case "pushover" -> pushover();
                case "victorops" -> victorops();
                case "webhook" -> webhook();
                default -> {}
            }
            return List.of(receiver);
        }

        /** What Grafana takes where nothing is said, and Alertmanager takes something else. */
        private void otherwise(String field, String value) {
            if (!section().has(field)) {
                section().put(field, value);
            }
        }

        /** A webhook's URL wins; the address of Slack's API is none. */
        private void slack() {
            Optional<Tree> url = find("url");
            if (url.filter(found -> found.text().equals(SLACK_API)).isPresent()) {
                section().remove("apiUrl");
            }
            if (section().has("apiUrl")) {
                section().remove(List.of("appUrl", "appToken"));
                find("token")
                        .ifPresent(token ->
                                harvest.left(token, "setting token", "stands beside url, which Grafana takes"));
            }
        }

        /** Grafana writes to each address, unless it is told to write one mail to all. */
        private List<ObjectNode> mails() {
            List<String> addresses = new ArrayList<>();
            Optional<Tree> given = find("addresses");
            given.ifPresent(tree -> {
                for (String address : BETWEEN_ADDRESSES.split(texts.text(tree))) {
                    if (!address.isBlank()) {
                        addresses.add(address.strip());
                    }
                }
            });
            Options.Mail mail = harvest.options().mail();
            if (mail == null) {
                settings.done();
                harvest.left(
                        settings,
                        "email receiver",
                        "Grafana sends mails by [smtp] of its grafana.ini: --smtp HOST:PORT and --mail-from ADDRESS say the"
                                + " same here");
                return List.of();
            }
            section().put("from", mail.from()).put("smarthost", mail.smarthost());
            boolean together = find("singleEmail").filter(Tree::isTrue).isPresent() || addresses.isEmpty();
            List<List<String>> groups = together
                    ? List.of(addresses)
                    : addresses.stream().map(List::of).toList();
            List<ObjectNode> mails = new ArrayList<>();
            for (List<String> group : groups) {
                ObjectNode each = receiver.deepCopy();
                ArrayNode to = each.withObjectProperty("email").putArray("to");
                group.forEach(to::add);
                mails.add(each);
            }
            return mails;
        }

        private void opsgenie() {
            find("apiUrl").ifPresent(url -> {
                String text = texts.text(url);
                String base =
                        text.endsWith(ALERTS_PATH) ? text.substring(0, text.length() - ALERTS_PATH.length()) : text;
                section().put("apiUrl", base.endsWith("/") ? base : base + "/");
            });
            find("autoClose")
                    .filter(close -> close.text().equals("false"))
                    .ifPresent(close -> section().put("sendResolved", false));
            find("responders").ifPresent(list -> {
                ArrayNode responders = section().putArray("responders");
                for (Tree item : list.items()) {
                    ObjectNode responder = responders.addObject();
                    for (String field : List.of("id", "name", "username", "type")) {
                        texts.text(item, field).ifPresent(text -> responder.put(field, text));
                    }
                }
            });
        }

        private void telegram() {
            String mode = find("parse_mode").map(texts::text).orElse("HTML");
            section()
                    .put(
                            "parseMode",
                            List.of("HTML", "Markdown", "MarkdownV2", "None").stream()
                                    .filter(mode::equalsIgnoreCase)
                                    .findFirst()
                                    .orElse(mode));
        }

        private void pushover() {
            firingOrResolved("priority", "priority", "okPriority", "0");
            firingOrResolved("sound", "sound", "okSound", "");
        }

        private void firingOrResolved(String ours, String firing, String resolved, String otherwise) {
            String first = find(firing).map(Tree::text).orElse(otherwise);
            String second = find(resolved).map(Tree::text).orElse(otherwise);
            if (first.equals(second)) {
                if (!first.isEmpty()) {
                    section().put(ours, first);
                }
                return;
            }
            section().put(ours, "{{ if eq .Status \"firing\" }}" + first + "{{ else }}" + second + "{{ end }}");
        }

        /** Grafana has the whole URL in one, with key and route at its end. */
        private void victorops() {
            find("url").ifPresent(url -> {
                Matcher parts = VICTOROPS.matcher(url.text());
                if (parts.matches()) {
                    section().put("apiUrl", parts.group(1)).put("routingKey", parts.group(3));
                    section().set("apiKey", secrets.keep(key + "api-key", url, parts.group(2)));
                } else {
                    harvest.left(
                            url, "setting url", "does not end with /alert/KEY/ROUTE, by which key and route are told");
                }
            });
        }

        private void webhook() {
            JsonNode authorization = receiver.path("http").path("authorization");
            boolean isBasic = authorization.path("type").asText().equalsIgnoreCase("basic");
            if (isBasic) {
                find("authorization_scheme")
                        .ifPresent(scheme -> harvest.left(
                                scheme,
                                "setting authorization_scheme",
                                "Basic has a user name and a password: http.basicAuth"));
            }
            // Without credentials the scheme alone has no effect.
            if (isBasic || (!authorization.isMissingNode() && !authorization.has("credentials"))) {
                receiver.withObjectProperty("http").remove("authorization");
            }
            if (receiver.path("http").isEmpty()) {
                receiver.remove("http");
            }
            find("httpMethod")
                    .filter(method -> !method.text().equalsIgnoreCase("POST"))
                    .ifPresent(method ->
                            harvest.left(method, "setting httpMethod", "Alertmanager calls webhooks by POST"));
            harvest.note("Alertmanager's webhooks have a payload that is not Grafana's: no title, message, values and"
                    + " links to Grafana, and other fields beside");
        }
    }
}
