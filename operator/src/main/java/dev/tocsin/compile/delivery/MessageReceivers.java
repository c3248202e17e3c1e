package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.EmailReceiver;
import dev.tocsin.api.v1alpha1.PushoverReceiver;
import dev.tocsin.api.v1alpha1.SnsReceiver;
import dev.tocsin.api.v1alpha1.WebhookReceiver;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Receivers that send a message to an address, a device or a program. */
final class MessageReceivers {
    private MessageReceivers() {}

    static void email(EmailReceiver email, ReceiverFields fields) {
        boolean toNobody = email.to() == null || email.to().isEmpty();
        fields.required("to", toNobody ? null : email.to(), "give at least one address");
        fields.required("from", email.from(), "give the sender's address");
        fields.required("smarthost", email.smarthost(), "give host:port of the SMTP server");
        if (email.to() != null) {
            for (int i = 0; i < email.to().size(); i++) {
                addressIsMalformed("to[" + i + "]", email.to().get(i), fields);
            }
            fields.template("to", String.join(", ", email.to()));
        }
        if (email.from() != null) {
            addressIsMalformed("from", email.from(), fields);
        }
        fields.template("from", email.from());
        if (email.smarthost() != null) {
            Texts.notHostAndPort(email.smarthost()).ifPresent(problem -> fields.invalid("smarthost", problem));
        }
        fields.plain("smarthost", email.smarthost());
        fields.plain("hello", email.hello());
        fields.plain("authUsername", email.authUsername());
        fields.secret("authPassword", email.authPassword());
        fields.secret("authSecret", email.authSecret());
        fields.plain("authIdentity", email.authIdentity());
        fields.flag("requireTls", email.requireTls());
        fields.flag("forceImplicitTls", email.forceImplicitTls());
        fields.object("tls_config", "tls", email.tls(), HttpFields::tls);
        headerNameIsMalformed(email.headers(), fields);
        headerIsNamedTwice(email.headers(), fields);
        fields.templates("headers", email.headers());
        fields.htmlTemplate("html", email.html());
        fields.template("text", email.text());
        fields.object("threading", email.threading(), MessageReceivers::threading);
        fields.flag("sendResolved", email.sendResolved());
    }

    private static void threading(EmailReceiver.Threading threading, ReceiverFields fields) {
        EmailReceiver.ThreadByDate by = threading.threadByDate();
        fields.flag("enabled", true);
        fields.choice("threadByDate", by == null ? EmailReceiver.ThreadByDate.none : by);
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

    static void pushover(PushoverReceiver pushover, ReceiverFields fields) {
        fields.required("userKey", pushover.userKey(), "give the key of the user by secretKeyRef");
        fields.required("token", pushover.token(), "give the token of the application by secretKeyRef");
        boolean html = Boolean.TRUE.equals(pushover.html());
        if (html && Boolean.TRUE.equals(pushover.monospace())) {
            fields.invalid("monospace", "html and monospace exclude each other; keep one");
        }
        fields.executedSecret("userKey", pushover.userKey());
        fields.executedSecret("token", pushover.token());
        fields.template("title", pushover.title());
        if (html) {
            fields.htmlTemplate("message", pushover.message());
        } else {
            fields.template("message", pushover.message());
        }
        fields.template("url", pushover.url());
        fields.template("urlTitle", pushover.urlTitle());
        fields.template("device", pushover.device());
        fields.template("sound", pushover.sound());
        fields.template("priority", pushover.priority());
        fields.duration("retry", pushover.retry());
        fields.duration("expire", pushover.expire());
        fields.duration("ttl", pushover.ttl());
        fields.flag("html", pushover.html());
        fields.flag("monospace", pushover.monospace());
        fields.flag("sendResolved", pushover.sendResolved());
    }

    static void sns(SnsReceiver sns, ReceiverFields fields) {
        fields.required("sigv4", sns.sigv4(), "give region, accessKey and secretKey");
        long targets = Stream.of(sns.topicArn(), sns.targetArn(), sns.phoneNumber())
                .filter(Objects::nonNull)
                .count();
        if (targets != 1) {
            fields.invalid("topicArn", "set exactly one of topicArn, targetArn and phoneNumber");
        }
        fields.template("apiUrl", sns.apiUrl());
        fields.object("sigv4", sns.sigv4(), MessageReceivers::sigv4);
        fields.template("topicArn", sns.topicArn());
        fields.template("targetArn", sns.targetArn());
        fields.template("phoneNumber", sns.phoneNumber());
        fields.template("subject", sns.subject());
        fields.template("message", sns.message());
        fields.templatesWithNames("attributes", sns.attributes());
        fields.flag("sendResolved", sns.sendResolved());
    }

    /** Without a key Alertmanager would take the identity of its own pod. */
    private static void sigv4(SnsReceiver.Sigv4 sigv4, ReceiverFields fields) {
        fields.required("region", sigv4.region(), "give the region of AWS");
        fields.required("accessKey", sigv4.accessKey(), "give the id of an access key");
        fields.required("secretKey", sigv4.secretKey(), "give the access key's secret by secretKeyRef");
        fields.plain("region", sigv4.region());
        fields.value("accessKey", sigv4.accessKey());
        fields.secret("secretKey", sigv4.secretKey());
        fields.plain("roleArn", sigv4.roleArn());
    }

    static void webhook(WebhookReceiver webhook, ReceiverFields fields) {
        fields.required("url", webhook.url(), "give value or secretKeyRef");
        fields.templatedUrl("url", webhook.url());
        fields.flag("sendResolved", webhook.sendResolved());
        fields.count("maxAlerts", webhook.maxAlerts());
        fields.duration("timeout", webhook.timeout());
    }
}
