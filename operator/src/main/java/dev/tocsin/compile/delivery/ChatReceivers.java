package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.DiscordReceiver;
import dev.tocsin.api.v1alpha1.MattermostReceiver;
import dev.tocsin.api.v1alpha1.MsteamsReceiver;
import dev.tocsin.api.v1alpha1.Msteamsv2Receiver;
import dev.tocsin.api.v1alpha1.RocketchatReceiver;
import dev.tocsin.api.v1alpha1.SlackReceiver;
import dev.tocsin.api.v1alpha1.TelegramReceiver;
import dev.tocsin.api.v1alpha1.WebexReceiver;
import dev.tocsin.api.v1alpha1.WechatReceiver;

/** Receivers that write into a conversation. */
final class ChatReceivers {
    private ChatReceivers() {}

    static void discord(DiscordReceiver discord, ReceiverFields fields) {
        fields.required("webhookUrl", discord.webhookUrl(), "give the webhook's URL by secretKeyRef");
        fields.url("webhookUrl", discord.webhookUrl());
        fields.template("content", discord.content());
        fields.template("title", discord.title());
        fields.template("message", discord.message());
        fields.plain("username", discord.username());
        fields.url("avatarUrl", discord.avatarUrl());
        fields.flag("sendResolved", discord.sendResolved());
    }

    static void mattermost(MattermostReceiver mattermost, ReceiverFields fields) {
        fields.required("webhookUrl", mattermost.webhookUrl(), "give the webhook's URL by secretKeyRef");
        fields.url("webhookUrl", mattermost.webhookUrl());
        fields.template("channel", mattermost.channel());
        fields.template("username", mattermost.username());
        fields.template("text", mattermost.text());
        fields.template("iconUrl", mattermost.iconUrl());
        fields.template("iconEmoji", mattermost.iconEmoji());
        fields.objects("attachments", mattermost.attachments(), ChatReceivers::mattermostAttachment);
        fields.template("type", mattermost.type());
        fields.object("props", mattermost.props(), (props, inner) -> inner.template("card", props.card()));
        fields.object("priority", mattermost.priority(), ChatReceivers::mattermostPriority);
        fields.flag("sendResolved", mattermost.sendResolved());
    }

    private static void mattermostAttachment(MattermostReceiver.Attachment attachment, ReceiverFields fields) {
        fields.template("fallback", attachment.fallback());
        fields.template("color", attachment.color());
        fields.template("pretext", attachment.pretext());
        fields.template("text", attachment.text());
        fields.template("authorName", attachment.authorName());
        fields.template("authorLink", attachment.authorLink());
        fields.template("authorIcon", attachment.authorIcon());
        fields.template("title", attachment.title());
        fields.template("titleLink", attachment.titleLink());
        fields.objects("fields", attachment.fields(), (field, inner) -> {
            inner.template("title", field.title());
            inner.template("value", field.value());
            inner.flag("short", field.isShort());
        });
        fields.template("thumbUrl", attachment.thumbUrl());
        fields.template("footer", attachment.footer());
        fields.template("footerIcon", attachment.footerIcon());
        fields.template("imageUrl", attachment.imageUrl());
    }

    private static void mattermostPriority(MattermostReceiver.Priority priority, ReceiverFields fields) {
        fields.template("priority", priority.priority());
        fields.flag("requestedAck", priority.requestedAck());
        fields.flag("persistentNotifications", priority.persistentNotifications());
    }

    static void msteams(MsteamsReceiver msteams, ReceiverFields fields) {
        fields.required("webhookUrl", msteams.webhookUrl(), "give the webhook's URL by secretKeyRef");
        fields.url("webhookUrl", msteams.webhookUrl());
        fields.template("title", msteams.title());
        fields.template("summary", msteams.summary());
        fields.template("text", msteams.text());
        fields.flag("sendResolved", msteams.sendResolved());
    }

    static void msteamsv2(Msteamsv2Receiver msteamsv2, ReceiverFields fields) {
        fields.required("webhookUrl", msteamsv2.webhookUrl(), "give the webhook's URL by secretKeyRef");
        fields.url("webhookUrl", msteamsv2.webhookUrl());
        fields.template("title", msteamsv2.title());
        fields.template("text", msteamsv2.text());
        fields.flag("sendResolved", msteamsv2.sendResolved());
    }

    static void rocketchat(RocketchatReceiver rocketchat, ReceiverFields fields) {
        fields.required("tokenId", rocketchat.tokenId(), "give the user id by secretKeyRef");
        fields.required("token", rocketchat.token(), "give the personal access token by secretKeyRef");
        fields.url("apiUrl", rocketchat.apiUrl());
        fields.secret("tokenId", rocketchat.tokenId());
        fields.secret("token", rocketchat.token());
        fields.template("channel", rocketchat.channel());
        fields.template("color", rocketchat.color());
        fields.template("title", rocketchat.title());
        fields.template("titleLink", rocketchat.titleLink());
        fields.template("text", rocketchat.text());
        fields.objects("fields", rocketchat.fields(), (field, inner) -> {
            inner.template("title", field.title());
            inner.template("value", field.value());
            inner.flag("short", field.isShort());
        });
        fields.flag("shortFields", rocketchat.shortFields());
        fields.template("emoji", rocketchat.emoji());
        fields.template("iconUrl", rocketchat.iconUrl());
        fields.template("imageUrl", rocketchat.imageUrl());
        fields.template("thumbUrl", rocketchat.thumbUrl());
        fields.flag("linkNames", rocketchat.linkNames());
        fields.objects("actions", rocketchat.actions(), (action, inner) -> {
            inner.template("text", action.text());
            inner.template("url", action.url());
            inner.template("msg", action.msg());
        });
        fields.flag("sendResolved", rocketchat.sendResolved());
    }

