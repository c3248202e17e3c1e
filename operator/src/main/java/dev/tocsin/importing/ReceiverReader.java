package dev.tocsin.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.re2j.Pattern;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads one receiver of Alertmanager v0.31.1, or of the objects of the operators. The fields are those of the schema of
 * ContactPoint, under the same names as there but for how they are spelt; what is different is named here.
 */
final class ReceiverReader {
    static final KindSchema RECEIVER =
            KindSchema.ofSpec(Kind.ContactPoint).field("receivers").item();
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");

    /** Other names of fields: kind.field, or field for every kind. */
    private static final Map<String, List<String>> ALIASES = Map.ofEntries(
            // The names that Alertmanager's own JSON has, in which Grafana keeps receivers of its form.
            Map.entry("telegram.botToken", List.of("botToken", "token")),
            Map.entry("telegram.chatId", List.of("chatId", "chat")),
            Map.entry("jira.fields", List.of("fields", "customFields")),
            Map.entry("pagerduty.classType", List.of("class")),
            Map.entry("pagerduty.images", List.of("images", "pagerDutyImageConfigs", "image_configs")),
            Map.entry("pagerduty.links", List.of("links", "pagerDutyLinkConfigs", "link_configs")),
            Map.entry("discord.webhookUrl", List.of("webhookUrl", "apiURL")),
            Map.entry("email.tls", List.of("tlsConfig")),
            Map.entry("http.tls", List.of("tlsConfig")),
            Map.entry("oauth2.tls", List.of("tlsConfig")),
            Map.entry("http.headers", List.of("httpHeaders", "headers")));

    /** Fields that Alertmanager takes from its global section where a receiver does not set them. */
    private static final Map<String, String> GLOBALS = Map.ofEntries(
            Map.entry("email.from", "smtp_from"),
            Map.entry("email.smarthost", "smtp_smarthost"),
            Map.entry("email.hello", "smtp_hello"),
            Map.entry("email.authUsername", "smtp_auth_username"),
            Map.entry("email.authPassword", "smtp_auth_password"),
            Map.entry("email.authSecret", "smtp_auth_secret"),
            Map.entry("email.authIdentity", "smtp_auth_identity"),
            Map.entry("email.requireTls", "smtp_require_tls"),
            Map.entry("email.forceImplicitTls", "smtp_force_implicit_tls"),
            Map.entry("email.tls", "smtp_tls_config"),
            Map.entry("slack.apiUrl", "slack_api_url"),
            Map.entry("slack.appToken", "slack_app_token"),
            Map.entry("slack.appUrl", "slack_app_url"),
            Map.entry("pagerduty.url", "pagerduty_url"),
            Map.entry("opsgenie.apiUrl", "opsgenie_api_url"),
            Map.entry("opsgenie.apiKey", "opsgenie_api_key"),
            Map.entry("wechat.apiUrl", "wechat_api_url"),
            Map.entry("wechat.apiSecret", "wechat_api_secret"),
            Map.entry("wechat.corpId", "wechat_api_corp_id"),
            Map.entry("victorops.apiUrl", "victorops_api_url"),
            Map.entry("victorops.apiKey", "victorops_api_key"),
            Map.entry("telegram.apiUrl", "telegram_api_url"),
            Map.entry("telegram.botToken", "telegram_bot_token"),
            Map.entry("webex.apiUrl", "webex_api_url"),
            Map.entry("rocketchat.apiUrl", "rocketchat_api_url"),
            Map.entry("rocketchat.token", "rocketchat_token"),
            Map.entry("rocketchat.tokenId", "rocketchat_token_id"),
            Map.entry("mattermost.webhookUrl", "mattermost_webhook_url"),
            Map.entry("jira.apiUrl", "jira_api_url"));

    private final Harvest harvest;
    private final Optional<Fields> global;
    private final SecretStore secrets;
    private final boolean urlsAreSecret;

    /**
     * @param global the global section, where there is one
     * @param urlsAreSecret whether a URL that may hold a credential stands in the open and is to become a Secret
     */
    ReceiverReader(Harvest harvest, Optional<Fields> global, SecretStore secrets, boolean urlsAreSecret) {
        this.harvest = harvest;
        this.global = global;
        this.secrets = secrets;
        this.urlsAreSecret = urlsAreSecret;
    }

