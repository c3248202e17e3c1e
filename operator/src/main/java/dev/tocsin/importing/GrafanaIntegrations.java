package dev.tocsin.importing;

import java.util.List;
import java.util.Map;

/**
 * What becomes of the settings of each of Grafana's integrations (github.com/grafana/alerting, receivers/&lt;type&gt;/v1):
 * a table. What a type needs beyond that is in {@link GrafanaReceivers}.
 */
final class GrafanaIntegrations {
    private static final String NO_IMAGES = "Alertmanager takes no pictures of panels";

    /** How a setting is read. */
    enum Form {
        /** May be a template. */
        Text,
        /** As it is. */
        Plain,
        /** Becomes a reference to a Secret. */
        Secret,
        Boolean,
        Whole,
        /** A number of seconds. */
        Seconds
    }

    /**
     * A setting that is carried over.
     *
     * @param theirs path in the settings, such as tlsConfig.clientKey
     * @param ours path in the receiver, such as http.tls.key
     */
    record Setting(String theirs, String ours, Form form) {}

    /**
     * An integration that Alertmanager has too.
     *
     * @param kind of the receiver
     * @param lost why settings are not carried over, by their names; one that has no effect here has no reason
     */
    record Integration(String kind, List<Setting> settings, Map<String, String> lost) {}

    /** By Grafana's type, in lower case. */
    static final Map<String, Integration> ALL = Map.ofEntries(
            Map.entry(
                    "slack",
                    new Integration(
                            "slack",
                            List.of(
                                    text("recipient", "slack.channel"),
                                    secret("token", "slack.appToken"),
                                    plain("endpointUrl", "slack.appUrl"),
                                    secret("url", "slack.apiUrl"),
                                    text("username", "slack.username"),
                                    text("icon_emoji", "slack.iconEmoji"),
                                    text("icon_url", "slack.iconUrl"),
                                    text("title", "slack.title"),
                                    text("text", "slack.text"),
                                    text("color", "slack.color"),
                                    text("footer", "slack.footer")),
                            Map.of(
                                    "mentionChannel", "write the mention into the text: <!here> or <!channel>",
                                    "mentionUsers", "write the mention into the text: <@ID>",
                                    "mentionGroups", "write the mention into the text: <!subteam^ID>"))),
            Map.entry(
                    "email",
                    new Integration(
                            "email",
                            List.of(text("subject", "email.headers.Subject")),
                            Map.of("message", "is a part of Grafana's own mail; put it into html or text"))),
            Map.entry(
                    "pagerduty",
                    new Integration(
                            "pagerduty",
                            List.of(
                                    secret("integrationKey", "pagerduty.routingKey"),
                                    text("severity", "pagerduty.severity"),
                                    text("class", "pagerduty.classType"),
                                    text("component", "pagerduty.component"),
                                    text("group", "pagerduty.group"),
                                    text("summary", "pagerduty.description"),
                                    text("source", "pagerduty.source"),
                                    text("client", "pagerduty.client"),
                                    text("client_url", "pagerduty.clientUrl"),
                                    plain("url", "pagerduty.url"),
                                    text("details", "pagerduty.details")),
                            Map.of())),
            Map.entry(
                    "webhook",
                    new Integration(
                            "webhook",
                            List.of(
                                    secret("url", "webhook.url"),
                                    whole("maxAlerts", "webhook.maxAlerts"),
                                    plain("username", "http.basicAuth.username"),
                                    secret("password", "http.basicAuth.password"),
                                    plain("authorization_scheme", "http.authorization.type"),
                                    secret("authorization_credentials", "http.authorization.credentials"),
                                    secret("headers", "http.headers"),
                                    secret("tlsConfig.caCertificate", "http.tls.ca"),
                                    secret("tlsConfig.clientCertificate", "http.tls.cert"),
                                    secret("tlsConfig.clientKey", "http.tls.key"),
                                    bool("tlsConfig.insecureSkipVerify", "http.tls.insecureSkipVerify")),
                            Map.of(
                                    "title", "Alertmanager's webhooks have no title",
                                    "message", "Alertmanager's webhooks have no message",
                                    "payload", "Alertmanager's webhooks have a payload of one form",
                                    "hmacConfig", "Alertmanager does not sign webhooks",
                                    "http_config", "give http.oauth2 in the receiver"))),
            Map.entry(
                    "opsgenie",
                    new Integration(
                            "opsgenie",
                            List.of(
                                    secret("apiKey", "opsgenie.apiKey"),
                                    text("message", "opsgenie.message"),
                                    text("description", "opsgenie.description")),
                            Map.of(
                                    "overridePriority",
                                    "write the priority as a template, such as {{ .CommonLabels.og_priority }}",
                                    "sendTagsAs",
                                    "write tags and details as templates"))),
            Map.entry(
                    "telegram",
                    new Integration(
                            "telegram",
                            List.of(
                                    secret("bottoken", "telegram.botToken"),
                                    whole("chatid", "telegram.chatId"),
                                    whole("message_thread_id", "telegram.messageThreadId"),
                                    text("message", "telegram.message"),
                                    bool("disable_notifications", "telegram.disableNotifications")),
                            Map.of(
                                    "disable_web_page_preview", "Alertmanager does not have it",
                                    "protect_content", "Alertmanager does not have it"))),
            Map.entry(
                    "discord",
                    new Integration(
                            "discord",
                            List.of(
                                    secret("url", "discord.webhookUrl"),
                                    text("title", "discord.title"),
                                    text("message", "discord.message"),
                                    text("avatar_url", "discord.avatarUrl")),
                            Map.of("use_discord_username", "", "use_embed_description", ""))),
            Map.entry(
                    "teams",
                    new Integration(
                            "msteamsv2",
                            List.of(
                                    secret("url", "msteamsv2.webhookUrl"),
                                    text("title", "msteamsv2.title"),
                                    text("message", "msteamsv2.text")),
                            Map.of("sectiontitle", "Alertmanager's cards have no sections"))),
            Map.entry(
                    "pushover",
                    new Integration(
                            "pushover",
                            List.of(
                                    secret("userKey", "pushover.userKey"),
                                    secret("apiToken", "pushover.token"),
                                    plain("device", "pushover.device"),
                                    seconds("retry", "pushover.retry"),
                                    seconds("expire", "pushover.expire"),
                                    text("title", "pushover.title"),
                                    text("message", "pushover.message")),
                            Map.of("uploadImage", NO_IMAGES))),
            Map.entry(
                    "victorops",
                    new Integration(
                            "victorops",
                            List.of(
                                    text("messageType", "victorops.messageType"),
                                    text("title", "victorops.entityDisplayName"),
                                    text("description", "victorops.stateMessage")),
                            Map.of())),
            Map.entry(
                    "webex",
                    new Integration(
                            "webex",
                            List.of(
                                    text("message", "webex.message"),
                                    text("room_id", "webex.roomId"),
                                    plain("api_url", "webex.apiUrl"),
                                    secret("bot_token", "http.authorization.credentials")),
                            Map.of())),
            Map.entry(
                    "jira",
                    new Integration(
                            "jira",
                            List.of(
                                    plain("api_url", "jira.apiUrl"),
                                    text("project", "jira.project"),
                                    text("issue_type", "jira.issueType"),
                                    text("summary", "jira.summary.template"),
                                    text("description", "jira.description.template"),
                                    text("labels", "jira.labels"),
                                    text("priority", "jira.priority"),
                                    plain("reopen_transition", "jira.reopenTransition"),
                                    plain("resolve_transition", "jira.resolveTransition"),
                                    plain("wont_fix_resolution", "jira.wontFixResolution"),
                                    plain("reopen_duration", "jira.reopenDuration"),
                                    text("fields", "jira.fields"),
                                    plain("user", "http.basicAuth.username"),
                                    secret("password", "http.basicAuth.password"),
                                    secret("api_token", "http.authorization.credentials")),
                            Map.of("dedup_key_field", "Alertmanager finds its issues by a label"))),
            Map.entry(
                    "sns",
                    new Integration(
                            "sns",
                            List.of(
                                    plain("api_url", "sns.apiUrl"),
                                    plain("topic_arn", "sns.topicArn"),
                                    plain("target_arn", "sns.targetArn"),
                                    plain("phone_number", "sns.phoneNumber"),
                                    text("subject", "sns.subject"),
                                    text("message", "sns.message"),
                                    text("attributes", "sns.attributes"),
                                    plain("sigv4.region", "sns.sigv4.region"),
                                    secret("sigv4.access_key", "sns.sigv4.accessKey"),
                                    secret("sigv4.secret_key", "sns.sigv4.secretKey"),
                                    plain("sigv4.role_arn", "sns.sigv4.roleArn")),
                            Map.of("profile", "names a file of Grafana's machine; give accessKey and secretKey"))),
            Map.entry(
                    "wecom",
                    new Integration(
                            "wechat",
                            List.of(
                                    secret("secret", "wechat.apiSecret"),
                                    plain("corp_id", "wechat.corpId"),
                                    plain("agent_id", "wechat.agentId"),
                                    plain("touser", "wechat.toUser"),
                                    plain("msgtype", "wechat.messageType"),
                                    text("message", "wechat.message")),
                            Map.of(
                                    "title", "Alertmanager's messages to WeChat have no title",
                                    "url", "Alertmanager does not write to bots of WeCom groups",
                                    "endpointUrl", "Alertmanager does not write to bots of WeCom groups"))));