    static void slack(SlackReceiver slack, ReceiverFields fields) {
        if ((slack.apiUrl() == null) == (slack.appToken() == null)) {
            fields.invalid("apiUrl", "set exactly one of apiUrl (incoming webhook) and appToken (app)");
        }
        fields.url("apiUrl", slack.apiUrl());
        fields.secret("appToken", slack.appToken());
        fields.url("appUrl", slack.appUrl());
        fields.template("channel", slack.channel());
        fields.template("username", slack.username());
        fields.template("color", slack.color());
        fields.template("title", slack.title());
        fields.template("titleLink", slack.titleLink());
        fields.template("pretext", slack.pretext());
        fields.template("text", slack.text());
        fields.template("messageText", slack.messageText());
        fields.objects("fields", slack.fields(), (field, inner) -> {
            inner.template("title", field.title());
            inner.template("value", field.value());
            inner.flag("short", field.isShort());
        });
        fields.template("footer", slack.footer());
        fields.template("fallback", slack.fallback());
        fields.template("callbackId", slack.callbackId());
        fields.template("iconEmoji", slack.iconEmoji());
        fields.template("iconUrl", slack.iconUrl());
        fields.template("imageUrl", slack.imageUrl());
        fields.template("thumbUrl", slack.thumbUrl());
        fields.flag("linkNames", slack.linkNames());
        fields.flag("shortFields", slack.shortFields());
        fields.plains("mrkdwnIn", slack.mrkdwnIn());
        fields.objects("actions", slack.actions(), ChatReceivers::slackAction);
        fields.duration("timeout", slack.timeout());
        fields.flag("sendResolved", slack.sendResolved());
    }

    private static void slackAction(SlackReceiver.Action action, ReceiverFields fields) {
        if ((action.url() == null) == (action.name() == null)) {
            fields.invalid("url", "set exactly one of url (leads there) and name (reports it to the app)");
        }
        fields.template("type", action.type());
        fields.template("text", action.text());
        fields.template("url", action.url());
        fields.template("style", action.style());
        fields.template("name", action.name());
        fields.template("value", action.value());
        fields.object("confirm", action.confirm(), (confirm, inner) -> {
            inner.template("text", confirm.text());
            inner.template("title", confirm.title());
            inner.template("okText", confirm.okText());
            inner.template("dismissText", confirm.dismissText());
        });
    }

    static void telegram(TelegramReceiver telegram, ReceiverFields fields) {
        fields.required("botToken", telegram.botToken(), "give the bot's token by secretKeyRef");
        if (telegram.chatId() == null || telegram.chatId() == 0) {
            fields.invalid("chatId", "is missing; give the id of the chat");
        }
        fields.url("apiUrl", telegram.apiUrl());
        fields.secret("botToken", telegram.botToken());
        fields.number("chatId", telegram.chatId());
        fields.number("messageThreadId", telegram.messageThreadId());
        if (telegram.parseMode() == null || telegram.parseMode() == TelegramReceiver.ParseMode.HTML) {
            fields.htmlTemplate("message", telegram.message());
        } else {
            fields.template("message", telegram.message());
        }
        fields.flag("disableNotifications", telegram.disableNotifications());
        if (telegram.parseMode() == TelegramReceiver.ParseMode.None) {
            fields.plain("parseMode", "");
        } else {
            fields.choice("parseMode", telegram.parseMode());
        }
        fields.flag("sendResolved", telegram.sendResolved());
    }

    static void webex(WebexReceiver webex, ReceiverFields fields) {
        fields.required("roomId", webex.roomId(), "give the id of the room");
        fields.url("apiUrl", webex.apiUrl());
        fields.template("roomId", webex.roomId());
        fields.template("message", webex.message());
        fields.flag("sendResolved", webex.sendResolved());
    }

    static void wechat(WechatReceiver wechat, ReceiverFields fields) {
        fields.required("apiSecret", wechat.apiSecret(), "give the application's secret by secretKeyRef");
        fields.required("corpId", wechat.corpId(), "give the id of the enterprise");
        fields.executedSecret("apiSecret", wechat.apiSecret());
        fields.template("corpId", wechat.corpId());
        fields.url("apiUrl", wechat.apiUrl());
        fields.template("message", wechat.message());
        fields.template("toUser", wechat.toUser());
        fields.template("toParty", wechat.toParty());
        fields.template("toTag", wechat.toTag());
        fields.template("agentId", wechat.agentId());
        fields.choice("messageType", wechat.messageType());
        fields.flag("sendResolved", wechat.sendResolved());
    }
}