    /** What no receiver needed of the global section has no effect. */
    static void settleUnused(Fields global) {
        GLOBALS.values().forEach(key -> global.done(key, key + "_file"));
        if (global.tree().unread().anyMatch(part -> part.field().equals("http_config"))) {
            global.done("http_config");
        }
    }

    /** The kinds of receivers, as Alertmanager names their lists without _configs. */
    static List<String> kinds() {
        return RECEIVER.fields().stream().filter(field -> !field.equals("http")).toList();
    }

    /**
     * Reads one item of a list such as slack_configs.
     *
     * @param kind for example slack
     * @param index of it among its kind: part of the key under which its credentials are kept
     * @return absent, and reported, when it cannot be carried over
     */
    Optional<ObjectNode> read(String kind, int index, Tree tree) {
        Fields fields = Fields.of(tree);
        Place place = new Place(kind, kind + "-" + index + "-", tree);
        ObjectNode section = object(place, fields, RECEIVER.field(kind));
        ObjectNode receiver = Harvest.mapping();
        receiver.set(kind, section);
        if (!kind.equals("email")) {
            http(fields, place).ifPresent(http -> receiver.set("http", http));
        }
        return settled(kind, receiver, tree, harvest);
    }

    /** The receiver as a ContactPoint takes it; absent, and reported, when it does not. */
    static Optional<ObjectNode> settled(String kind, ObjectNode receiver, Tree tree, Harvest harvest) {
        Quirks.settle(kind, receiver, tree, harvest);
        List<String> problems = Stream.concat(
                        RECEIVER.violations(receiver).stream()
                                .map(violation -> violation.path().substring(1) + " " + violation.problem()),
                        Quirks.problems(receiver).stream())
                .toList();
        if (problems.isEmpty()) {
            return Optional.of(receiver);
        }
        harvest.left(tree, kind + " receiver", String.join("; ", problems));
        tree.done();
        return Optional.empty();
    }

    /**
     * Where a field is.
     *
     * @param owner what its fields belong to, as in {@link #ALIASES}
     * @param key the beginning of the keys of its secrets
     */
    private record Place(String owner, String key, Tree tree) {
        Place inside(String field) {
            return new Place(field, key + field + "-", tree);
        }
    }

    /** A field that was found, or the file that holds its value. */
    private record Found(Tree tree, boolean isFile) {}

    private Optional<ObjectNode> http(Fields fields, Place place) {
        Optional<Tree> own = fields.get("httpConfig");
        Optional<Tree> config = own.or(() -> global.flatMap(section -> section.get("httpConfig")));
        if (config.isEmpty() || !config.get().isMapping()) {
            return Optional.empty();
        }
        Fields http = Fields.of(config.get());
        ObjectNode result = object(place.inside("http"), http, RECEIVER.field("http"));
        bearer(http, place)
                .ifPresent(token -> result.withObjectProperty("authorization").set("credentials", token));
        return result.isEmpty() ? Optional.empty() : Optional.of(result);
    }

    /** The forms that a bearer token had before authorization. */
    private Optional<JsonNode> bearer(Fields http, Place place) {
        String key = place.key() + "http-authorization-credentials";
        return http.get("bearerToken")
                .or(() -> http.get("bearerTokenSecret"))
                .map(token -> token.isMapping() ? existing(token, "secretKeyRef") : secrets.keep(key, token))
                .or(() -> http.get("bearerTokenFile").map(file -> secrets.keepFile(key, file)))
                .map(reference -> reference);
    }

    private ObjectNode object(Place place, Fields fields, KindSchema schema) {
        ObjectNode result = Harvest.mapping();
        for (String field : schema.fields()) {
            find(place, fields, field, schema.field(field))
                    .ifPresent(found -> set(result, place, field, found, schema.field(field), schema.requires(field)));
        }
        return result;
    }