    /** Why there is nothing to carry an integration over to, by Grafana's type in lower case. */
    static final Map<String, String> NONE = Map.of(
            "prometheus-alertmanager",
            "alerts go to the Alertmanager that Tocsin installs; for another one there is its webhook",
            "oncall",
            "Alertmanager has no such receiver; Grafana OnCall takes webhooks of Alertmanager: create an integration of"
                    + " that type and a webhook receiver with its URL",
            "googlechat",
            "Alertmanager has no such receiver; a webhook needs something between that speaks to Google Chat",
            "line",
            "Alertmanager has no such receiver, and LINE Notify has ended");

    private GrafanaIntegrations() {}

    private static Setting text(String theirs, String ours) {
        return new Setting(theirs, ours, Form.Text);
    }

    private static Setting plain(String theirs, String ours) {
        return new Setting(theirs, ours, Form.Plain);
    }

    private static Setting secret(String theirs, String ours) {
        return new Setting(theirs, ours, Form.Secret);
    }

    private static Setting bool(String theirs, String ours) {
        return new Setting(theirs, ours, Form.Boolean);
    }

    private static Setting whole(String theirs, String ours) {
        return new Setting(theirs, ours, Form.Whole);
    }

    private static Setting seconds(String theirs, String ours) {
        return new Setting(theirs, ours, Form.Seconds);
    }
}
