package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.EmailReceiver;
import dev.tocsin.api.v1alpha1.PagerdutyReceiver;
import dev.tocsin.api.v1alpha1.Receiver;
import dev.tocsin.api.v1alpha1.SlackReceiver;
import dev.tocsin.api.v1alpha1.WebhookReceiver;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of receivers and how each is written: a row and a method per kind. Required parts and types are those of
 * Alertmanager v0.31.1, config/notifiers.go.
 */
final class ReceiverKinds {

    static final List<Kind<?>> ALL = List.of(
            new Kind<>("email", "email_configs", Receiver::email, ReceiverKinds::email),
            new Kind<>("pagerduty", "pagerduty_configs", Receiver::pagerduty, ReceiverKinds::pagerduty),
            new Kind<>("slack", "slack_configs", Receiver::slack, ReceiverKinds::slack),
            new Kind<>("webhook", "webhook_configs", Receiver::webhook, ReceiverKinds::webhook));

    private ReceiverKinds() {}

    /**
     * A kind of receiver.
     *
     * @param name the field of the spec, which is also Alertmanager's name of the integration in its metrics
     * @param section Alertmanager's list of receivers of this kind
     * @param of this kind's part of a receiver, null when it is of another kind
     * @param write writes the fields
     */
    record Kind<T>(
            String name, String section, Function<Receiver, @Nullable T> of, BiConsumer<T, ReceiverFields> write) {

        boolean isKindOf(Receiver receiver) {
            return of.apply(receiver) != null;
        }

        void write(Receiver receiver, ReceiverFields fields) {
            @Nullable T spec = of.apply(receiver);
            if (spec != null) {
                write.accept(spec, fields);
            }
        }
    }

    private static void webhook(WebhookReceiver webhook, ReceiverFields fields) {
        fields.required("url", webhook.url() != null, "give value or secretKeyRef");
        fields.templatedUrl("url", "url", webhook.url());
        fields.flag("send_resolved", webhook.sendResolved());
        fields.count("max_alerts", "maxAlerts", webhook.maxAlerts());
        fields.duration("timeout", "timeout", webhook.timeout());
        fields.http(webhook.http());
    }

    private static void email(EmailReceiver email, ReceiverFields fields) {
        fields.required("to", email.to() != null && !email.to().isEmpty(), "give at least one address");
        fields.required("from", email.from() != null, "give the sender's address");
        fields.required("smarthost", email.smarthost() != null, "give host:port of the SMTP server");
        if (email.to() != null) {
            for (int i = 0; i < email.to().size(); i++) {
                addressIsMalformed("to[" + i + "]", email.to().get(i), fields);
            }
            fields.template("to", "to", String.join(", ", email.to()));
        }
        if (email.from() != null) {
            addressIsMalformed("from", email.from(), fields);
        }
        fields.template("from", "from", email.from());
        if (email.smarthost() != null) {
            Texts.notHostAndPort(email.smarthost()).ifPresent(problem -> fields.invalid("smarthost", problem));
        }
        fields.plain("smarthost", "smarthost", email.smarthost());
        fields.plain("hello", "hello", email.hello());
        fields.plain("auth_username", "authUsername", email.authUsername());
        fields.secret("auth_password", "authPassword", email.authPassword());
        fields.plain("auth_identity", "authIdentity", email.authIdentity());
        fields.flag("require_tls", email.requireTls());
        fields.tls("tls_config", email.tls());
        headerNameIsMalformed(email.headers(), fields);
        headerIsNamedTwice(email.headers(), fields);
        fields.templates("headers", "headers", email.headers());
        fields.htmlTemplate("html", "html", email.html());
        fields.template("text", "text", email.text());
        fields.flag("send_resolved", email.sendResolved());
    }

    /** Alertmanager parses addresses when it sends, after executing templates: too late to tell anyone. */
    private static void addressIsMalformed(String field, @Nullable String address, ReceiverFields fields) {
        if (address == null || (!address.contains("{{") && address.indexOf('@') < 1)) {
            fields.invalid(field, "is not an e-mail address");
        }
    }

    /** Alertmanager writes header names into the message as they are: a line break in one would forge others. */
    private static void headerNameIsMalformed(@Nullable Map<String, String> headers, ReceiverFields fields) {
        for (String name : headers == null ? Set.<String>of() : headers.keySet()) {
            if (!Texts.isHeaderName(name)) {
                fields.invalid("headers", "\"" + name + "\" is not a header name; use letters, digits and dashes");
            }
        }
    }

    /** Header names are case-insensitive; Alertmanager refuses the file when one comes twice. */
    private static void headerIsNamedTwice(@Nullable Map<String, String> headers, ReceiverFields fields) {
        Set<String> seen = new HashSet<>();
        for (String name : headers == null ? Set.<String>of() : headers.keySet()) {
            if (!seen.add(name.toLowerCase(Locale.ROOT))) {
                fields.invalid("headers", "the header \"" + name + "\" comes twice; header names ignore case");
            }
        }
    }

    private static void slack(SlackReceiver slack, ReceiverFields fields) {
        fields.required("apiUrl", slack.apiUrl() != null, "give the incoming webhook's URL by secretKeyRef");
        fields.url("api_url", "apiUrl", slack.apiUrl());
        fields.template("channel", "channel", slack.channel());
        fields.template("username", "username", slack.username());
        fields.template("color", "color", slack.color());
        fields.template("title", "title", slack.title());
        fields.template("title_link", "titleLink", slack.titleLink());
        fields.template("pretext", "pretext", slack.pretext());
        fields.template("text", "text", slack.text());
        fields.template("footer", "footer", slack.footer());
        fields.template("fallback", "fallback", slack.fallback());
        fields.template("icon_emoji", "iconEmoji", slack.iconEmoji());
        fields.template("icon_url", "iconUrl", slack.iconUrl());
        fields.flag("link_names", slack.linkNames());
        fields.flag("short_fields", slack.shortFields());
        fields.flag("send_resolved", slack.sendResolved());
        fields.http(slack.http());
    }

    private static void pagerduty(PagerdutyReceiver pagerduty, ReceiverFields fields) {
        if ((pagerduty.routingKey() == null) == (pagerduty.serviceKey() == null)) {
            fields.invalid("routingKey", "set exactly one of routingKey and serviceKey");
        }
        fields.secret("routing_key", "routingKey", pagerduty.routingKey());
        fields.secret("service_key", "serviceKey", pagerduty.serviceKey());
        fields.url("url", "url", pagerduty.url());
        fields.template("client", "client", pagerduty.client());
        fields.template("client_url", "clientUrl", pagerduty.clientUrl());
        fields.template("description", "description", pagerduty.description());
        fields.template("severity", "severity", pagerduty.severity());
        fields.template("class", "classType", pagerduty.classType());
        fields.template("component", "component", pagerduty.component());
        fields.template("group", "group", pagerduty.group());
        fields.template("source", "source", pagerduty.source());
        fields.templates("details", "details", pagerduty.details());
        fields.flag("send_resolved", pagerduty.sendResolved());
        fields.http(pagerduty.http());
    }
}