    private Optional<Found> find(Place place, Fields fields, String field, KindSchema schema) {
        String name = place.owner() + "." + field;
        List<String> names = ALIASES.getOrDefault(name, List.of(field));
        for (String candidate : names) {
            Optional<Found> found = fields.get(candidate)
                    .filter(tree -> !tree.isText() || !tree.text().isEmpty() || isParseMode(name))
                    .or(() -> isReference(schema) ? fields.get(candidate + "Secret") : Optional.empty())
                    .map(tree -> new Found(tree, false))
                    .or(() -> isReference(schema)
                            ? fields.get(candidate + "File").map(tree -> new Found(tree, true))
                            : Optional.empty());
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.ofNullable(GLOBALS.get(name)).flatMap(key -> fromGlobal(key, fields));
    }

    private Optional<Found> fromGlobal(String key, Fields fields) {
        // A token of an app would take precedence over what the receiver itself says.
        if (key.equals("slack_app_token") && saysHowToSend(fields)) {
            return Optional.empty();
        }
        return global.flatMap(section -> section.get(key)
                .filter(tree -> !tree.isText() || !tree.text().isEmpty())
                .map(tree -> new Found(tree, false))
                .or(() -> section.get(key + "_file").map(tree -> new Found(tree, true))));
    }

    private static boolean saysHowToSend(Fields slack) {
        return slack.get("apiUrl").isPresent()
                || slack.get("apiUrlFile").isPresent()
                || slack.get("httpConfig")
                        .filter(http -> http.has("authorization"))
                        .isPresent();
    }

    /** The one field in which an empty text is not the same as none. */
    private static boolean isParseMode(String name) {
        return name.equals("telegram.parseMode");
    }

    private static boolean isReference(KindSchema schema) {
        return schema.has("secretKeyRef");
    }

    private void set(ObjectNode into, Place place, String field, Found found, KindSchema schema, boolean required) {
        Optional<JsonNode> value = value(place, field, found, schema);
        if (value.isEmpty()) {
            return;
        }
        List<KindSchema.Violation> violations = schema.violations(value.get());
        if (violations.isEmpty() || required) {
            into.set(field, value.get());
            return;
        }
        KindSchema.Violation first = violations.getFirst();
        harvest.left(
                found.tree(),
                "field " + found.tree().field(),
                (first.path().isEmpty() ? "" : first.path().substring(1) + " ") + first.problem()
                        + "; the receiver is converted without");
    }

    private Optional<JsonNode> value(Place place, String field, Found found, KindSchema schema) {
        Tree tree = found.tree();
        if (isReference(schema)) {
            return Optional.of(reference(place, field, found, schema));
        }
        return switch (schema.type()) {
            case "boolean" -> Optional.of(BooleanNode.valueOf(tree.isTrue()));
            case "integer" ->
                Optional.of(
                        INTEGER.matches(tree.text())
                                ? LongNode.valueOf(Long.parseLong(tree.text()))
                                : TextNode.valueOf(tree.text()));
            case "array" -> list(place, field, tree, schema);
            case "object" -> schema.isMap() ? map(place, field, tree, schema) : part(place, field, tree, schema);
            default -> Optional.of(text(field, tree, schema));
        };
    }

    private static JsonNode text(String field, Tree tree, KindSchema schema) {
        String text = tree.text();
        if (field.equals("parseMode") && text.isEmpty()) {
            return TextNode.valueOf("None");
        }
        if (schema.violations(TextNode.valueOf(text)).isEmpty()) {
            return TextNode.valueOf(text);
        }
        Optional<String> choice =
                schema.choices().stream().filter(text::equalsIgnoreCase).findFirst();
        return TextNode.valueOf(choice.or(() -> Durations.prometheus(text)).orElse(text));
    }

    /** A part with fields of its own; a text in its place is its template. */
    private Optional<JsonNode> part(Place place, String field, Tree tree, KindSchema schema) {
        if (tree.isText() && schema.has("template")) {
            return Optional.of(Harvest.mapping().put("template", tree.text()));
        }
        Fields fields = Fields.of(tree);
        if (field.equals("threading")
                && fields.get("enabled").filter(Tree::isTrue).isEmpty()) {
            tree.done();
            return Optional.empty();
        }
        if (field.equals("assertion")) {
            return Optional.empty();
        }
        ObjectNode part = object(place.inside(field), fields, schema);
        return part.isEmpty() && !field.equals("threading") ? Optional.empty() : Optional.of(part);
    }

    private Optional<JsonNode> list(Place place, String field, Tree tree, KindSchema schema) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        if (tree.isText()) {
            // As one text with commas between; within braces they are a template's.
            String text = tree.text();
            Stream<String> parts = text.contains("{{") ? Stream.of(text) : Texts.atCommas(text).stream();
            parts.map(String::strip).filter(part -> !part.isEmpty()).forEach(list::add);
        }
        List<Tree> items = tree.items();
        for (int i = 0; i < items.size(); i++) {
            Tree item = items.get(i);
            if (item.isMapping()) {
                list.add(object(place.inside(field + "-" + i), Fields.of(item), schema.item()));
            } else {
                list.add(item.text());
            }
        }
        return list.isEmpty() ? Optional.empty() : Optional.of(list);
    }

