package dev.tocsin.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** One way to send a notification: exactly one kind is set, and how its server is called. */
@ValidationRule(
        value =
                "[has(self.discord), has(self.email), has(self.incidentio), has(self.jira), has(self.mattermost), has(self.msteams), has(self.msteamsv2), has(self.opsgenie), has(self.pagerduty), has(self.pushover), has(self.rocketchat), has(self.slack), has(self.sns), has(self.telegram), has(self.victorops), has(self.webex), has(self.webhook), has(self.wechat)].filter(set, set).size() == 1",
        message =
                "set exactly one of discord, email, incidentio, jira, mattermost, msteams, msteamsv2, opsgenie, pagerduty, pushover, rocketchat, slack, sns, telegram, victorops, webex, webhook and wechat; give each further receiver an item of its own")
@ValidationRule(
        value = "!has(self.http) || !has(self.email)",
        message = "http does not go with email; what it has of its kind is in email: authUsername, authPassword, tls")
@ValidationRule(
        value = "!has(self.webex) || has(self.http) && has(self.http.authorization)",
        message = "webex needs http.authorization with the bot's token")
@ValidationRule(
        value = "!has(self.incidentio) || has(self.incidentio.alertSourceToken) != (has(self.http) &&"
                + " has(self.http.authorization))",
        message = "incidentio needs exactly one of incidentio.alertSourceToken and http.authorization")
@ValidationRule(
        value = "!has(self.slack) || !has(self.slack.appToken) || !has(self.http) || !(has(self.http.authorization) ||"
                + " has(self.http.basicAuth) || has(self.http.oauth2))",
        message = "slack.appToken is the credential; remove authorization, basicAuth and oauth2 from http")
public record Receiver(
        @JsonPropertyDescription("Writes to a Discord channel.") @Nullable
        DiscordReceiver discord,

        @JsonPropertyDescription("Sends an e-mail through an SMTP server.") @Nullable
        EmailReceiver email,

        @JsonPropertyDescription("Sends an alert to incident.io.") @Nullable
        IncidentioReceiver incidentio,

        @JsonPropertyDescription("Opens an issue in Jira, changes and resolves it.") @Nullable
        JiraReceiver jira,

        @JsonPropertyDescription("Writes to a Mattermost channel.") @Nullable
        MattermostReceiver mattermost,

        @JsonPropertyDescription(
                "Writes to Microsoft Teams through a connector of Office 365; Microsoft has retired them, msteamsv2 takes their place.")
        @Nullable
        MsteamsReceiver msteams,

        @JsonPropertyDescription("Writes to Microsoft Teams through a workflow of Power Automate.") @Nullable
        Msteamsv2Receiver msteamsv2,

        @JsonPropertyDescription("Opens an alert in Opsgenie, and closes it.") @Nullable
        OpsgenieReceiver opsgenie,

        @JsonPropertyDescription("Opens an incident in PagerDuty, and resolves it.") @Nullable
        PagerdutyReceiver pagerduty,

        @JsonPropertyDescription("Sends a push message through Pushover.") @Nullable
        PushoverReceiver pushover,

        @JsonPropertyDescription("Writes to a Rocket.Chat channel.") @Nullable
        RocketchatReceiver rocketchat,

        @JsonPropertyDescription("Writes to a Slack channel.") @Nullable
        SlackReceiver slack,

        @JsonPropertyDescription("Publishes a message through Amazon SNS.") @Nullable
        SnsReceiver sns,

        @JsonPropertyDescription("Writes to a Telegram chat through a bot.") @Nullable
        TelegramReceiver telegram,

        @JsonPropertyDescription("Opens an incident in Splunk On-Call (formerly VictorOps), and resolves it.") @Nullable
        VictoropsReceiver victorops,

        @JsonPropertyDescription("Writes to a Webex room; needs http.authorization.") @Nullable
        WebexReceiver webex,

        @JsonPropertyDescription("Posts the notification as JSON to a URL.") @Nullable
        WebhookReceiver webhook,

        @JsonPropertyDescription("Writes to members of WeChat Work.") @Nullable
        WechatReceiver wechat,

        @JsonPropertyDescription("How the server is called: credentials, TLS, headers. With every kind but email.")
        @Nullable
        HttpConfig http) {}
