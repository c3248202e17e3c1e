package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.IncidentioReceiver;
import dev.tocsin.api.v1alpha1.JiraReceiver;
import dev.tocsin.api.v1alpha1.OpsgenieReceiver;
import dev.tocsin.api.v1alpha1.PagerdutyReceiver;
import dev.tocsin.api.v1alpha1.VictoropsReceiver;

/** Receivers that open something that somebody has to close: incidents, alerts, issues. */
final class IncidentReceivers {
    private IncidentReceivers() {}

    static void incidentio(IncidentioReceiver incidentio, ReceiverFields fields) {
        fields.required("url", incidentio.url(), "give the URL of the alert source");
        fields.url("url", incidentio.url());
        fields.secret("alertSourceToken", incidentio.alertSourceToken());
        fields.count("maxAlerts", incidentio.maxAlerts());
        fields.duration("timeout", incidentio.timeout());
        fields.flag("sendResolved", incidentio.sendResolved());
    }

    /**
     * Alertmanager v0.31.1 resolves an issue by a transition, and fails where none is named: so an issue without one is
     * left open.
     */
    static void jira(JiraReceiver jira, ReceiverFields fields) {
        fields.required("apiUrl", jira.apiUrl(), "give the URL of the REST API");
        fields.required("project", jira.project(), "give the key of the project");
        fields.required("issueType", jira.issueType(), "give the type of the issue");
        boolean resolves = jira.resolveTransition() != null;
        if (!resolves && Boolean.TRUE.equals(jira.sendResolved())) {
            fields.invalid("sendResolved", "needs resolveTransition, the transition by which the issue is resolved");
        }
        fields.url("apiUrl", jira.apiUrl());
        fields.choice("apiType", jira.apiType());
        fields.template("project", jira.project());
        fields.template("issueType", jira.issueType());
        fields.object("summary", jira.summary(), IncidentReceivers::jiraText);
        fields.object("description", jira.description(), IncidentReceivers::jiraText);
        fields.templates("labels", jira.labels());
        fields.template("priority", jira.priority());
        fields.plain("reopenTransition", jira.reopenTransition());
        fields.plain("resolveTransition", jira.resolveTransition());
        fields.plain("wontFixResolution", jira.wontFixResolution());
        fields.promDuration("reopenDuration", jira.reopenDuration());
        fields.templates("fields", jira.fields());
        fields.flag("sendResolved", jira.sendResolved() == null ? resolves : jira.sendResolved());
    }

    private static void jiraText(JiraReceiver.Text text, ReceiverFields fields) {
        fields.template("template", text.template());
        fields.flag("enableUpdate", text.enableUpdate());
    }

    static void opsgenie(OpsgenieReceiver opsgenie, ReceiverFields fields) {
        fields.required("apiKey", opsgenie.apiKey(), "give the key of an API integration by secretKeyRef");
        fields.executedSecret("apiKey", opsgenie.apiKey());
        fields.url("apiUrl", opsgenie.apiUrl());
        fields.template("message", opsgenie.message());
        fields.template("description", opsgenie.description());
        fields.template("source", opsgenie.source());
        fields.templates("details", opsgenie.details());
        fields.template("entity", opsgenie.entity());
        fields.objects("responders", opsgenie.responders(), IncidentReceivers::opsgenieResponder);
        fields.commaSeparated("actions", opsgenie.actions());
        fields.commaSeparated("tags", opsgenie.tags());
        fields.template("note", opsgenie.note());
        fields.template("priority", opsgenie.priority());
        fields.flag("updateAlerts", opsgenie.updateAlerts());
        fields.flag("sendResolved", opsgenie.sendResolved());
    }

    private static void opsgenieResponder(OpsgenieReceiver.Responder responder, ReceiverFields fields) {
        if (responder.id() == null && responder.name() == null && responder.username() == null) {
            fields.invalid("id", "set at least one of id, name and username");
        }
        fields.template("id", responder.id());
        fields.template("name", responder.name());
        fields.template("username", responder.username());
        fields.template("type", responder.type());
    }

    static void pagerduty(PagerdutyReceiver pagerduty, ReceiverFields fields) {
        if ((pagerduty.routingKey() == null) == (pagerduty.serviceKey() == null)) {
            fields.invalid("routingKey", "set exactly one of routingKey and serviceKey");
        }
        fields.executedSecret("routingKey", pagerduty.routingKey());
        fields.executedSecret("serviceKey", pagerduty.serviceKey());
        fields.url("url", pagerduty.url());
        fields.template("client", pagerduty.client());
        fields.template("clientUrl", pagerduty.clientUrl());
        fields.template("description", pagerduty.description());
        fields.template("severity", pagerduty.severity());
        fields.template("class", "classType", pagerduty.classType());
        fields.template("component", pagerduty.component());
        fields.template("group", pagerduty.group());
        fields.template("source", pagerduty.source());
        fields.templates("details", pagerduty.details());
        fields.objects("images", pagerduty.images(), (image, inner) -> {
            inner.template("src", image.src());
            inner.template("alt", image.alt());
            inner.template("href", image.href());
        });
        fields.objects("links", pagerduty.links(), (link, inner) -> {
            inner.template("href", link.href());
            inner.template("text", link.text());
        });
        fields.duration("timeout", pagerduty.timeout());
        fields.flag("sendResolved", pagerduty.sendResolved());
    }

    static void victorops(VictoropsReceiver victorops, ReceiverFields fields) {
        fields.required("apiKey", victorops.apiKey(), "give the key of the REST integration by secretKeyRef");
        fields.required("routingKey", victorops.routingKey(), "give the routing key");
        fields.secret("apiKey", victorops.apiKey());
        fields.url("apiUrl", victorops.apiUrl());
        fields.template("routingKey", victorops.routingKey());
        fields.template("messageType", victorops.messageType());
        fields.template("stateMessage", victorops.stateMessage());
        fields.template("entityDisplayName", victorops.entityDisplayName());
        fields.template("monitoringTool", victorops.monitoringTool());
        fields.templates("customFields", victorops.customFields());
        fields.flag("sendResolved", victorops.sendResolved());
    }
}