    /** Texts by name: a mapping, or a list of key and value as prometheus-operator has it. */
    private Optional<JsonNode> map(Place place, String field, Tree tree, KindSchema schema) {
        ObjectNode map = Harvest.mapping();
        if (isReference(schema.item())) {
            tree.entries()
                    .forEach((name, header) -> header(place, name, header).ifPresent(value -> map.set(name, value)));
            return map.isEmpty() ? Optional.empty() : Optional.of(map);
        }
        for (Tree item : tree.items()) {
            Fields pair = Fields.of(item);
            pair.text("key").ifPresent(key -> map.put(key, pair.text("value").orElse("")));
        }
        tree.entries().forEach((name, value) -> {
            if (value.isText() || value.isNull()) {
                map.put(name, value.text());
            } else {
                nested(field, value).ifPresent(text -> map.put(name, text));
            }
        });
        return map.isEmpty() ? Optional.empty() : Optional.of(map);
    }

    /** A value that is no text: as JSON, which is read as YAML once it is executed as a template. */
    private Optional<String> nested(String field, Tree value) {
        String json = value.json().toString();
        value.done();
        if (json.contains("{{")) {
            harvest.left(
                    value,
                    field + " " + value.field(),
                    "is a structure with templates in it; write it as one template that gives JSON");
            return Optional.empty();
        }
        return Optional.of(json);
    }

    // ---- references ----

    private JsonNode reference(Place place, String field, Found found, KindSchema schema) {
        Tree tree = found.tree();
        String key = place.key() + field;
        if (found.isFile()) {
            return secrets.keepFile(key, tree);
        }
        if (tree.isMapping()) {
            Fields fields = Fields.of(tree);
            return fields.get("configMap")
                    .map(configMap -> existing(configMap, "configMapKeyRef"))
                    .or(() -> fields.get("secret").map(secret -> existing(secret, "secretKeyRef")))
                    .orElseGet(() -> existing(tree, "secretKeyRef"));
        }
        boolean mayBeOpen = schema.has("value");
        boolean isOpen = mayBeOpen && (!urlsAreSecret || field.equals("accessKey") || schema.has("configMapKeyRef"));
        return isOpen ? Harvest.mapping().put("value", tree.text()) : secrets.keep(key, tree);
    }

    private static ObjectNode existing(Tree selector, String field) {
        Fields fields = Fields.of(selector);
        fields.done("optional");
        return SecretStore.reference(
                field, fields.text("name").orElse(""), fields.text("key").orElse(""));
    }

    /** A header: values stand in the open, secrets and files do not. */
    private Optional<ObjectNode> header(Place place, String name, Tree header) {
        Fields fields = Fields.of(header);
        String key = place.key() + "headers-" + Names.slug(name);
        for (String form : List.of("values", "secrets", "files")) {
            List<Tree> items = fields.items(form);
            if (items.size() > 1) {
                harvest.left(header, "header " + name, "has several values; the first is taken");
            }
            if (!items.isEmpty()) {
                Tree first = items.getFirst();
                items.forEach(Tree::done);
                return Optional.of(
                        switch (form) {
                            case "values" -> Harvest.mapping().put("value", first.text());
                            case "secrets" ->
                                first.isMapping() ? existing(first, "secretKeyRef") : secrets.keep(key, first);
                            default -> secrets.keepFile(key, first);
                        });
            }
        }
        return Optional.empty();
    }
}
